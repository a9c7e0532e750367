// Brings messages from a queue to others, and stops a queue from giving any to consumers.

import { setImmediate } from 'node:timers/promises'
import type { Ticket } from '../../message-log/queue-log.ts'
import { whenStored } from '../../message-log/ticket-source.ts'
import { exchangeIsInternal } from '../../reasons.ts'
import { MessageMove, type MoveTarget } from '../../vhost/message-move.ts'
import { type Answer, found, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, noSuchObject, notFound } from '../http-error.ts'
import { JsonBody } from '../json-body.ts'
import { assertRoutingKey } from '../publishing.ts'
import { type Route, routes } from '../route.ts'
import { readableQueue } from './queues.ts'

export const MESSAGES_MOVING: readonly Route[] = [
  ...routes(
    'management',
    {
      'POST /queues/:vhost/:name/move': async (call) => {
        const { vhost, body, broker } = call
        const queue = readableQueue(call, noSuchObject)
        if (queue.type === 'stream') throw badRequest('nothing is taken out of a stream')
        const stored = async (tickets: ReadonlySet<Ticket>): Promise<void> => {
          await whenStored(broker.messageLog, tickets)
          await setImmediate()
        }
        const target = targetIn(call)
        const tickets = broker.cluster === null ? null : broker.messageLog
        const move = new MessageMove({ vhost, queue, target, tickets, clock: broker.clock, stored })
        if (body.has('ids')) return found(await move.some(idsIn(body)))
        const count = body.has('count') ? body.integer('count') : Number.POSITIVE_INFINITY
        if (count < 0) throw badRequest('count should not be negative')
        return found(await move.all(count))
      },
    },
    { place: 'owner' },
  ),
  ...routes('management', {
    'PUT /queues/:vhost/:name/pause': (call) => pause(call, true),
    'PUT /queues/:vhost/:name/resume': (call) => pause(call, false),
  }),
]

async function pause(call: Call, isPaused: boolean): Promise<Answer> {
  const queue = readableQueue(call, noSuchObject)
  call.vhost.pauseQueue(queue, isPaused)
  await call.vhost.queueStored(queue.name)
  return NO_CONTENT
}

/** Where they are to go; undefined for where they came from. Throws 400, 401 and 404. */
function targetIn({ vhost, access, body }: Call): MoveTarget | undefined {
  if (!body.has('to')) {
    access.check('write', 'exchange', '')
    return undefined
  }
  const to = JsonBody.of(body.object('to'))
  const name = to.text('exchange')
  const routingKey = to.has('routing_key') ? to.text('routing_key') : undefined
  if (routingKey !== undefined) assertRoutingKey(routingKey)
  const exchange = vhost.exchanges.find(name === 'amq.default' ? '' : name)
  if (exchange === undefined) throw notFound('exchange_not_found')
  access.check('write', 'exchange', exchange.name)
  if (exchange.internal) throw exchangeIsInternal(exchange.name, vhost.name)
  const isTopic = exchange.type === 'topic'
  if (isTopic && routingKey !== undefined) access.checkTopic('write', exchange.name, routingKey)
  const mayUse = (key: string): boolean => !isTopic || access.mayUseTopic(exchange.name, key)
  return { exchange, routingKey, mayUse }
}

/** Each of them is looked for. */
const MAX_IDS = 10_000

function idsIn(body: JsonBody): readonly string[] {
  const ids = body.get('ids')
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('ids should be a list of strings')
  }
  if (ids.length > MAX_IDS) throw badRequest(`at most ${MAX_IDS} ids are taken at a time`)
  return ids
}
