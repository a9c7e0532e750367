import { DelayQueue, type DelayQueueParts, type Room } from '../delayed/delay-queue.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'

/**
 * Makes what delays the messages of an exchange or a queue, which is told to readers of the log. `logId` is
 * what the message log knows it by, if it does.
 */
export type DelayQueueFactory = (
  owner: DelayQueueParts['owner'],
  logId: number | null,
  release: DelayQueueParts['release'],
  roomFor?: DelayQueueParts['roomFor'],
) => DelayQueue

/** They share what a broker has to keep messages in; by default that is memory. */
export function delayQueueFactory(
  storage: QueueStorage = memoryOnly(),
  messageLog?: MessageLog,
): DelayQueueFactory {
  const stored = (): Promise<void> => messageLog?.settled() ?? Promise.resolve()
  return (owner, logId, release, roomFor = (): Room => 'now') => {
    const log = logId === null ? null : (messageLog?.queueLog(logId) ?? null)
    return new DelayQueue({ owner, storage, log, stored, release, roomFor })
  }
}
