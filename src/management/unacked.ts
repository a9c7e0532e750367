import type { Delivery } from '../channel/delivery.ts'
import type { Message } from '../message/message.ts'
import type { BrowseLimits } from '../queue/browsing.ts'
import type { Queue } from '../queue/queue.ts'
import type { Call } from './call.ts'
import type { MessagePlace } from './json/message-json.ts'
import { channelsOf, connectionsIn, type OpenChannel } from './open-things.ts'

/** A message that somebody has not settled, and who that is. */
export interface UnackedMessage {
  readonly message: Message
  readonly place: MessagePlace
}

/** Those of a queue, channel by channel, in the order of their delivery. Of a stream nobody has any. */
export function readUnacked(
  call: Call,
  queue: Queue,
  from: number,
  limits: BrowseLimits,
): { readonly total: number; readonly messages: readonly UnackedMessage[] } {
  if (queue.type === 'stream') return { total: 0, messages: [] }
  const messages: UnackedMessage[] = []
  let before = 0
  let bytes = 0
  for (const [open, delivery] of unackedOf(call, queue)) {
    if (before++ < from) continue
    if (messages.length >= limits.count || bytes >= limits.bytes) break
    bytes += delivery.message.bodySize
    messages.push(unackedMessage(open, delivery))
  }
  return { total: queue.unackedCount, messages }
}

export function findUnacked(call: Call, queue: Queue, id: string): UnackedMessage | undefined {
  if (queue.type === 'stream') return undefined
  const browser = queue.browser()
  for (const [open, delivery] of unackedOf(call, queue)) {
    if (browser.idOf(delivery.message, delivery.sequence) === id) {
      return unackedMessage(open, delivery)
    }
  }
  return undefined
}

/** How large the bodies of all of them are together. */
export function unackedBytes(call: Call, queue: Queue): number {
  let bytes = 0
  for (const [, { message }] of unackedOf(call, queue)) bytes += message.bodySize
  return bytes
}

/** Whoever they are: who may read from a queue sees who else does. Channels know what they hold. */
function* unackedOf(call: Call, queue: Queue): Generator<readonly [OpenChannel, Delivery]> {
  // Of a queue on another node it is not known how many there are just now.
  let left = queue.isElsewhere === true ? Number.POSITIVE_INFINITY : queue.unackedCount
  for (const open of channelsOf(connectionsIn(call))) {
    for (const delivery of open.channel.unacked) {
      if (left === 0) return
      if (delivery.queue !== queue) continue
      left--
      yield [open, delivery]
    }
  }
}

function unackedMessage({ connection, channel }: OpenChannel, delivery: Delivery): UnackedMessage {
  const { message, sequence, queue, consumer } = delivery
  const id = queue.browser().idOf(message, sequence)
  const holder = {
    consumer_tag: consumer?.consumerTag ?? null,
    channel: channel.number,
    connection: connection.link.name,
  }
  // Who holds it has had it: if it comes back, it is redelivered.
  return { message, place: { id, state: 'unacked', redelivered: true, consumer: holder } }
}
