import type { Queue } from '../queue/queue.ts'
import { QueueCounts } from '../queue/queue-counts.ts'

/** What was counted of queues that are no more, by their types: totals never fall. */
export class DepartedCounts {
  readonly #byType = new Map<Queue['type'], QueueCounts>()

  of(type: Queue['type']): QueueCounts {
    let counts = this.#byType.get(type)
    if (counts === undefined) {
      counts = new QueueCounts()
      this.#byType.set(type, counts)
    }
    return counts
  }

  add({ type, counts }: Queue): void {
    this.of(type).add(counts)
  }
}
