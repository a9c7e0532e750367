import type { Message } from '../../../src/message/message.ts'
import { keyOf, type Place } from './places-model.ts'

/** What a queue has of a message that is in it. */
export interface Held {
  place: Place
  readonly message: Message
}

/** What is in the queues, as they see it. */
export class HeldPlaces {
  readonly #held = new Map<string, Held>()
  readonly #gone = new Set<string>()

  add(place: Place, message: Message): void {
    this.#held.set(keyOf(place), { place, message })
  }

  remove(place: Place): void {
    this.#held.delete(keyOf(place))
    this.#gone.add(keyOf(place))
  }

  find(key: string): Place | undefined {
    return this.#held.get(key)?.place
  }

  /** The keys of what has been there. */
  get gone(): ReadonlySet<string> {
    return new Set(this.#gone)
  }

  get all(): readonly Held[] {
    return [...this.#held.values()]
  }

  /** Queue by queue, in order. */
  get places(): readonly Place[] {
    const places = this.all.map(({ place }) => place)
    return places.sort((a, b) => a.queueId - b.queueId || a.sequence - b.sequence)
  }

  between(id: number, from: number, to: number): readonly Place[] {
    return this.places.filter(({ queueId, sequence }) => {
      return queueId === id && sequence >= from && sequence <= to
    })
  }

  /** Each is a position, modulo how many there are; no place twice. */
  pick(picks: readonly number[]): readonly Held[] {
    const held = this.all
    if (held.length === 0) return []
    return [...new Set(picks.map((pick) => held[pick % held.length]!))]
  }
}
