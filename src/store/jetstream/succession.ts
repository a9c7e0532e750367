import type { LogFrame } from './log-frame.ts'

/**
 * Which frames of a stream count. Several owners may have written to it at the same time, each sure
 * to be the only one, and one owner may have written something twice. All who read the stream from
 * its start come to the same answer:
 *
 * - A frame of an epoch below the highest one before it does not count: its writer was fenced.
 * - Within an epoch, frames count in the order of their numbers, without gaps. One that was accepted
 *   although the one before it was not has no place, and will have been written again.
 *
 *     epoch 3 · 3/0 · 3/1 · epoch 4 · 3/2 · 4/0 · 4/2 · barrier 4 · 4/1 · 4/2
 *                                     ~~~         ~~~  do not count
 *
 * The first frame of a stream always counts, see `JetStreamJournal.truncate`; so does the one that
 * this is asked about first.
 */
export class Succession {
  #epoch = -1
  #next = 0
  #isGapless = true

  /** As after all frames of that epoch below that number. */
  static at(epoch: number, next: number): Succession {
    const succession = new Succession()
    succession.#epoch = epoch
    succession.#next = next
    return succession
  }

  /** The highest epoch that was seen; -1 before there was any. */
  get epoch(): number {
    return this.#epoch
  }

  /** The number of the next frame that counts. */
  get next(): number {
    return this.#next
  }

  /** Whether this frame counts, which comes after those that were asked about before. */
  accept(frame: LogFrame): boolean {
    if (frame.epoch < this.#epoch) return false
    if (frame.kind === 'barrier') return false
    if (frame.epoch > this.#epoch) {
      this.#epoch = frame.epoch
      this.#next = frame.kind === 'epoch' ? 0 : frame.number
      this.#isGapless = true
    }
    if (frame.kind === 'epoch' || frame.number < this.#next) return false
    if (frame.number > this.#next && this.#isGapless) return false
    this.#isGapless = true
    this.#next = frame.number + 1
    return true
  }

  /** A frame cannot be read any more: the number that comes next may be any. */
  skip(): void {
    this.#isGapless = false
  }
}
