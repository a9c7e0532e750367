import type { StoredMessage } from './queue-log.ts'
import type { PlaceVisitor, RecordedPlace } from './record-reader.ts'
import type { SequenceSet } from './sequence-set.ts'

export interface QueueReadingOptions {
  readonly queueId: number
  readonly from: number
  readonly to: number
  readonly live: SequenceSet
  readonly delivered: SequenceSet
}

/** Collects what a block has of a queue, from one sequence to another. */
export class QueueReading implements PlaceVisitor {
  readonly #options: QueueReadingOptions
  readonly #found: StoredMessage[] = []
  #last = -1
  #isSorted = true

  constructor(options: QueueReadingOptions) {
    this.#options = options
  }

  place(place: RecordedPlace): void {
    const { queueId, from, to, live, delivered } = this.#options
    if (place.queueId !== queueId) return
    const { sequence } = place
    if (sequence < from || sequence > to || !live.has(sequence)) return
    if (sequence <= this.#last) this.#isSorted = false
    this.#last = sequence
    this.#found.push({
      message: place.message(),
      sequence,
      delivered: delivered.has(sequence),
      expiresAt: place.expiresAt,
    })
  }

  /** In order. What was stored again stands behind what was not; what was stored twice is there twice. */
  get messages(): readonly StoredMessage[] {
    if (this.#isSorted) return this.#found
    const bySequence = new Map(this.#found.map((stored) => [stored.sequence, stored]))
    return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence)
  }
}
