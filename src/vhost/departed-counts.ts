import type { Queue } from '../queue/queue.ts'
import { QueueCounts } from '../queue/queue-counts.ts'

/** Octets that came by a connection, and that went. */
interface Traffic {
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** What was counted of queues and connections that are no more: totals never fall. */
export class DepartedCounts {
  receivedBytes = 0
  sentBytes = 0
  readonly #byType = new Map<Queue['type'], QueueCounts>()

  of(type: Queue['type']): QueueCounts {
    let counts = this.#byType.get(type)
    if (counts === undefined) {
      counts = new QueueCounts()
      this.#byType.set(type, counts)
    }
    return counts
  }

  addTraffic({ receivedBytes, sentBytes }: Traffic): void {
    this.receivedBytes += receivedBytes
    this.sentBytes += sentBytes
  }

  add({ type, counts }: Queue): void {
    this.of(type).add(counts)
  }
}
