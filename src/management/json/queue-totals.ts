import type { Queue } from '../../queue/queue.ts'

export interface QueueTotals {
  readonly messages: number
  readonly messages_ready: number
  readonly messages_unacknowledged: number
}

/** How many messages there are in some queues. */
export function queueTotals(queues: Iterable<Queue>): QueueTotals {
  let ready = 0
  let unacknowledged = 0
  for (const queue of queues) {
    const of = totalsOf(queue)
    ready += of.messages_ready
    unacknowledged += of.messages_unacknowledged
  }
  return totals(ready, unacknowledged)
}

/** The size of the bodies of messages that are ready. */
export const bytesOf = ({ readyBytes = 0 }: Queue): number => readyBytes

/** The same of one queue. Of a stream nothing is taken: what somebody reads is there all the same. */
export function totalsOf({ type, readyCount, unackedCount }: Queue): QueueTotals {
  return totals(readyCount, type === 'stream' ? 0 : unackedCount)
}

function totals(ready: number, unacknowledged: number): QueueTotals {
  return {
    messages: ready + unacknowledged,
    messages_ready: ready,
    messages_unacknowledged: unacknowledged,
  }
}
