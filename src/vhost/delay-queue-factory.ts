import { DelayQueue, type DelayQueueParts } from '../delayed/delay-queue.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'

/** Makes what delays an exchange's messages. `logId` is what the message log knows it by, if it does. */
export type DelayQueueFactory = (
  exchange: string,
  logId: number | null,
  release: DelayQueueParts['release'],
) => DelayQueue

/** They share what a broker has to keep messages in; by default that is memory. */
export function delayQueueFactory(
  storage: QueueStorage = memoryOnly(),
  messageLog?: MessageLog,
): DelayQueueFactory {
  const stored = (): Promise<void> => messageLog?.settled() ?? Promise.resolve()
  return (exchange, logId, release) => {
    const log = logId === null ? null : (messageLog?.queueLog(logId) ?? null)
    return new DelayQueue({ exchange, storage, log, stored, release })
  }
}
