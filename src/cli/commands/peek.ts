import { Option } from '@commander-js/extra-typings'
import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { wholeNumber } from '../client/numbers.ts'
import { openSession } from '../client/session.ts'
import { type MessageJson, messageTable, writeBodies } from '../output/messages.ts'

/** A table has no use for more of a body than this. */
const TABLE_BODY_BYTES = 4096

export function define(program: Program): void {
  program
    .command('peek')
    .description('Look at messages in a queue, and leave them as they are. Leveret only.')
    .argument('<queue>', 'name')
    .addOption(
      new Option('--state <state>', 'which ones')
        .choices(['ready', 'unacked', 'delayed'] as const)
        .default('ready' as const),
    )
    .option('--from <position>', 'where to begin; 0 is the head', wholeNumber(0), 0)
    .option('--count <number>', 'at most so many', wholeNumber(1), 10)
    .option('--truncate <bytes>', 'only the beginning of each body', wholeNumber(0))
    .option('--raw', 'print bodies only, as they are')
    .action(async (queue, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const { api, output, vhost } = session
      const isWhole = options.raw || output.isJson || !output.isTerminal
      const truncate = options.truncate ?? (isWhole ? undefined : TABLE_BODY_BYTES)
      const { items, total } = await session.ownEndpoint('peek', () =>
        api.get<Page>(apiPath`/queues/${vhost}/${queue}/messages`, {
          state: options.state,
          from: String(options.from),
          count: String(options.count),
          encoding: 'auto',
          ...(truncate === undefined ? {} : { truncate: String(truncate) }),
        }),
      )
      if (options.raw) return writeBodies(output, items)
      output.show(messageTable(output, items, { inQueue: true }))
      if (output.isTerminal && !output.isJson) output.note(`${items.length} of ${total}`)
    })
}

interface Page {
  readonly total: number
  readonly items: readonly MessageJson[]
}
