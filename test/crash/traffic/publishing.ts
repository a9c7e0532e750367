import {
  BASIC_PUBLISH,
  type BasicProperties,
  encodeBodyFrames,
  encodeContentHeaderFrame,
} from 'amqp-codec'
import { LEAST_BODY_BYTES, makeBody } from '../client/body.ts'
import type { Client } from '../client/client.ts'
import type { Entry } from '../ledger/copy.ts'
import type { Random } from './random.ts'

/** A way to some queues, and all queues that it leads to. */
export interface Route {
  readonly exchange: string
  readonly routingKey: string
  readonly queues: readonly string[]
}

/** What messages are like. */
export interface Fashion {
  readonly routes: readonly Route[]
  readonly leastBodyBytes?: number
  readonly mostBodyBytes: number
  readonly transientShare: number
  /** Every message has one from 0 to this; none has any without it. */
  readonly mostPriority?: number
}

/** What one message is going to be. */
export interface Draft {
  readonly route: Route
  readonly isPersistent: boolean
  readonly bodyBytes: number
  readonly priority?: number
}

export function draft(random: Random, fashion: Fashion): Draft {
  const { mostPriority } = fashion
  return {
    ...(mostPriority === undefined ? {} : { priority: random.between(0, mostPriority) }),
    route: random.pick(fashion.routes),
    isPersistent: !random.chance(fashion.transientShare),
    bodyBytes: random.magnitude(fashion.leastBodyBytes ?? LEAST_BODY_BYTES, fashion.mostBodyBytes),
  }
}

export function send(client: Client, channel: number, entry: Entry, draft: Draft): void {
  const { exchange, routingKey } = draft.route
  const deliveryMode = draft.isPersistent ? 2 : 1
  const properties: BasicProperties =
    draft.priority === undefined ? { deliveryMode } : { deliveryMode, priority: draft.priority }
  client.send(channel, BASIC_PUBLISH, { exchange, routingKey })
  client.write(encodeContentHeaderFrame(channel, draft.bodyBytes, properties))
  client.write(encodeBodyFrames(channel, makeBody(entry, draft.bodyBytes), client.frameMax))
}
