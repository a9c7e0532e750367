import { after } from '../base/clock.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { BrowseLimits } from '../queue/browsing.ts'
import type { DelayedMessage, Delays } from '../queue/delays.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { Timer } from '../queue/timer.ts'
import { delayOf } from './delay-header.ts'
import { findDelayed, readDelayed } from './delayed-browsing.ts'
import { DelayedMessages } from './delayed-messages.ts'
import { OnTheWay } from './on-the-way.ts'

/** So much is brought on its way in one turn. */
const TURN_COUNT = 1000
const TURN_BYTES = 1024 * 1024
/** The wall clock may be set: it is looked at from time to time. */
const LONGEST_WAIT_MS = 60_000
/** How long what could not be read is left alone. */
const RETRY_MS = 1000
/** When it is asked again whether there is room where a message goes. */
const ROOM_RETRY_MS = 100

/** Whether there is room for a message where it goes: now, or later, or not as things are. */
export type Room = 'now' | 'later' | 'never'

/**
 * How it is known that messages are safe where they went. `stored`: all is in one log, which stores it together
 * with what is noted in the same turn; it resolves when all of it is stored. `tickets`: by them, since that may
 * be on other nodes.
 */
export type Arrivals = { readonly stored: () => Promise<void> } | { readonly tickets: TicketSource }

export interface DelayQueueParts {
  /** Whose messages it delays, for those who read the log. */
  readonly owner: Readonly<Record<string, string>>
  readonly storage: QueueStorage
  /** Null when nothing of it outlives the process. */
  readonly log: QueueLog | null
  /** The log is told of messages that need not be stored as well. */
  readonly keepsTransient?: boolean
  readonly arrivals: Arrivals
  /** Brings a message on its way whose delay is over, and for which there is room. */
  readonly release: (message: Message) => PublishOutcome
  readonly roomFor: (message: Message) => Room
}

/**
 * Where messages are until it is time for their exchange, or their queue. They are as if they were in a
 * queue: so what is true of one, as that a message is confirmed when it is stored, is true of a delay.
 *
 *     publish ─▶ delayed ─ due ─▶ released: where its exchange routes it
 *                (log: enqueue)   (log: settle, and enqueue in queues, as one)
 */
export class DelayQueue implements Delays {
  readonly kind = 'queue'
  /** No queue has this one, so it is never mistaken for one where queues are told by their names. */
  readonly name = ''
  readonly #parts: DelayQueueParts
  readonly #messages: DelayedMessages
  readonly #timer: Timer
  #nextSequence: number
  /**
   *     recovering ─▶ running ◀─▶ waiting: for the log
   *          │           ▲└─────▶ full: so much is on its way that nothing more is released
   *          └───────────┴─▶ abandoned, or deleted: nothing is released any more
   */
  #state: 'recovering' | 'running' | 'waiting' | 'full' | 'abandoned' | 'deleted' = 'running'
  readonly #onTheWay = new OnTheWay()

  constructor(parts: DelayQueueParts) {
    const { storage, log } = parts
    this.#parts = parts
    this.#messages = new DelayedMessages(storage, () => this.#run())
    this.#timer = new Timer(storage.clock, () => this.#run())
    this.#nextSequence = log?.nextSequence ?? 0
    if (log !== null && log.count > 0) this.#recover(log, 0, log.nextSequence - 1)
  }

  /** How many messages are delayed; while those of an earlier run are being read, fewer. */
  get messageCount(): number {
    return this.#messages.length
  }

  /** For as long as its header says. */
  publish(message: Message): PublishOutcome {
    return this.delay(message, delayOf(message.headers))
  }

  /** There is room for as many as there is on disk. */
  refuses(): boolean {
    return false
  }

  delay(message: Message, delayMs: number): PublishOutcome {
    if (this.#isOver()) return ACCEPTED
    const { storage, log } = this.#parts
    const nowMs = Math.floor(storage.clock.wallTime())
    const dueMs = nowMs + delayMs
    const sequence = this.#nextSequence++
    const isLogged = log !== null && this.#isKept(message)
    const outcome = isLogged ? log.enqueue(message, sequence, dueMs) : ACCEPTED
    this.#messages.push(message, sequence, dueMs, nowMs)
    this.#wait(nowMs)
    return outcome
  }

  read(from: number, limits: BrowseLimits): Promise<readonly DelayedMessage[]> {
    const nowMs = this.#parts.storage.clock.wallTime()
    const first = this.#messages.peek(nowMs)
    const isHeldUp = first !== undefined && this.#parts.roomFor(first.message) !== 'now'
    // What is due is on its way, unless there is no room for it.
    return readDelayed(this.#messages, isHeldUp ? 0 : nowMs, from, limits)
  }

  async find(id: string): Promise<DelayedMessage | undefined> {
    return (await findDelayed(this.#messages, id))?.delayed
  }

  async remove(id: string): Promise<boolean> {
    const delayed = await this.#takeOut(id)
    if (typeof delayed === 'string') return false
    this.#parts.log?.settle(delayed.message, delayed.sequence)
    return true
  }

  async releaseNow(id: string): Promise<'released' | 'missing' | 'refused'> {
    const delayed = await this.#takeOut(id, (message) => this.#parts.roomFor(message) === 'now')
    if (typeof delayed === 'string') return delayed
    this.#release(delayed)
    return 'released'
  }

  /** Wherever it is; while it is being looked for, it may come from one place to another. */
  async #takeOut(
    id: string,
    mayGo: (message: Message) => boolean = () => true,
  ): Promise<DelayedMessage | 'missing' | 'refused'> {
    for (;;) {
      const found = await findDelayed(this.#messages, id)
      if (found === undefined) return 'missing'
      const { delayed } = found
      const original = this.#isUnknown(delayed) ? await this.#originalOf(delayed) : delayed
      if (!mayGo(original.message)) return 'refused'
      if (found.remove()) return original
    }
  }

  async #originalOf(delayed: DelayedMessage): Promise<DelayedMessage> {
    const run = await this.#parts.log?.read(delayed.sequence, delayed.sequence)
    return { ...delayed, message: run?.messages[0]?.message ?? delayed.message }
  }

  delete(): void {
    this.#end('deleted')
    this.#parts.log?.drop()
  }

  /** It is another process's now: releases nothing any more. What is stored stays, until it has arrived. */
  abandon(): void {
    this.#end('abandoned')
  }

  #end(state: 'abandoned' | 'deleted'): void {
    this.#state = state
    this.#timer.clear()
    this.#messages.clear()
  }

  #isOver(): boolean {
    return this.#state === 'abandoned' || this.#state === 'deleted'
  }

  /** Reads what is in the log. Before it is all there, nobody knows what is due first. */
  #recover(log: QueueLog, from: number, to: number): void {
    this.#state = 'recovering'
    log.read(from, to).then(
      ({ messages, next }) => {
        if (this.#state !== 'recovering') return
        const nowMs = this.#parts.storage.clock.wallTime()
        for (const { message, sequence, expiresAt } of messages) {
          this.#messages.push(message, sequence, expiresAt, nowMs)
        }
        if (next <= to) {
          this.#recover(log, next, to)
          return
        }
        this.#goOn()
      },
      (error: unknown) => this.#retry(error, () => this.#recover(log, from, to)),
    )
  }

  /** Releases what is due, or as much of it as is good for a turn. */
  #run(): void {
    if (this.#state !== 'running') return
    const nowMs = this.#parts.storage.clock.wallTime()
    this.#messages.advance(nowMs)
    let bytes = 0
    let isHeldUp = false
    for (let count = 0; count < TURN_COUNT && bytes < TURN_BYTES; count++) {
      const next = this.#messages.peek(nowMs)
      if (next === undefined) break
      const room = this.#parts.roomFor(next.message)
      isHeldUp = room === 'later'
      if (isHeldUp) break
      this.#messages.shift(nowMs)
      if (this.#isUnknown(next)) {
        this.#waitForRecord(next)
        return
      }
      if (room === 'never') this.#putOff(next, LONGEST_WAIT_MS)
      else this.#release(next)
      bytes += next.message.bodySize
    }
    if (this.#onTheWay.isFull) this.#waitUntilStored()
    else if (isHeldUp) this.#timer.within(ROOM_RETRY_MS)
    else this.#wait(nowMs)
  }

  /** Those behind it need not wait for it. What the log says of it stays as it is. */
  #putOff({ message, sequence }: DelayedMessage, delayMs: number): void {
    const nowMs = Math.floor(this.#parts.storage.clock.wallTime())
    this.#messages.push(message, sequence, nowMs + delayMs, nowMs)
  }

  /** To be called in one turn for a message and those that are stored with it. */
  #release({ message, sequence }: DelayedMessage): void {
    const { log, release, arrivals } = this.#parts
    if (log === null || !this.#isKept(message)) {
      release(message)
      return
    }
    log.makeAtomic()
    const outcome = release(message)
    this.#onTheWay.add(message.bodySize)
    if ('stored' in arrivals) log.settle(message, sequence)
    else arrivals.tickets.listen({ stored: () => this.#arrived(message, sequence) }, outcome)
  }

  /** It has come to where it went, and is not here any more, whoever owns that now. */
  #arrived(message: Message, sequence: number): void {
    if (this.#state === 'deleted') return
    this.#parts.log?.settle(message, sequence)
    this.#onTheWay.arrived(message.bodySize)
    if (this.#state !== 'full' || !this.#onTheWay.hasRoom) return
    this.#state = 'running'
    this.#timer.within(1)
  }

  /**
   * Whether the log does not know it by its sequence yet, nor as this object: it was written to a page
   * while it waited for its record, and is still waiting.
   */
  #isUnknown({ message, sequence }: DelayedMessage): boolean {
    const { log } = this.#parts
    if (log === null || message.logEntry !== null || !this.#isKept(message)) return false
    return sequence >= log.nextSequence
  }

  #isKept(message: Message): boolean {
    return this.#parts.keepsTransient === true || message.persistent
  }

  #waitForRecord(delayed: DelayedMessage): void {
    this.#state = 'waiting'
    this.#originalOf(delayed).then(
      (original) => {
        if (this.#state !== 'waiting') return
        // It may be that there is no room any more.
        if (this.#parts.roomFor(original.message) === 'now') this.#release(original)
        else this.#putOff(original, ROOM_RETRY_MS)
        this.#goOn()
      },
      (error: unknown) => this.#retry(error, () => this.#waitForRecord(delayed)),
    )
  }

  #waitUntilStored(): void {
    this.#state = 'full'
    const { arrivals } = this.#parts
    if ('tickets' in arrivals) return
    void arrivals.stored().then(() => {
      this.#onTheWay.allArrived()
      if (this.#state === 'full') this.#goOn()
    })
  }

  #goOn(): void {
    this.#state = 'running'
    this.#run()
  }

  #retry(error: unknown, again: () => void): void {
    const { owner, storage } = this.#parts
    storage.logger.error({ err: error, ...owner }, 'Delayed messages could not be read')
    after(storage.clock, RETRY_MS, () => {
      if (!this.#isOver()) again()
    })
  }

  #wait(nowMs: number): void {
    const { nextMs } = this.#messages
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#timer.within(Math.min(Math.max(1, nextMs - nowMs), LONGEST_WAIT_MS))
  }
}
