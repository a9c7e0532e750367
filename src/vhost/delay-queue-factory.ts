import { DelayQueue, type DelayQueueParts } from '../delayed/delay-queue.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'

/** Makes what delays an exchange's messages. `logId` is what the message log knows it by, if it does. */
export type DelayQueueFactory = (
  name: string,
  logId: number | null,
  release: DelayQueueParts['release'],
) => DelayQueue

/** They share what a broker has to keep messages in; by default that is memory. */
export function delayQueueFactory(
  storage: QueueStorage = memoryOnly(),
  queueLog: (id: number) => QueueLog | null = () => null,
): DelayQueueFactory {
  return (name, logId, release) =>
    new DelayQueue({ name, storage, log: logId === null ? null : queueLog(logId), release })
}
