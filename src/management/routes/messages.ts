import type { JsonValue } from '../../definitions/definition.ts'
import type { Queue, QueuedMessage } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { type Answer, found } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, notFound } from '../http-error.ts'
import { type BodyDisplay, contentJson } from '../json/message-json.ts'
import { propertiesFrom } from '../json/properties-json.ts'
import { publish } from '../publishing.ts'
import { type Route, routes } from '../route.ts'
import { exchangeOf } from './exchanges.ts'
import { readableQueue } from './queues.ts'

export const MESSAGES: readonly Route[] = routes('management', {
  'POST /exchanges/:vhost/:name/publish': async (call) => {
    const { vhost, access, body, broker } = call
    body.require('properties', 'routing_key', 'payload', 'payload_encoding')
    const exchange = exchangeOf(call, () => notFound('exchange_not_found'))
    const routed = await publish({
      vhost,
      access,
      messageLog: broker.messageLog,
      exchange: exchange.name,
      routingKey: body.text('routing_key'),
      properties: propertiesFrom(body.object('properties')),
      body: payloadIn(call),
    })
    return found({ routed })
  },
  'POST /queues/:vhost/:name/get': getMessages,
})

/** Throws 400. */
export function payloadIn({ body, broker }: Call): Buffer {
  const payload = decoded(body.text('payload'), body.find('payload_encoding'))
  const { maxMessageSizeBytes } = broker
  if (payload.length <= maxMessageSizeBytes) return payload
  throw badRequest(`message size ${payload.length} is larger than ${maxMessageSizeBytes}`)
}

function decoded(payload: string, encoding: JsonValue | undefined): Buffer {
  if (encoding === undefined || encoding === 'string') return Buffer.from(payload)
  if (encoding !== 'base64') throw badRequest(`unsupported_encoding: ${JSON.stringify(encoding)}`)
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(payload)) throw badRequest('payload is not base64')
  return Buffer.from(payload, 'base64')
}

/** What becomes of messages that somebody looked at. */
const ACK_MODES: ReadonlyMap<JsonValue, 'acknowledge' | 'reject' | 'requeue'> = new Map([
  ['ack_requeue_true', 'requeue'],
  ['reject_requeue_true', 'requeue'],
  ['ack_requeue_false', 'acknowledge'],
  ['reject_requeue_false', 'reject'],
])

/** No answer has more octets of bodies than this, or one message. */
const MAX_BODIES_BYTES = 64 * 1024 * 1024

async function getMessages(call: Call): Promise<Answer> {
  const { body, vhost } = call
  body.require('ackmode', 'count', 'encoding')
  const settlement = ACK_MODES.get(body.get('ackmode'))
  if (settlement === undefined)
    throw badRequest(`unknown ackmode: ${JSON.stringify(body.get('ackmode'))}`)
  const encoding = body.get('encoding')
  if (encoding !== 'auto' && encoding !== 'base64') {
    throw badRequest('Unsupported encoding. Please use auto or base64.')
  }
  const count = body.integer('count')
  const truncate = body.has('truncate') ? body.integer('truncate') : Number.POSITIVE_INFINITY
  const queue = readableQueue(call, () => notFound('queue_not_found'))
  const taken: QueuedMessage[] = []
  const shown: object[] = []
  try {
    for (let bytes = 0; shown.length < Math.max(count, 1) && bytes < MAX_BODIES_BYTES; ) {
      const next = await take(vhost, queue)
      if (next === undefined) break
      taken.push(next)
      await queue.counted()
      bytes += next.message.bodySize
      shown.push(gotJson(next, queue.readyCount, { encoding, truncate: Math.max(truncate, 0) }))
    }
  } finally {
    queue[settlement](taken)
    if (settlement === 'acknowledge') {
      vhost.counts.acknowledged += taken.length
      queue.counts.acknowledged += taken.length
    }
  }
  return found(shown)
}

async function take(vhost: Vhost, queue: Queue): Promise<QueuedMessage | undefined> {
  while (queue.isLoading) await queue.whenLoaded()
  const taken = await queue.get(false)
  for (const counts of [vhost.counts, queue.counts]) {
    if (taken === undefined) counts.gotEmpty++
    else counts.got++
    if (taken?.redelivered) counts.redelivered++
  }
  return taken
}

function gotJson(
  { sent, redelivered }: QueuedMessage,
  messageCount: number,
  display: BodyDisplay,
): object {
  const { address, bodySize } = sent
  return {
    payload_bytes: bodySize,
    redelivered,
    exchange: address.exchange,
    routing_key: address.routingKey,
    message_count: messageCount,
    ...contentJson(sent, display),
  }
}
