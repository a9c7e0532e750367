import type { QueueDestination } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { Room } from './delay-queue.ts'

/**
 * Whether there is room in a queue for a message that was taken long ago: who published it cannot be told
 * any more that the queue is full.
 */
export function roomInQueue(
  queue: QueueDestination & { readonly readyCount: number },
  message: Message,
): Room {
  if (!queue.refuses(message)) return 'now'
  return queue.readyCount > 0 ? 'later' : 'never'
}
