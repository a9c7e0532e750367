import { Option } from '@commander-js/extra-typings'
import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { wholeNumber } from '../client/numbers.ts'
import { openSession } from '../client/session.ts'
import { type MessageJson, messageTable, writeBodies } from '../output/messages.ts'

/** What becomes of a message that was taken. */
const AFTERWARDS = {
  delete: 'ack_requeue_false',
  requeue: 'ack_requeue_true',
  reject: 'reject_requeue_false',
} as const

export function define(program: Program): void {
  program
    .command('get')
    .description('Take messages from a queue.')
    .argument('<queue>', 'name')
    .option('--count <number>', 'at most so many', wholeNumber(1), 1)
    .addOption(
      new Option(
        '--then <what>',
        'what becomes of them: requeue puts them back, marked as redelivered; reject dead-letters them',
      )
        .choices(['delete', 'requeue', 'reject'] as const)
        .default('delete' as const),
    )
    .option('--truncate <bytes>', 'only the beginning of each body', wholeNumber(0))
    .option('--raw', 'print bodies only, as they are')
    .action(async (queue, options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      const messages = await api.post<MessageJson[]>(apiPath`/queues/${vhost}/${queue}/get`, {
        count: options.count,
        ackmode: AFTERWARDS[options.then],
        encoding: 'auto',
        ...(options.truncate === undefined ? {} : { truncate: options.truncate }),
      })
      if (options.raw) writeBodies(output, messages)
      else output.show(messageTable(output, messages))
    })
}
