// Looks into queues without disturbing them. These are not RabbitMQ's: its own way is to get messages
// and to put them back.

import { MAX_DELAY_MS } from '../../delayed/delay-header.ts'
import { delayedId } from '../../delayed/delayed-browsing.ts'
import type { Message } from '../../message/message.ts'
import type { Ticket } from '../../message-log/queue-log.ts'
import { whenStored } from '../../message-log/ticket-source.ts'
import type { BrowsedMessage } from '../../queue/browsing.ts'
import type { DelayedMessage } from '../../queue/delays.ts'
import { type Answer, found, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, noSuchObject } from '../http-error.ts'
import { type BodyDisplay, messageJson } from '../json/message-json.ts'
import { propertiesFrom } from '../json/properties-json.ts'
import { publish, publishLater, queueRefuses } from '../publishing.ts'
import { type Route, routes } from '../route.ts'
import { findUnacked, readUnacked } from '../unacked.ts'
import { payloadIn } from './messages.ts'
import { queueOf, readableQueue } from './queues.ts'

const DEFAULT_COUNT = 50
const MAX_COUNT = 500
/** Bodies of no more octets than this are looked at for an answer, or one message. */
const READ_BYTES = 64 * 1024 * 1024
/** No more of them is shown, or one message: to print it takes the time of everybody. */
const SHOWN_BYTES = 4 * 1024 * 1024

/** Nothing of it is on its way to another node. */
const NOT_ELSEWHERE: ReadonlySet<Ticket> = new Set()

export const MESSAGES_IN_QUEUES: readonly Route[] = [
  ...routes(
    'management',
    { 'GET /queues/:vhost/:name/messages': browse },
    // What is unacknowledged is known to the nodes whose clients have it.
    {
      place: ({ query }) => (query.get('state') === 'unacked' ? { together: ['items'] } : 'owner'),
    },
  ),
  ...routes(
    'management',
    {
      'GET /queues/:vhost/:name/messages/:id': async (call) => {
        const queue = readableQueue(call, noSuchObject)
        const id = call.param('id')
        const display = displayOf(call)
        if (queue.isElsewhere !== true) {
          const ready = await queue.browser().find(id)
          if (ready !== undefined) return found(readyJson(ready, undefined, display))
          const delayed = await call.vhost.delays.find(queue)?.find(id)
          if (delayed !== undefined) return found(delayedJson(delayed, undefined, display))
        }
        const unacked = findUnacked(call, queue, id)
        if (unacked === undefined) throw noSuchObject()
        return found(messageJson(unacked.message, unacked.place, display))
      },
    },
    { place: 'everywhere' },
  ),
  ...routes(
    'management',
    {
      'POST /queues/:vhost/:name/messages/:id/deliver': async (call) => {
        const queue = readableQueue(call, noSuchObject)
        call.access.check('write', 'exchange', '')
        const outcome = await call.vhost.delays.find(queue)?.releaseNow(call.param('id'))
        if (outcome === 'refused') throw queueRefuses()
        if (outcome !== 'released') throw noSuchObject()
        await whenStored(call.broker.messageLog, NOT_ELSEWHERE)
        return NO_CONTENT
      },
      'DELETE /queues/:vhost/:name/messages/:id': async (call) => {
        const queue = readableQueue(call, noSuchObject)
        const id = call.param('id')
        if (queue.type === 'stream') throw badRequest('nothing is taken out of a stream')
        const browser = queue.browser()
        const ready = await browser.find(id)
        const isRemoved =
          ready === undefined
            ? await call.vhost.delays.find(queue)?.remove(id)
            : browser.takeOut(ready)
        if (isRemoved === true) {
          await whenStored(call.broker.messageLog, NOT_ELSEWHERE)
          return NO_CONTENT
        }
        if (findUnacked(call, queue, id) === undefined) throw noSuchObject()
        throw badRequest('the message is unacknowledged: a consumer has it')
      },
    },
    { place: 'owner' },
  ),
  ...routes('management', {
    'POST /queues/:vhost/:name/messages': async (call) => {
      const { vhost, access, body, broker } = call
      const queue = queueOf(call)
      vhost.queues.assertAccess(queue, call.owner)
      const delayMs = body.has('delay') ? body.integer('delay') : 0
      if (delayMs < 0 || delayMs > MAX_DELAY_MS) {
        throw badRequest(`delay should be from 0 to ${MAX_DELAY_MS} milliseconds`)
      }
      const publication = {
        vhost,
        access,
        messageLog: broker.messageLog,
        properties: propertiesFrom(body.object('properties')),
        body: payloadIn(call),
      }
      if (delayMs > 0) {
        await publishLater({ ...publication, queue, delayMs })
        return found({ routed: true })
      }
      const routed = await publish({ ...publication, exchange: '', routingKey: queue.name })
      return found({ routed })
    },
  }),
]

async function browse(call: Call): Promise<Answer> {
  const queue = readableQueue(call, noSuchObject)
  const from = integerOf(call, 'from', 0)
  const count = integerOf(call, 'count', DEFAULT_COUNT)
  if (count < 1 || count > MAX_COUNT) throw badRequest(`count should be from 1 to ${MAX_COUNT}`)
  const display = displayOf(call)
  const limits = { count, bytes: READ_BYTES }
  const state = call.query.get('state') ?? 'ready'
  switch (state) {
    case 'ready': {
      const messages = shownOf(await queue.browser().read(from, limits), display)
      const items = messages.map((one, index) => readyJson(one, from + index, display))
      return found({ state, from, total: queue.readyCount, items })
    }
    case 'unacked': {
      const { total, messages } = readUnacked(call, queue, from, limits)
      const items = shownOf(messages, display).map((one, index) =>
        messageJson(one.message, { ...one.place, position: from + index }, display),
      )
      return found({ state, from, total, items })
    }
    case 'delayed': {
      const delays = call.vhost.delays.find(queue)
      const messages = shownOf((await delays?.read(from, limits)) ?? [], display)
      const items = messages.map((one, index) => delayedJson(one, from + index, display))
      return found({ state, from, total: delays?.messageCount ?? 0, items })
    }
    default:
      throw badRequest(`unknown state: ${JSON.stringify(state)}`)
  }
}

/** As many as are good for one answer. */
function shownOf<T extends { readonly message: Message }>(
  messages: readonly T[],
  { truncate }: BodyDisplay,
): readonly T[] {
  let bytes = 0
  const end = messages.findIndex(({ message }) => {
    const isMuch = bytes >= SHOWN_BYTES
    bytes += Math.min(message.bodySize, truncate)
    return isMuch
  })
  return end < 0 ? messages : messages.slice(0, end)
}

function readyJson(
  { id, redelivered, expiresAt, deliveryCount, sent }: BrowsedMessage,
  position: number | undefined,
  display: BodyDisplay,
): object {
  const place = {
    id,
    state: 'ready',
    redelivered,
    ...(position === undefined ? {} : { position }),
    ...(expiresAt === 0 ? {} : { expires_at: expiresAt }),
    ...(deliveryCount === undefined ? {} : { delivery_count: deliveryCount }),
  } as const
  return messageJson(sent, place, display)
}

function delayedJson(
  delayed: DelayedMessage,
  position: number | undefined,
  display: BodyDisplay,
): object {
  const { message, dueMs: due_at } = delayed
  const place = { id: delayedId(delayed), state: 'delayed', redelivered: false, due_at } as const
  const shown = position === undefined ? place : { ...place, position }
  return messageJson(message, shown, display)
}

/** Throws 400. */
function integerOf({ query }: Call, name: string, otherwise: number): number {
  const text = query.get(name)
  if (text === null) return otherwise
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} should be an integer`)
  return Number(text)
}

/** Throws 400. */
function displayOf(call: Call): BodyDisplay {
  const truncate = integerOf(call, 'truncate', Number.POSITIVE_INFINITY)
  return { encoding: encodingOf(call), truncate }
}

/** Throws 400. */
function encodingOf({ query }: Call): 'auto' | 'base64' {
  const encoding = query.get('encoding') ?? 'auto'
  if (encoding === 'auto' || encoding === 'base64') return encoding
  throw badRequest('Unsupported encoding. Please use auto or base64.')
}
