import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import { keyOf, type Place, type PlacesModel } from './places-model.ts'

/**
 * What is found again is what the stored batches said, or what they and the next one said, which may
 * have been on its way: of that one there may only be a part if it was more than a record takes. And
 * when the journal has refused something, whatever was settled may have been removed to make room.
 */
export function expectRecovered(
  found: readonly Place[],
  model: PlacesModel,
  storedTicket: Ticket,
): void {
  const stored = model.contents(storedTicket)
  const next = model.contents(storedTicket + 1)
  if (isSame(found, stored) || isSame(found, next)) return
  const isWhole = !model.mayBeCut || model.isAtomic(storedTicket + 1)
  // Fails, and says what there is and what not.
  if (isWhole && !model.wasRefused) expect(found).toEqual(stored)
  expectNothingElse(found, [...stored, ...next])
  const isFound = keysOf(found)
  const isStored = keysOf(stored)
  const isInNext = keysOf(next)
  const isStill = model.wasRefused ? keysOf(model.contents()) : isInNext
  const stays = stored.map(keyOf).filter((key) => isInNext.has(key) && isStill.has(key))
  expect([...isFound]).toEqual(expect.arrayContaining(stays))
  for (const { from, to } of model.moves) {
    const isNeither = !isFound.has(keyOf(from)) && !isFound.has(keyOf(to))
    // It may have left the other queue, too.
    if (isNeither && isStored.has(keyOf(from))) expect(isStill).not.toContain(keyOf(to))
  }
  if (!isWhole) return
  const added = next.map(keyOf).filter((key) => !isStored.has(key))
  const addedAndFound = added.filter((key) => isFound.has(key))
  expect([0, added.length]).toContain(addedAndFound.length)
}

function expectNothingElse(found: readonly Place[], possible: readonly Place[]): void {
  // The last that has a key is the one that was delivered, if it was.
  const byKey = new Map(possible.map((place) => [keyOf(place), place]))
  for (const place of found) {
    const known = byKey.get(keyOf(place))
    expect([place, { ...place, delivered: true }]).toContainEqual(known)
  }
}

function keysOf(places: readonly Place[]): ReadonlySet<string> {
  return new Set(places.map(keyOf))
}

function isSame(some: readonly Place[], others: readonly Place[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others)
}
