import { expect } from 'vitest'
import type { QueueLog, StoredMessage, StoredRun } from '../../../src/message-log/queue-log.ts'
import { bodyOf } from '../../support/sample-message.ts'
import type { HeldPlaces } from './held-places.ts'
import { keyOf, type Place } from './places-model.ts'

/** Reads a queue from its beginning to its end. */
export async function readAll(log: QueueLog): Promise<StoredMessage[]> {
  const found: StoredMessage[] = []
  for (let from = 0; from < log.nextSequence; ) {
    const { messages, next } = await log.read(from, log.nextSequence - 1)
    found.push(...messages)
    from = next
  }
  return found
}

export function placeOf(
  queueId: number,
  { message, sequence, expiresAt, delivered }: StoredMessage,
): Place {
  const body = bodyOf(message)
  const name = body.toString('latin1', 0, body.indexOf('.') + 1)
  return { queueId, sequence, name, expiresAt, delivered }
}

/** What must be so of what is read, however much happens until it is there. */
export class Reading {
  readonly #held: HeldPlaces
  readonly #id: number
  readonly #from: number
  readonly #to: number
  readonly #before: readonly Place[]
  readonly #goneBefore: ReadonlySet<string>

  constructor(held: HeldPlaces, id: number, from: number, to: number) {
    this.#held = held
    this.#id = id
    this.#from = from
    this.#to = to
    this.#before = held.between(id, from, to)
    this.#goneBefore = held.gone
  }

  check({ messages, next }: StoredRun): void {
    expect(next).toBeGreaterThan(this.#from)
    expect(next).toBeLessThanOrEqual(this.#to + 1)
    const found = messages.map((stored) => placeOf(this.#id, stored))
    const sequences = found.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
    const isStill = (place: Place) => this.#held.find(keyOf(place)) !== undefined
    const stayed = this.#before.filter((place) => isStill(place) && place.sequence < next)
    expect(found.map(keyOf)).toEqual(expect.arrayContaining(stayed.map(keyOf)))
    for (const place of found) {
      expect(this.#goneBefore).not.toContain(keyOf(place))
      const held = this.#held.find(keyOf(place))
      // It may have been delivered since.
      if (held !== undefined) expect([place, { ...place, delivered: true }]).toContainEqual(held)
    }
  }
}
