/**
 * The places of a message that is in more than one queue, but for the first.
 *
 * A fanout may have thousands of them, and the queues mostly deliver and settle a message in the
 * order in which they got it: so a search goes on from where the last one ended.
 */
export class FurtherPlaces {
  /** Queue id, sequence, and whether it was delivered (1) or not (0), one behind the other. */
  readonly numbers: number[] = []
  #cursor = 0

  get count(): number {
    return this.numbers.length / PLACE_NUMBERS
  }

  add(queueId: number, sequence: number, delivered: boolean): void {
    this.numbers.push(queueId, sequence, delivered ? 1 : 0)
  }

  wasDelivered(queueId: number, sequence: number): boolean {
    return this.numbers[this.#find(queueId, sequence) + 2] === 1
  }

  /** Whether that is news. */
  markDelivered(queueId: number, sequence: number): boolean {
    const at = this.#find(queueId, sequence)
    if (at < 0 || this.numbers[at + 2] === 1) return false
    this.numbers[at + 2] = 1
    this.#cursor = at + PLACE_NUMBERS
    return true
  }

  /** Whether it was there. */
  remove(queueId: number, sequence: number): boolean {
    const at = this.#find(queueId, sequence)
    if (at < 0) return false
    this.numbers.splice(at, PLACE_NUMBERS)
    this.#cursor = at
    return true
  }

  visit(place: (queueId: number, sequence: number) => void): void {
    const { numbers } = this
    for (let at = 0; at < numbers.length; at += PLACE_NUMBERS) {
      place(numbers[at] as number, numbers[at + 1] as number)
    }
  }

  removeFirst(): void {
    this.numbers.splice(0, PLACE_NUMBERS)
    this.#cursor = Math.max(0, this.#cursor - PLACE_NUMBERS)
  }

  #find(queueId: number, sequence: number): number {
    const at = this.#findBetween(this.#cursor, this.numbers.length, queueId, sequence)
    return at < 0 ? this.#findBetween(0, this.#cursor, queueId, sequence) : at
  }

  #findBetween(start: number, end: number, queueId: number, sequence: number): number {
    const { numbers } = this
    for (let at = start; at < end; at += PLACE_NUMBERS) {
      if (numbers[at] === queueId && numbers[at + 1] === sequence) return at
    }
    return -1
  }
}

/** So many numbers make a place. */
export const PLACE_NUMBERS = 3
