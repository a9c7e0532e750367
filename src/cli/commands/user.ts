import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { newPassword } from '../client/new-password.ts'
import { openSession } from '../client/session.ts'

const TAGS_DOC = 'management, policymaker, monitoring, administrator; separated by commas'

export function define(program: Program): void {
  const user = program
    .command('user')
    .description('Users. New passwords come from LEVERET_NEW_PASSWORD, a prompt or standard input.')
  user
    .command('add')
    .description('Add a user, who may do nothing before permissions are set.')
    .argument('<user>', 'name')
    .option('--tags <tags>', TAGS_DOC, '')
    .action(async (name, { tags }, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      const password = await newPassword(name)
      const created = await api.put(apiPath`/users/${name}`, { password, tags })
      output.done(`${created ? 'Added' : 'Changed'} user "${name}"`, { created })
    })
  user
    .command('password')
    .description('Give a user another password.')
    .argument('<user>', 'name')
    .action(async (name, _options, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      const { tags } = await api.get<UserJson>(apiPath`/users/${name}`)
      await api.put(apiPath`/users/${name}`, { password: await newPassword(name), tags })
      output.done(`Changed the password of "${name}"`, { changed: true })
    })
  user
    .command('tags')
    .description('Give a user other tags, or none.')
    .argument('<user>', 'name')
    .argument('[tags]', TAGS_DOC, '')
    .action(async (name, tags, _options, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      const user = await api.get<UserJson>(apiPath`/users/${name}`)
      const { password_hash, hashing_algorithm } = user
      await api.put(apiPath`/users/${name}`, { password_hash, hashing_algorithm, tags })
      output.done(`Changed the tags of "${name}"`, { changed: true })
    })
  user
    .command('delete')
    .description('Delete a user; connections of theirs are closed.')
    .argument('<user>', 'name')
    .action(async (name, _options, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      await api.delete(apiPath`/users/${name}`)
      output.done(`Deleted user "${name}"`, { deleted: true })
    })
}

interface UserJson {
  readonly tags: unknown
  readonly password_hash: string
  readonly hashing_algorithm: string
}
