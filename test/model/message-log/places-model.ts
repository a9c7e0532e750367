import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'

export interface Place {
  readonly queueId: number
  readonly sequence: number
  /** How its body begins, which no other has. */
  readonly name: string
  readonly expiresAt: number
  readonly delivered: boolean
}

const RECORD_BYTES = 256 * 1024

type What = 'enqueue' | 'deliver' | 'settle'

interface Note {
  /** How many were noted before it and with it, by all processes. */
  readonly number: number
  readonly ticket: Ticket
  readonly what: What
  readonly place: Place
}

export interface Move {
  readonly from: Place
  readonly to: Place
}

/**
 * What was noted, one after the other, and in which batch. What the queues hold once the batches up
 * to one of them are stored is found by going through all that once more.
 */
export class PlacesModel {
  readonly #before: readonly Place[]
  readonly #notes: Note[] = []
  readonly #moves: Move[] = []
  readonly #atomic = new Set<Ticket>()
  readonly #firstNumber: number
  /** Whether the journal has refused anything. */
  wasRefused = false
  #bytes = 0

  constructor(before: readonly Place[], noteCount = 0) {
    this.#before = before
    this.#firstNumber = noteCount + 1
  }

  note(ticket: Ticket, what: What, place: Place): void {
    this.#notes.push({ number: this.noteCount + 1, ticket, what, place })
  }

  get noteCount(): number {
    return this.#firstNumber + this.#notes.length - 1
  }

  /** Fails unless all that was noted until then has been found again, or has been settled since. */
  expectNoted(found: readonly Place[], noteCount: number): void {
    const byKey = new Map(found.map((place) => [keyOf(place), place]))
    const left = new Set(this.contents().map(keyOf))
    for (const { number, what, place } of this.#notes) {
      if (number > noteCount) break
      const key = keyOf(place)
      if (what === 'settle') expect(byKey.has(key)).toBe(false)
      else if (left.has(key)) expect(byKey.has(key)).toBe(true)
      if (what === 'deliver') expect(byKey.get(key)?.delivered).not.toBe(false)
    }
  }

  /** So much has been added, or was there. */
  addBytes(bytes: number): void {
    this.#bytes += bytes
  }

  /** Whether a batch may have become several records. */
  get mayBeCut(): boolean {
    return this.#bytes > RECORD_BYTES / 2
  }

  noteMove(from: Place, to: Place): void {
    this.#moves.push({ from, to })
  }

  get moves(): readonly Move[] {
    return this.#moves
  }

  makeAtomic(ticket: Ticket): void {
    this.#atomic.add(ticket)
  }

  isAtomic(ticket: Ticket): boolean {
    return this.#atomic.has(ticket)
  }

  /** Queue by queue, in order. */
  contents(storedTicket: Ticket = Number.POSITIVE_INFINITY): Place[] {
    const places = new Map(this.#before.map((place) => [keyOf(place), place]))
    for (const { ticket, what, place } of this.#notes) {
      const key = keyOf(place)
      const found = places.get(key)
      if (ticket > storedTicket) break
      if (what === 'enqueue') places.set(key, { ...place, delivered: false })
      else if (what === 'settle') places.delete(key)
      else if (found !== undefined) places.set(key, { ...found, delivered: true })
    }
    return [...places.values()].sort(byPlace)
  }
}

export function keyOf({ queueId, sequence }: Place): string {
  return `${queueId}/${sequence}`
}

function byPlace(a: Place, b: Place): number {
  return a.queueId - b.queueId || a.sequence - b.sequence
}
