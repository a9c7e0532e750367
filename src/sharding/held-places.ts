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
  readonly #byQueue = new Map<number, Map<number, HeldPlace>>()

  add(queue: number, number: number, held: HeldPlace): void {
    const places = this.#byQueue.get(queue)
    if (places === undefined) this.#byQueue.set(queue, new Map([[number, held]]))
    else places.set(number, held)
  }

  take(queue: number, number: number): HeldPlace | undefined {
    const places = this.#byQueue.get(queue)
    const held = places?.get(number)
    if (places === undefined || held === undefined) return undefined
    places.delete(number)
    if (places.size === 0) this.#byQueue.delete(queue)
    return held
  }

  /** A consumer has come again who has had some of them. */
  adopt(queue: number, consumer: SessionConsumer): void {
    for (const held of this.#byQueue.get(queue)?.values() ?? []) {
      if (held.consumerId !== consumer.id) continue
      held.consumer = consumer
      consumer.holds()
    }
  }

  /** By queue, in the order in which they were delivered. */
  takeAll(): [queue: number, places: HeldPlace[]][] {
    const all = [...this.#byQueue].map(([queue, places]): [number, HeldPlace[]] => [
      queue,
      [...places.values()],
    ])
    this.#byQueue.clear()
    return all
  }

  moveInto(others: HeldPlaces): void {
    for (const [queue, places] of this.#byQueue) {
      for (const [number, held] of places) others.add(queue, number, held)
    }
    this.#byQueue.clear()
  }
}
