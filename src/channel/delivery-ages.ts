import { Fifo } from '../base/fifo.ts'

/** A time is noted down when this part of the shortest time that is asked for has passed. */
const PRECISION = 1 / 60

interface Mark {
  readonly deliveryTag: number
  readonly atMs: number
}

/**
 * About how long ago deliveries went out: what the last delivery tag was, now and then. A delivery costs
 * nothing, and an hour of them a few dozen numbers.
 */
export class DeliveryAges {
  readonly #marks = new Fifo<Mark>()
  #last: Mark | undefined

  /** Deliveries up to that tag went out before now. `leastMs` is the shortest time that is asked for. */
  mark(deliveryTag: number, nowMs: number, leastMs: number): void {
    const last = this.#last
    if (last !== undefined) {
      if (last.deliveryTag === deliveryTag) return
      if (nowMs - last.atMs < leastMs * PRECISION) return
    }
    this.#last = { deliveryTag, atMs: nowMs }
    this.#marks.push(this.#last)
  }

  /** The last tag that certainly went out before that time; 0 when none did. */
  lastBefore(timeMs: number): number {
    let deliveryTag = 0
    for (const mark of this.#marks) {
      if (mark.atMs > timeMs) break
      deliveryTag = mark.deliveryTag
    }
    return deliveryTag
  }

  /** Nothing is asked about deliveries before that tag any more. */
  forgetBefore(deliveryTag: number): void {
    for (let first = this.#marks.peek(); first !== undefined; first = this.#marks.peek()) {
      if (first.deliveryTag >= deliveryTag) return
      this.#marks.shift()
    }
  }
}
