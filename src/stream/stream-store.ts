import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { StoredRun } from '../message-log/queue-log.ts'
import type { Stretch } from '../message-log/stretches.ts'

/** Where a stream's messages are. Offsets are the sequences of its log. */
export interface StreamStore {
  /** The first offset that was never used, and the first one of a message: the same when there is none. */
  readonly nextOffset: number
  readonly firstOffset: number
  /** What was found when the broker started. */
  readonly found: readonly Stretch[]
  /** Gives what `QueueDestination.publish` is to give. */
  append(message: Message, offset: number, timeMs: number): PublishOutcome
  /** As `QueueLog.read`. Only what has been stored is asked for. */
  read(from: number, to: number): Promise<StoredRun>
  /** What is before that offset is not needed any more. */
  removeBefore(offset: number): void
  drop(): void
}

/** Called when all before that offset is stored: it may be shown to consumers, and will not vanish. */
export type OnStored = (endOffset: number) => void
