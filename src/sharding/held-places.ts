import { NumberMap } from '../base/number-map.ts'
import type { TakenPlace } from '../queue/queue.ts'
import type { SessionConsumer } from './session-consumer.ts'

/** A message that somebody has. */
export interface HeldPlace extends TakenPlace {
  /** The consumer's number at its front; 0 for `basic.get`. */
  readonly consumerId: number
  /** Null when it is none, or not any more, or has not come again yet. */
  consumer: SessionConsumer | null
}

/** What was delivered and is not settled, by queue and number. */
export class HeldPlaces {
  readonly #byQueue = new NumberMap<NumberMap<HeldPlace>>()

  add(queue: number, number: number, held: HeldPlace): void {
    let places = this.#byQueue.get(queue)
    if (places === undefined) {
      places = new NumberMap()
      this.#byQueue.set(queue, places)
    }
    places.set(number, held)
  }

  take(queue: number, number: number): HeldPlace | undefined {
    return this.takeThose(queue, [number])[0]
  }

  /** Those of them that somebody has. */
  takeThose(queue: number, numbers: readonly number[]): HeldPlace[] {
    const taken: HeldPlace[] = []
    const places = this.#byQueue.get(queue)
    if (places === undefined) return taken
    for (const number of numbers) {
      const held = places.take(number)
      if (held !== undefined) taken.push(held)
    }
    if (places.size === 0) this.#byQueue.take(queue)
    return taken
  }

  /** A consumer has come again who has had some of them. */
  adopt(queue: number, consumer: SessionConsumer): void {
    for (const held of this.#byQueue.get(queue)?.values() ?? []) {
      if (held.consumerId !== consumer.id) continue
      held.consumer = consumer
      consumer.holds()
    }
  }

  /** By queue, in their order. */
  takeAll(): [queue: number, places: HeldPlace[]][] {
    const all = this.#byQueue.entries()
    this.#byQueue.clear()
    return all.map(([queue, places]) => [queue, places.values()])
  }

  moveInto(others: HeldPlaces): void {
    for (const [queue, places] of this.#byQueue.entries()) {
      for (const [number, held] of places.entries()) others.add(queue, number, held)
    }
    this.#byQueue.clear()
  }
}
