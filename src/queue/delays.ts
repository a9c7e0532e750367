import type { PublishOutcome, QueueDestination } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { BrowseLimits } from './browsing.ts'

/** A message that is to come to its exchange, or its queue, at a time: in milliseconds since 1970. */
export interface DelayedMessage {
  readonly message: Message
  readonly sequence: number
  readonly dueMs: number
}

/** Where messages are until it is time for them: on this node or, in a cluster, perhaps on another. */
export interface Delays extends QueueDestination {
  /** How many there are; in a cluster, as far as that is known here. */
  readonly messageCount: number
  delay(message: Message, delayMs: number): PublishOutcome
  /** What is due first comes first; where very many are delayed, only about so. */
  read(from: number, limits: BrowseLimits): Promise<readonly DelayedMessage[]>
  find(id: string): Promise<DelayedMessage | undefined>
  /** Drops it, before its time. False when it is not there. */
  remove(id: string): Promise<boolean>
  /** Brings it on its way, before its time, if it is there, and if there is room for it. */
  releaseNow(id: string): Promise<'released' | 'missing' | 'refused'>
  /** The exchange or the queue is no more, nor what was delayed for it. */
  delete(): void
}
