import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import type { DeadLetterReason } from '../../../src/queue/queue.ts'
import type { MessageSketch, QueueSketch, Settlement } from './queue-system.ts'

interface Entry {
  /** Its place among all messages of its priority, which is its name too. */
  readonly number: number
  readonly persistent: boolean
  readonly priority: number
  readonly bytes: number
  /** 0 is never. */
  readonly expiresAt: number
  delivered: boolean
  /** The same, before whoever has it got it. */
  deliveredBefore: boolean
  returnCount: number
}

interface Note {
  readonly what: 'enqueue' | 'deliver' | 'settle'
  readonly entry: Entry
}

/** A message as it is found in the log, by the priority that the log is for. */
export interface Found {
  readonly body: string
  readonly priority: number
  readonly bytes: number
  readonly expiresAt: number
  readonly delivered: boolean
}

export interface NewMessage extends MessageSketch {
  readonly body: string
  readonly persistent: boolean
  readonly bytes: number
}

const NEVER = Number.POSITIVE_INFINITY

/** `m12`, as Performer names messages. */
const numberOf = (body: string): number => Number(body.slice(1))

/** What a process finds that begins. */
const entryOf = (body: string, found: Omit<Found, 'body'>): Entry => ({
  ...{ number: numberOf(body), persistent: true, deliveredBefore: false, returnCount: 0 },
  ...found,
})

function sketchOf({ number, priority, expiresAt, bytes }: Entry, delivered: boolean): string {
  return `${priority}/m${number} ${bytes} B until ${expiresAt}${delivered ? ' again' : ''}`
}

/**
 * What a queue has, and what its log was told and when. It does not know who gets a message, nor how
 * soon: only that it must be the first, and whether it was there before.
 */
export class DeepQueueModel {
  readonly #sketch: QueueSketch
  readonly #now: () => number
  #ready: Entry[]
  readonly #held = new Map<number, Entry>()
  readonly #before: readonly Entry[]
  readonly #notes: (Note & { readonly ticket: Ticket })[] = []
  #pending: Note[] = []
  /** Those that must be told dead until the end of this step, and why. */
  readonly #doomed = new Map<number, DeadLetterReason>()
  /** What comes now, and may be handed over or sent away before it was ever ready. */
  #coming: Entry | undefined
  #isDeleted = false
  /** What is being claimed and may be had, and what of that must have been had already. */
  #claimable: Entry[] = []
  readonly #taken = new Set<Entry>()

  /** `before` is what was found when the process began. */
  constructor(sketch: QueueSketch, now: () => number, before: readonly Found[] = []) {
    this.#sketch = sketch
    this.#now = now
    this.#before = before.map(({ body, ...rest }) => entryOf(body, rest))
    this.#ready = this.#before.map((entry) => ({ ...entry }))
    this.#sort()
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

  /** Whether a message is ready that should not be any more. */
  get isOverdue(): boolean {
    const { overflow = 'drop-head' } = this.#sketch
    return (overflow === 'drop-head' && this.#isTooMuch()) || isOver(this.#ready[0], this.#now())
  }

  publishing({ body, persistent, bytes, priority = 0, expirationMs = NEVER }: NewMessage): void {
    if (this.#isDeleted) return
    const { messageTtlMs = NEVER, maxPriority = 0 } = this.#sketch
    const ttlMs = Math.min(messageTtlMs, expirationMs)
    this.#coming = {
      number: numberOf(body),
      // A quorum queue keeps all it gets.
      persistent: persistent || this.#sketch.deliveryLimit !== undefined,
      priority: Math.min(priority, maxPriority),
      bytes,
      expiresAt: ttlMs === NEVER ? 0 : this.#now() + ttlMs,
      delivered: false,
      deliveredBefore: false,
      returnCount: 0,
    }
    this.#ready.push(this.#coming)
    this.#sort()
    this.#note('enqueue', this.#coming)
  }

  published(): void {
    const { overflow = 'drop-head' } = this.#sketch
    if (this.#coming !== undefined && overflow !== 'drop-head') {
      expect(this.#isTooMuch()).toBe(false)
    }
    this.#coming = undefined
  }

  /** What was being published is not taken. */
  refused(): void {
    const { overflow = 'drop-head' } = this.#sketch
    expect([overflow === 'drop-head', this.#isTooMuch()]).toEqual([false, true])
    const entry = this.#coming as Entry
    this.#ready = this.#ready.filter((other) => other !== entry)
    this.#note('settle', entry)
    this.#coming = undefined
  }

  delivered(body: string, redelivered: boolean, count: number | undefined, noAck: boolean): void {
    const entry = this.#ready.shift()
    expect({ body, redelivered }).toEqual({
      body: `m${entry?.number}`,
      redelivered: entry?.delivered,
    })
    if (entry === undefined) return
    // From hand to hand it has no time to expire.
    if (entry !== this.#coming) expect(isOver(entry, this.#now())).toBe(false)
    if (this.#sketch.deliveryLimit !== undefined) expect(count ?? 0).toBe(entry.returnCount)
    entry.deliveredBefore = entry.delivered
    entry.delivered = true
    this.#note(noAck ? 'settle' : 'deliver', entry)
    if (!noAck) this.#held.set(entry.number, entry)
  }

  died(body: string, reason: DeadLetterReason): void {
    const number = numberOf(body)
    const doom = this.#doomed.get(number)
    if (doom !== undefined) {
      expect(reason).toBe(doom)
      this.#doomed.delete(number)
      return
    }
    // What a queue does not take it may pass on: it says so next.
    const isPassedOn = this.#sketch.overflow === 'reject-publish-dlx' && reason === 'maxlen'
    if (isPassedOn && number === this.#coming?.number) return
    this.#passClaimed(number)
    const first = this.#ready[0] as Entry
    const isDue = reason === 'maxlen' ? this.#isTooMuch() : isOver(first, this.#now())
    expect([`m${first.number}`, isDue]).toEqual([body, true])
    this.#ready.shift()
    this.#note('settle', first)
  }

  settled(bodies: readonly string[], how: Settlement): void {
    const { deliveryLimit = NEVER } = this.#sketch
    for (const body of bodies) {
      const entry = this.#held.get(numberOf(body)) as Entry
      this.#held.delete(entry.number)
      if (how === 'putBack') entry.delivered = entry.deliveredBefore
      const isBack =
        how === 'putBack' || (how === 'requeue' && ++entry.returnCount <= deliveryLimit)
      if (!isBack) this.#note('settle', entry)
      if (this.#isDeleted) continue
      if (isBack) this.#ready.push(entry)
      else if (how !== 'acknowledge') {
        this.#doomed.set(entry.number, how === 'reject' ? 'rejected' : 'delivery_limit')
      }
    }
    this.#sort()
  }

  /** Somebody says to have held these. */
  claiming(bodies: readonly string[]): void {
    const asked = new Set(bodies.map(numberOf))
    const before = new Set(this.#before.map(({ number }) => number))
    this.#claimable = this.#ready.filter(({ number }) => asked.has(number) && before.has(number))
    this.#taken.clear()
  }

  /** These were had: they are held now, and what stands before them has been held. */
  claimed(bodies: readonly string[]): void {
    const isThere = (entry: Entry): boolean =>
      this.#ready.includes(entry) && !isOver(entry, this.#now())
    const had = this.#claimable.filter((entry) => this.#taken.has(entry) || isThere(entry))
    this.#claimable = []
    expect(bodies.map(numberOf).sort()).toEqual(had.map(({ number }) => number).sort())
    for (const entry of had) this.#held.set(entry.number, entry)
    const passed = this.#ready.filter((entry) =>
      had.some(({ priority, number }) => entry.priority === priority && entry.number <= number),
    )
    this.#ready = this.#ready.filter((entry) => !had.includes(entry))
    for (const entry of new Set([...had, ...passed])) {
      entry.deliveredBefore = true
      entry.delivered = true
      this.#note('deliver', entry)
    }
  }

  /** Before anybody has heard that they were had, others behind them may be first. */
  #passClaimed(number: number): void {
    for (let first = this.#ready[0]; first !== undefined; first = this.#ready[0]) {
      if (first.number === number || !this.#claimable.includes(first)) return
      this.#ready.shift()
      this.#taken.add(first)
    }
  }

  /** What is ready, in order, as somebody sees it who looks. */
  get shown(): string[] {
    const counts = this.#sketch.deliveryLimit !== undefined
    return this.#ready.map(({ number, delivered, returnCount }) => {
      const times = counts && returnCount > 0 ? ` back ${returnCount} times` : ''
      return `m${number}${delivered ? ' again' : ''}${times}`
    })
  }

  takenOut(body: string): void {
    const entry = this.#ready.find(({ number }) => number === numberOf(body))
    expect(entry).toBeDefined()
    this.#ready = this.#ready.filter((other) => other !== entry)
    this.#note('settle', entry as Entry)
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
    expect([...this.#doomed]).toEqual([])
  }

  /**
   * Whether the next process may find this when all up to a ticket is stored. What was settled since
   * may be there, or be gone already.
   */
  mayBecome(found: readonly Found[], storedTicket: Ticket): boolean {
    const left = this.#entries(NEVER)
    const expected = new Map<string, Entry>()
    for (const [entry, delivered] of this.#entries(storedTicket)) {
      expected.set(sketchOf(entry, delivered), entry)
    }
    const sketches = new Set(DeepQueueModel.sketches(found))
    const isMissing = ([sketch, entry]: [string, Entry]) =>
      !sketches.has(sketch) && [...left.keys()].some(({ number }) => number === entry.number)
    return (
      [...sketches].every((sketch) => expected.has(sketch)) &&
      ![...expected].some(isMissing) &&
      found.every((one, at) => at === 0 || isBehind(found[at - 1] as Found, one))
    )
  }

  /** In any order. */
  contents(storedTicket: Ticket): string[] {
    return [...this.#entries(storedTicket)].map(([entry, delivered]) => sketchOf(entry, delivered))
  }

  static sketches(found: readonly Found[]): string[] {
    return found.map(({ body, ...rest }) => {
      return sketchOf(entryOf(body, rest), rest.delivered)
    })
  }

  /** And whether each was delivered. */
  #entries(storedTicket: Ticket): Map<Entry, boolean> {
    const found = new Map(this.#before.map((entry) => [entry.number, entry]))
    const delivered = new Map(this.#before.map((entry) => [entry.number, entry.delivered]))
    for (const { ticket, what, entry } of this.#notes) {
      if (ticket > storedTicket) break
      if (what === 'settle') found.delete(entry.number)
      else found.set(entry.number, entry)
      delivered.set(entry.number, what === 'deliver')
    }
    return new Map([...found].map(([number, entry]) => [entry, delivered.get(number) === true]))
  }

  #isTooMuch(): boolean {
    const { maxLength = NEVER, maxLengthBytes = NEVER } = this.#sketch
    const bytes = this.#ready.reduce((sum, entry) => sum + entry.bytes, 0)
    return this.#ready.length > maxLength || bytes > maxLengthBytes
  }

  #sort(): void {
    this.#ready.sort((a, b) => b.priority - a.priority || a.number - b.number)
  }

  #note(what: Note['what'], entry: Entry): void {
    if (entry.persistent) this.#pending.push({ what, entry })
  }
}

const isOver = (entry: Entry | undefined, now: number): boolean =>
  entry !== undefined && entry.expiresAt !== 0 && entry.expiresAt <= now

/** Priorities are read one after the other, and each in its order. */
const isBehind = (a: Found, b: Found): boolean =>
  b.priority > a.priority || (b.priority === a.priority && numberOf(b.body) > numberOf(a.body))
