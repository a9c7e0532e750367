import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import type { Settlement } from './queue-system.ts'

interface Entry {
  /** Its place among all messages, which is its name too. */
  readonly number: number
  readonly persistent: boolean
  delivered: boolean
}

interface Note {
  readonly what: 'enqueue' | 'deliver' | 'settle'
  readonly number: number
}

/** What stands behind the name of a message that was delivered before. */
export const AGAIN = ' again'

/** `m12`, as Performer names messages. */
const numberOf = (body: string): number => Number(body.slice(1))
const nameIn = (sketch: string): string => sketch.replace(AGAIN, '')
const byNumber = (a: string, b: string): number => numberOf(nameIn(a)) - numberOf(nameIn(b))

/**
 * What a queue has, and what its log was told and when. It does not know who gets a message, nor how
 * soon: only that it must be the first, and whether it was there before.
 */
export class DeepQueueModel {
  #ready: Entry[]
  readonly #held = new Map<number, Entry>()
  readonly #before: readonly Entry[]
  readonly #notes: (Note & { readonly ticket: Ticket })[] = []
  #pending: Note[] = []
  #isDeleted = false

  /** `before` is what was found when the process began. */
  constructor(before: readonly string[] = []) {
    this.#before = before.map((sketch) => {
      const delivered = sketch.endsWith(AGAIN)
      return { number: numberOf(nameIn(sketch)), persistent: true, delivered }
    })
    this.#ready = this.#before.map((entry) => ({ ...entry }))
  }

  get readyCount(): number {
    return this.#ready.length
  }

  get unackedCount(): number {
    return this.#held.size
  }

  /** Persistent messages that are not settled. */
  get durableCount(): number {
    if (this.#isDeleted) return 0
    return [...this.#ready, ...this.#held.values()].filter(({ persistent }) => persistent).length
  }

  published(body: string, persistent: boolean): void {
    if (this.#isDeleted) return
    const entry = { number: numberOf(body), persistent, delivered: false }
    this.#ready.push(entry)
    this.#note('enqueue', entry)
  }

  delivered(body: string, redelivered: boolean, noAck: boolean): void {
    const entry = this.#ready.shift()
    expect({ body, redelivered }).toEqual({
      body: `m${entry?.number}`,
      redelivered: entry?.delivered,
    })
    if (entry === undefined) return
    entry.delivered = true
    this.#note(noAck ? 'settle' : 'deliver', entry)
    if (!noAck) this.#held.set(entry.number, entry)
  }

  settled(bodies: readonly string[], how: Settlement): void {
    for (const body of bodies) {
      const entry = this.#held.get(numberOf(body)) as Entry
      this.#held.delete(entry.number)
      if (how !== 'requeue') this.#note('settle', entry)
      else if (!this.#isDeleted) this.#ready.push(entry)
    }
    this.#ready.sort((a, b) => a.number - b.number)
  }

  purged(): void {
    for (const entry of this.#ready) this.#note('settle', entry)
    this.#ready = []
  }

  /** What is held goes when it is settled, but does not come back. */
  deleted(): void {
    this.purged()
    this.#isDeleted = true
    for (const entry of this.#held.values()) this.#note('settle', entry)
  }

  /** What happened since the last time was noted with this ticket, if it was noted. */
  endStep(ticket: Ticket): void {
    for (const note of this.#pending) this.#notes.push({ ...note, ticket })
    this.#pending = []
  }

  /**
   * Whether the next process may find this when all up to a ticket is stored. What was settled since
   * may be there, or be gone already.
   */
  mayBecome(found: readonly string[], storedTicket: Ticket): boolean {
    const left = new Set(this.contents(Number.POSITIVE_INFINITY).map(nameIn))
    const expected = this.contents(storedTicket)
    return (
      found.every((sketch) => expected.includes(sketch)) &&
      expected.every((sketch) => found.includes(sketch) || !left.has(nameIn(sketch))) &&
      found.every((sketch, at) => at === 0 || byNumber(found[at - 1] as string, sketch) < 0)
    )
  }

  /** In any order, and whether each was delivered. */
  contents(storedTicket: Ticket): string[] {
    const found = new Map(this.#before.map(({ number, delivered }) => [number, delivered]))
    for (const { ticket, what, number } of this.#notes) {
      if (ticket > storedTicket) break
      if (what === 'settle') found.delete(number)
      else found.set(number, what === 'deliver')
    }
    return [...found].map(([number, delivered]) => `m${number}${delivered ? AGAIN : ''}`)
  }

  #note(what: Note['what'], { number, persistent }: Entry): void {
    if (persistent) this.#pending.push({ what, number })
  }
}
