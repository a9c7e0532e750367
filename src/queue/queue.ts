import type { FieldTable } from 'amqp-codec'
import type { PolicyDefinition } from '../definitions/definition.ts'
import type { QueueDestination } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'
import type { QueueBrowser } from './browsing.ts'
import type { Delays } from './delays.ts'
import type { QueueCounts } from './queue-counts.ts'

/**
 * Who takes a queue's messages. The queue knows no more of a consumer than this, so that it can be
 * a channel's, another node's, or a test's.
 */
export interface QueueConsumer {
  readonly noAck: boolean
  /** Consumers of higher priority are served first, as long as they can take more. */
  readonly priority: number
  /** How many messages it may have unacknowledged; 0 is no limit. */
  readonly prefetchCount: number
  /** As they came with `basic.consume`. */
  readonly arguments: FieldTable
  /** How many more it and others may have together of what they must acknowledge, where there is such a limit. */
  readonly sharedCredit?: number
  /** Whether it has credit and room for one more message now. */
  canTake(): boolean
  /**
   * Unless `noAck`, the message is the consumer's until it is settled or requeued. `sent` is what the
   * client gets to see, when that is not the same.
   */
  deliver(message: Message, sequence: number, redelivered: boolean, sent?: Message): void
  /**
   * Delivers the run's messages from an index on, all for the first time, as many as it can take, and
   * says which is the next one. What it has until then is `message` for each of them.
   */
  deliverRun?(message: Message, run: MessageRun, from: number): number
  /** The queue has gone; the consumer is no longer one. */
  cancelled(): void
}

/** A message's place in a queue: sequences only grow, and are never used again. */
export interface Place {
  readonly message: Message
  readonly sequence: number
}

/** What somebody has, and whether it was redelivered when it came. */
export interface TakenPlace extends Place {
  readonly redelivered: boolean
}

/** A place that may be left by itself. */
export interface TimedPlace extends Place {
  /** In milliseconds since 1970; 0 is never. */
  readonly expiresAt: number
}

/** Whose exclusive queue it is: a connection, compared by identity only. */
export type ExclusiveOwner = object

export type QueueType = 'classic' | 'quorum' | 'stream'

export interface QueueProperties {
  /** How many priorities its messages have, where that is not in its arguments. */
  readonly priorityLevels?: number
  readonly durable: boolean
  readonly exclusiveOwner: ExclusiveOwner | null
  readonly autoDelete: boolean
  readonly arguments: FieldTable
}

export interface QueuedMessage extends TakenPlace {
  /** What the client gets to see: the message, or more than it. */
  readonly sent: Message
}

/**
 * A queue as channels and the vhost see it. It may be on this node or, in a cluster, stand for one
 * on another: so messages are handed back in batches, and nothing here returns a consumer's state.
 */
export interface Queue extends QueueDestination, QueueProperties {
  readonly vhostName: string
  readonly type: QueueType
  readonly readyCount: number
  readonly unackedCount: number
  readonly consumerCount: number
  /** Brings these three up to date; undefined when they are. */
  counted(): Promise<void> | undefined
  /** Resolves when whoever has the messages knows what was said so far; undefined when that is so. */
  whenTold(): Promise<void> | undefined
  readonly counts: QueueCounts
  /** Who alone gets everything, undefined while there is nobody; null where that is not so. */
  readonly activeConsumer: QueueConsumer | null | undefined
  /** Messages that are to come to it later, where it sees to these itself. */
  readonly delays?: Delays
  /** How long its deliveries may be unacknowledged; undefined for as long as those of others. */
  readonly consumerTimeoutMs: number | undefined
  /** Whether consumers get nothing, though there may be something. */
  isPaused: boolean
  /** What policies say of it from now on; nothing when it is empty. It hears so too when it is new. */
  applyPolicy(definition: PolicyDefinition): void
  /** It was declared again, or looked at, which is a use of it. */
  touch(): void
  /**
   * Throws 403 when exclusive use, asked for or taken, forbids it. The promise, where there is one, is
   * fulfilled when it is a consumer, and rejected with what would have been thrown.
   */
  consume(consumer: QueueConsumer, exclusive: boolean): Promise<void> | undefined
  /** It may be cancelled before it is known to be a consumer; of one that is none, nothing happens. */
  cancel(consumer: QueueConsumer): void
  /** The consumer can take messages again. */
  resume(consumer: QueueConsumer): void
  /** Whether the first message is being read from the store, so that `get` cannot give it yet. */
  readonly isLoading: boolean
  /** Resolves when it has been read, or does not have to be any more. */
  whenLoaded(): Promise<void>
  /** Takes the first message; unless `noAck`, it stays unacked until settled or requeued. */
  get(noAck: boolean): QueuedMessage | undefined | Promise<QueuedMessage | undefined>
  /** Whether it is another node that has its messages: only there they can be looked at. */
  readonly isElsewhere?: boolean
  /** Octets of the bodies of messages that are ready, where these are counted. */
  readonly readyBytes?: number
  /** To look at what is ready, without taking it. */
  browser(): QueueBrowser
  /** Messages that were taken will not come back. */
  acknowledge(places: readonly Place[]): void
  /** Rejected without requeue: will not come back either, but may be dead-lettered. */
  reject(places: readonly Place[]): void
  /** Puts messages back where they were, to be redelivered. */
  requeue(places: readonly Place[]): void
  /** Drops what is ready, and says how many that were. */
  purge(): number | Promise<number>
  /** Ends the queue: drops everything and cancels its consumers. */
  delete(): void
}

export type DeadLetterReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit'

export interface DeadLetter {
  readonly queueName: string
  readonly message: Message
  readonly reason: DeadLetterReason
  readonly exchange: string
  /** Undefined for the keys that the message came with. */
  readonly routingKey: string | undefined
  /** To be called when it is safe where it goes, or goes nowhere: its queue keeps it stored until then. */
  arrived(): void
}

/** What a queue reports to whoever keeps it. */
export interface QueueEvents {
  lastConsumerLeft(queue: Queue): void
  /** Nobody has used it for as long as it wants to be kept. */
  expired(queue: Queue): void
  /** A message leaves it that is to be published elsewhere. */
  deadLetter(letter: DeadLetter): void
}
