// What can be read off the things of a broker at any time, under RabbitMQ's names: totals that only
// grow, and how many there are just now.

import type { Happenings } from '../../base/happenings.ts'
import type { Connection } from '../../connection/connection.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Queue } from '../../queue/queue.ts'
import type { QueueCounts } from '../../queue/queue-counts.ts'
import type { MessageCounts } from '../../vhost/message-counts.ts'
import type { PublishCounts, RouteCounts } from '../../vhost/message-pairs.ts'
import { totalsOf } from '../json/queue-totals.ts'

/** By name. */
export type Readings = Readonly<Record<string, number>>

/** A thing read: what goes under `message_stats`, and what stands beside it. */
export interface Read {
  readonly messages: Readings
  readonly own: Readings
  /** How often what has come and gone; of the whole broker only. */
  readonly churn?: Readings
}

export function readCounts(counts: MessageCounts): Readings {
  return { ...readPublished(counts), ...readDeliveries(counts) }
}

/** What a channel, or all of them, have published. */
export function readPublished(counts: PublishCounts): Readings {
  return {
    publish: counts.published,
    confirm: counts.confirmed,
    return_unroutable: counts.returned,
    drop_unroutable: counts.dropped,
  }
}

export const readRouted = ({ published }: RouteCounts): Readings => ({ publish: published })

export function readQueue(queue: Queue): Read {
  const { counts } = queue
  return {
    messages: { publish: counts.published, ...readDeliveries(counts) },
    own: { ...totalsOf(queue) },
  }
}

export function readExchange({ counts }: Exchange): Read {
  const messages = { publish_in: counts.publishedIn, publish_out: counts.publishedOut }
  return { messages, own: {} }
}

export function readConnection({ link }: Connection): Read {
  return { messages: {}, own: { recv_oct: link.receivedBytes, send_oct: link.sentBytes } }
}

/** Under RabbitMQ's names: those of what happened, with an underscore. */
export function readChurn(happenings: Happenings): Readings {
  return Object.fromEntries(CHURN.map(([shown, name]) => [shown, happenings.countOf(name)]))
}

const CHURN = [
  ['connection_created', 'connection.created'],
  ['connection_closed', 'connection.closed'],
  ['channel_created', 'channel.created'],
  ['channel_closed', 'channel.closed'],
  ['queue_declared', 'queue.declared'],
  ['queue_created', 'queue.created'],
  ['queue_deleted', 'queue.deleted'],
] as const

/** What somebody has got. */
export function readDeliveries(counts: Omit<QueueCounts, 'published' | 'add'>): Readings {
  const { delivered, deliveredNoAck, got, gotNoAck } = counts
  return {
    deliver: delivered,
    deliver_no_ack: deliveredNoAck,
    get: got,
    get_no_ack: gotNoAck,
    get_empty: counts.gotEmpty,
    deliver_get: delivered + deliveredNoAck + got + gotNoAck,
    redeliver: counts.redelivered,
    ack: counts.acknowledged,
  }
}
