import { apiPath, exchangeInPath } from '../client/api-path.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { collected, keyValues } from '../client/key-values.ts'
import { openSession } from '../client/session.ts'
import { columns } from '../output/columns.ts'

const COLUMNS = columns(
  ...['exchange', 'type', 'destination_type:to', 'destination', 'routing_key:binding'],
  ...['arguments', 'matched', 'why'],
)

export function define(program: Program): void {
  program
    .command('explain-route')
    .description(
      'Which bindings a message would match, which queues would get it, and why no others. Leveret only.',
    )
    .argument('<exchange>', 'where it would be published; "" is the default exchange')
    .argument('<routing-key>', 'its routing key')
    .option('--header <key=value>', 'one of its headers; several times', collected)
    .action(async (exchange, routingKey, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const { api, output, vhost } = session
      const explained = await session.ownEndpoint('explain-route', () =>
        api.post<Explained>(apiPath`/exchanges/${vhost}/${exchangeInPath(exchange)}/explain`, {
          routing_key: routingKey,
          headers: keyValues(options.header ?? []),
        }),
      )
      const { lines } = output.table(COLUMNS, explained.steps.flatMap(rowsOf))
      output.show({ lines, json: explained })
      if (!explained.routed) {
        throw new CommandError('notRouted', explained.reason ?? 'no queue would get it')
      }
      if (!output.isJson) output.note(`Queues: ${explained.queues.join(', ')}`)
    })
}

interface Explained {
  readonly routed: boolean
  readonly reason?: string
  readonly steps: readonly Step[]
  readonly queues: readonly string[]
}

interface Step {
  readonly exchange: string
  readonly type: string
  readonly bindings: readonly object[]
}

/** One for each binding; an exchange that has none is shown all the same. */
function rowsOf({ exchange, type, bindings }: Step): object[] {
  const step = { exchange, type }
  if (bindings.length === 0) return [{ ...step, matched: false, why: 'it has no bindings' }]
  return bindings.map((binding) => ({ ...binding, ...step }))
}
