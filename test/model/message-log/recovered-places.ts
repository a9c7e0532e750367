import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import { keyOf, type Place, type PlacesModel } from './places-model.ts'

/**
 * What is found again is what the stored batches said, or what they and the next one said, which may
 * have been on its way: of that one there may only be a part if it was more than a record takes.
 */
export function expectRecovered(
  found: readonly Place[],
  model: PlacesModel,
  storedTicket: Ticket,
): void {
  const stored = model.contents(storedTicket)
  const next = model.contents(storedTicket + 1)
  if (isSame(found, stored) || isSame(found, next)) return
  if (!model.mayBeCut || model.isAtomic(storedTicket + 1)) {
    // Fails, and says what there is and what not.
    expect(found).toEqual(stored)
  }
  const either = new Map([...stored, ...next].map((place) => [keyOf(place), place]))
  const isInNext = new Set(next.map(keyOf))
  for (const { delivered, ...place } of found) {
    const known = either.get(keyOf({ delivered, ...place }))
    expect(known).toMatchObject(place)
    if (delivered) expect(known).toMatchObject({ delivered })
  }
  const isFound = new Set(found.map(keyOf))
  for (const place of stored) {
    if (isInNext.has(keyOf(place))) expect(isFound).toContain(keyOf(place))
  }
}

function isSame(some: readonly Place[], others: readonly Place[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others)
}
