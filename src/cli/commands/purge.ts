import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { openSession } from '../client/session.ts'

export function define(program: Program): void {
  program
    .command('purge')
    .description('Delete all messages that are ready in a queue.')
    .argument('<queue>', 'name')
    .action(async (queue, _options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      await api.delete(apiPath`/queues/${vhost}/${queue}/contents`)
      output.done(`Purged queue "${queue}"`, { purged: true })
    })
}
