import { after } from '../base/clock.ts'
import { ACCEPTED, type PublishOutcome, type QueueDestination } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { Timer } from '../queue/timer.ts'
import { delayOf, withDelayOver } from './delay-header.ts'
import { type DelayedMessage, DelayedMessages } from './delayed-messages.ts'

/** So much is brought on its way in one turn. */
const TURN_COUNT = 1000
const TURN_BYTES = 1024 * 1024
/** So much may be on its way before it is known to be stored: all of it may become one record. */
const UNSTORED_COUNT = 4000
const UNSTORED_BYTES = 2 * 1024 * 1024
/** The wall clock may be set: it is looked at from time to time. */
const LONGEST_WAIT_MS = 60_000
/** How long what could not be read is left alone. */
const RETRY_MS = 1000

export interface DelayQueueParts {
  readonly exchange: string
  readonly storage: QueueStorage
  /** Null when nothing of it outlives the process. */
  readonly log: QueueLog | null
  /** Resolves when all that was noted in logs is stored. */
  readonly stored: () => Promise<void>
  /** Brings a message on its way whose delay is over. */
  readonly release: (message: Message) => void
}

/**
 * Where a delayed message exchange keeps messages, as if they were routed to a queue: so what is true of
 * a queue, as that a message is confirmed when it is stored, is true of a delay.
 *
 *     publish ─▶ delayed ─ due ─▶ released: where its exchange routes it
 *                (log: enqueue)   (log: settle, and enqueue in queues, as one)
 */
export class DelayQueue implements QueueDestination {
  readonly kind = 'queue'
  /** No queue has this one, so it is never mistaken for one where queues are told by their names. */
  readonly name = ''
  readonly #parts: DelayQueueParts
  readonly #messages: DelayedMessages
  readonly #timer: Timer
  #nextSequence: number
  /**
   *     recovering ─▶ running ◀─▶ waiting: for the log
   *          └────────────┴─▶ deleted ◀─┘
   */
  #state: 'recovering' | 'running' | 'waiting' | 'deleted' = 'running'
  /** What was brought on its way since all of it was known to be stored. */
  #unstoredCount = 0
  #unstoredBytes = 0

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

  publish(message: Message): PublishOutcome {
    if (this.#state === 'deleted') return ACCEPTED
    const { storage, log } = this.#parts
    const nowMs = Math.floor(storage.clock.wallTime())
    const dueMs = nowMs + delayOf(message.headers)
    const sequence = this.#nextSequence++
    const isLogged = log !== null && message.persistent
    const outcome = isLogged ? log.enqueue(message, sequence, dueMs) : ACCEPTED
    this.#messages.push(message, sequence, dueMs, nowMs)
    this.#wait(nowMs)
    return outcome
  }

  /** The exchange is no more, nor what it delays. */
  delete(): void {
    this.#state = 'deleted'
    this.#timer.clear()
    this.#messages.clear()
    this.#parts.log?.drop()
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
    for (let count = 0; count < TURN_COUNT && bytes < TURN_BYTES; count++) {
      const next = this.#messages.shift(nowMs)
      if (next === undefined) break
      if (this.#isUnknown(next)) {
        this.#waitForRecord(next)
        return
      }
      this.#release(next)
      bytes += next.message.bodySize
    }
    if (this.#unstoredCount < UNSTORED_COUNT && this.#unstoredBytes < UNSTORED_BYTES) {
      this.#wait(nowMs)
    } else this.#waitUntilStored()
  }

  /** To be called in one turn for a message and those that are stored with it. */
  #release({ message, sequence }: DelayedMessage): void {
    const { log, release } = this.#parts
    if (log === null || !message.persistent) {
      release(withDelayOver(message))
      return
    }
    log.makeAtomic()
    release(withDelayOver(message))
    log.settle(message, sequence)
    this.#unstoredCount++
    this.#unstoredBytes += message.bodySize
  }

  /**
   * Whether the log does not know it by its sequence yet, nor as this object: it was written to a page
   * while it waited for its record, and is still waiting.
   */
  #isUnknown({ message, sequence }: DelayedMessage): boolean {
    const { log } = this.#parts
    if (log === null || message.logEntry !== null || !message.persistent) return false
    return sequence >= log.nextSequence
  }

  #waitForRecord(delayed: DelayedMessage): void {
    this.#state = 'waiting'
    this.#parts.log?.read(delayed.sequence, delayed.sequence).then(
      ({ messages }) => {
        if (this.#state !== 'waiting') return
        this.#release({ ...delayed, message: messages[0]?.message ?? delayed.message })
        this.#goOn()
      },
      (error: unknown) => this.#retry(error, () => this.#waitForRecord(delayed)),
    )
  }

  #waitUntilStored(): void {
    this.#state = 'waiting'
    void this.#parts.stored().then(() => {
      this.#unstoredCount = 0
      this.#unstoredBytes = 0
      if (this.#state === 'waiting') this.#goOn()
    })
  }

  #goOn(): void {
    this.#state = 'running'
    this.#run()
  }

  #retry(error: unknown, again: () => void): void {
    const { exchange, storage } = this.#parts
    storage.logger.error({ err: error, exchange }, 'Delayed messages could not be read')
    after(storage.clock, RETRY_MS, () => {
      if (this.#state !== 'deleted') again()
    })
  }

  #wait(nowMs: number): void {
    const { nextMs } = this.#messages
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#timer.within(Math.min(Math.max(1, nextMs - nowMs), LONGEST_WAIT_MS))
  }
}
