import { DelayQueue, type DelayQueueParts, type Room } from '../delayed/delay-queue.ts'
import type { KeptMessages } from '../exchange/exchange.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import type { Delays } from '../queue/delays.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'

/** What delays messages of an exchange or a queue, and where it does. */
export interface NewDelays extends KeptMessages {
  /** Whose messages these are, for readers of the log. */
  readonly owner: DelayQueueParts['owner']
  readonly release: DelayQueueParts['release']
  readonly roomFor?: DelayQueueParts['roomFor']
}

export type DelayQueueFactory = (delays: NewDelays) => Delays

/** They share what a broker has to keep messages in; by default that is memory. */
export function delayQueueFactory(
  storage: QueueStorage = memoryOnly(),
  messageLog?: MessageLog,
): DelayQueueFactory {
  const stored = (): Promise<void> => messageLog?.settled() ?? Promise.resolve()
  return ({ owner, id, release, roomFor = (): Room => 'now' }) => {
    const log = id === null ? null : (messageLog?.queueLog(id) ?? null)
    return new DelayQueue({ owner, storage, log, arrivals: { stored }, release, roomFor })
  }
}
