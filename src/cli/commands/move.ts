import { apiPath } from '../client/api-path.ts'
import { usageError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { collected } from '../client/key-values.ts'
import { wholeNumber } from '../client/numbers.ts'
import { openSession, type Session } from '../client/session.ts'
import { countText } from '../output/units.ts'

const POLL_MS = 500

export function define(program: Program): void {
  program
    .command('move')
    .description(
      'Move messages: each back to the queue that it died in, or elsewhere. Those that came from nowhere, or whose queue is gone, stay. Leveret only.',
    )
    .argument('<queue>', 'where they are, such as a queue of dead letters')
    .option('--count <number>', 'at most so many, from the head', wholeNumber(1))
    .option('--id <id>', 'only this one, as peek shows it; several times', collected)
    .option('--to-queue <queue>', 'all into this queue')
    .option('--to-exchange <exchange>', 'all to this exchange')
    .option('--routing-key <key>', 'with --to-exchange: under this key')
    .action(async (queue, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const to = destinationOf(options)
      const path = apiPath`/queues/${session.vhost}/${queue}`
      const moving = session.ownEndpoint('move', () =>
        session.api.postLong<Moved>(`${path}/move`, {
          ...(options.id === undefined ? {} : { ids: options.id }),
          ...(options.count === undefined ? {} : { count: options.count }),
          ...(to === undefined ? {} : { to }),
        }),
      )
      const { moved, kept } = await shownMeanwhile(session, path, moving)
      const rest = kept === 0 ? '' : `, kept ${kept}`
      session.output.done(`Moved ${countText(moved, 'message')}${rest}`, { moved, kept })
    })
}

interface Moved {
  readonly moved: number
  readonly kept: number
}

interface Destination {
  readonly toQueue?: string | undefined
  readonly toExchange?: string | undefined
  readonly routingKey?: string | undefined
}

/** Undefined: each to where it came from. */
function destinationOf({ toQueue, toExchange, routingKey }: Destination): object | undefined {
  if (toQueue !== undefined && toExchange !== undefined) {
    throw usageError('--to-queue and --to-exchange exclude each other')
  }
  if (routingKey !== undefined && toExchange === undefined) {
    throw usageError('--routing-key goes with --to-exchange')
  }
  if (toQueue !== undefined) return { exchange: '', routing_key: toQueue }
  return toExchange === undefined
    ? undefined
    : { exchange: toExchange, routing_key: routingKey ?? '' }
}

/** How many are still there, while the broker moves them. */
async function shownMeanwhile(
  { api, progress }: Session,
  path: string,
  moving: Promise<Moved>,
): Promise<Moved> {
  const timer = setInterval(() => {
    api.get<{ readonly messages_ready?: number }>(path).then(
      ({ messages_ready = 0 }) => progress.update(() => `${messages_ready} still there`),
      () => {},
    )
  }, POLL_MS)
  try {
    return await moving
  } finally {
    clearInterval(timer)
    progress.end()
  }
}
