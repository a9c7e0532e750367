// Looks into queues without disturbing them. These are not RabbitMQ's: its own way is to get messages
// and to put them back.

import type { BrowsedMessage } from '../../queue/browsing.ts'
import { type Answer, found, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, noSuchObject } from '../http-error.ts'
import { type BodyDisplay, messageJson } from '../json/message-json.ts'
import { type Route, routes } from '../route.ts'
import { findUnacked, readUnacked } from '../unacked.ts'
import { readableQueue } from './queues.ts'

const DEFAULT_COUNT = 50
const MAX_COUNT = 500
/** No answer has more octets of bodies than this, or one message. */
const MAX_BODIES_BYTES = 64 * 1024 * 1024

export const MESSAGES_IN_QUEUES: readonly Route[] = routes('management', {
  'GET /queues/:vhost/:name/messages': browse,
  'GET /queues/:vhost/:name/messages/:id': async (call) => {
    const queue = readableQueue(call, noSuchObject)
    const id = call.param('id')
    const display = displayOf(call)
    const ready = await queue.browser().find(id)
    if (ready !== undefined) return found(readyJson(ready, undefined, display))
    const unacked = findUnacked(call, queue, id)
    if (unacked === undefined) throw noSuchObject()
    return found(messageJson(unacked.message, unacked.place, display))
  },
  'DELETE /queues/:vhost/:name/messages/:id': async (call) => {
    const queue = readableQueue(call, noSuchObject)
    const id = call.param('id')
    if (queue.type === 'stream') throw badRequest('nothing is taken out of a stream')
    const browser = queue.browser()
    const ready = await browser.find(id)
    if (ready !== undefined && browser.takeOut(ready)) return NO_CONTENT
    if (findUnacked(call, queue, id) === undefined) throw noSuchObject()
    throw badRequest('the message is unacknowledged: a consumer has it')
  },
})

async function browse(call: Call): Promise<Answer> {
  const queue = readableQueue(call, noSuchObject)
  const from = integerOf(call, 'from', 0)
  const count = integerOf(call, 'count', DEFAULT_COUNT)
  if (count < 1 || count > MAX_COUNT) throw badRequest(`count should be from 1 to ${MAX_COUNT}`)
  const display = displayOf(call)
  const limits = { count, bytes: MAX_BODIES_BYTES }
  const state = call.query.get('state') ?? 'ready'
  switch (state) {
    case 'ready': {
      const messages = await queue.browser().read(from, limits)
      const items = messages.map((one, index) => readyJson(one, from + index, display))
      return found({ state, from, total: queue.readyCount, items })
    }
    case 'unacked': {
      const { total, messages } = readUnacked(call, queue, from, limits)
      const items = messages.map((one, index) =>
        messageJson(one.message, { ...one.place, position: from + index }, display),
      )
      return found({ state, from, total, items })
    }
    default:
      throw badRequest(`unknown state: ${JSON.stringify(state)}`)
  }
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
