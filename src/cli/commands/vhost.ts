import { Option } from '@commander-js/extra-typings'
import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { openSession } from '../client/session.ts'

export function define(program: Program): void {
  const vhost = program.command('vhost').description('Virtual hosts.')
  vhost
    .command('add')
    .description('Add a virtual host, in which you may do everything.')
    .argument('<vhost>', 'name')
    .option('--description <text>', 'what it is for')
    .option('--tags <tags>', 'words to find it by, separated by commas')
    .addOption(
      new Option('--default-queue-type <type>', 'of queues that are declared without one').choices([
        'classic',
        'quorum',
        'stream',
      ] as const),
    )
    .action(async (name, { description, tags, defaultQueueType }, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      const created = await api.put(apiPath`/vhosts/${name}`, {
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tags }),
        ...(defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }),
      })
      output.done(`${created ? 'Added' : 'Changed'} virtual host "${name}"`, { created })
    })
  vhost
    .command('delete')
    .description('Delete a virtual host with all that is in it.')
    .argument('<vhost>', 'name')
    .action(async (name, _options, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      await api.delete(apiPath`/vhosts/${name}`)
      output.done(`Deleted virtual host "${name}"`, { deleted: true })
    })
}
