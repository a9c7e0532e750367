import type { Block } from './block-chain.ts'
import { LogEntry } from './log-entry.ts'
import type { QueuePlaces } from './queue-places.ts'
import type { PlaceVisitor, RecordedPlace } from './record-reader.ts'

/** Collects the messages of a block that are still in queues, to be stored again elsewhere. */
export class Stragglers implements PlaceVisitor {
  readonly entries: LogEntry[] = []
  readonly #block: Block
  readonly #findQueue: (queueId: number) => QueuePlaces | undefined

  constructor(block: Block, findQueue: (queueId: number) => QueuePlaces | undefined) {
    this.#block = block
    this.#findQueue = findQueue
  }

  place(place: RecordedPlace): void {
    const { sequence, expiresAt } = place
    const queue = this.#findQueue(place.queueId)
    if (queue === undefined || !queue.isAt(sequence, this.#block)) return
    const message = place.message()
    const last = this.entries.at(-1)
    if (last?.message === message) last.add({ queue, sequence, expiresAt })
    else this.entries.push(new LogEntry(message, { queue, sequence, expiresAt }, this.#block))
  }
}
