import { apiPath, exchangeInPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { openSession } from '../client/session.ts'

/** Each is a regular expression for names of queues and exchanges, or of routing keys. */
export function define(program: Program): void {
  const permissions = program
    .command('permissions')
    .description('What users may do in a virtual host: patterns of names.')
  permissions
    .command('set')
    .description("Set a user's permissions.")
    .argument('<user>', 'name')
    .argument('<configure>', 'what it may declare and delete: ".*", "^mine-", "^$" for nothing')
    .argument('<write>', 'where it may publish, and what it may bind')
    .argument('<read>', 'what it may consume, purge and bind to')
    .action(async (user, configure, write, read, _options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      const rights = { configure, write, read }
      const created = await api.put(apiPath`/permissions/${vhost}/${user}`, rights)
      output.done(`Set permissions of "${user}" in "${vhost}"`, { created })
    })
  permissions
    .command('clear')
    .description('Take all permissions away from a user.')
    .argument('<user>', 'name')
    .action(async (user, _options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      await api.delete(apiPath`/permissions/${vhost}/${user}`)
      output.done(`Cleared permissions of "${user}" in "${vhost}"`, { deleted: true })
    })
  permissions
    .command('set-topic')
    .description('Limit which routing keys a user may use at a topic exchange.')
    .argument('<user>', 'name')
    .argument('<exchange>', 'name')
    .argument('<write>', 'keys that it may publish with')
    .argument('<read>', 'keys that it may bind with')
    .action(async (user, exchange, write, read, _options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      const path = apiPath`/topic-permissions/${vhost}/${user}`
      const created = await api.put(path, { exchange: exchangeInPath(exchange), write, read })
      output.done(`Set topic permissions of "${user}" in "${vhost}"`, { created })
    })
  permissions
    .command('clear-topic')
    .description('Take these limits away, of all exchanges unless one is named.')
    .argument('<user>', 'name')
    .argument('[exchange]', 'name')
    .action(async (user, exchange, _options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      const path = apiPath`/topic-permissions/${vhost}/${user}`
      const one = exchange === undefined ? '' : apiPath`/${exchangeInPath(exchange)}`
      await api.delete(path + one)
      output.done(`Cleared topic permissions of "${user}" in "${vhost}"`, { deleted: true })
    })
}
