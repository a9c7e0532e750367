/** A time is noted down when this part of the shortest time that is asked for has passed. */
const PRECISION = 1 / 60

interface Mark {
  readonly deliveryTag: number
  readonly atMs: number
}

/**
 * About how long ago deliveries went out: what the last delivery tag was, now and then. A delivery costs
 * nothing, and an hour of them a few dozen numbers; thousands where a shorter time is asked for, too,
 * which are searched, not walked.
 */
export class DeliveryAges {
  /** Tags and times only grow. */
  readonly #marks: Mark[] = []

  /** Deliveries up to that tag went out before now. `leastMs` is the shortest time that is asked for. */
  mark(deliveryTag: number, nowMs: number, leastMs: number): void {
    const last = this.#marks.at(-1)
    if (last !== undefined) {
      if (last.deliveryTag === deliveryTag) return
      if (nowMs - last.atMs < leastMs * PRECISION) return
    }
    this.#marks.push({ deliveryTag, atMs: nowMs })
  }

  /** The last tag that certainly went out before that time; 0 when none did. */
  lastBefore(timeMs: number): number {
    const count = this.#countWhile(({ atMs }) => atMs <= timeMs)
    return this.#marks[count - 1]?.deliveryTag ?? 0
  }

  /** Nothing is asked about deliveries before that tag any more. */
  forgetBefore(deliveryTag: number): void {
    const count = this.#countWhile((mark) => mark.deliveryTag < deliveryTag)
    if (count > 0) this.#marks.splice(0, count)
  }

  /** How many marks it is true of, from the first one on. */
  #countWhile(isTrue: (mark: Mark) => boolean): number {
    let low = 0
    let high = this.#marks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isTrue(this.#marks[middle] as Mark)) low = middle + 1
      else high = middle
    }
    return low
  }
}
