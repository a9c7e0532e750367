import { after } from '../base/clock.ts'
import { ACCEPTED, type PublishOutcome, type QueueDestination } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { Timer } from '../queue/timer.ts'
import { delayOf, withDelayOver } from './delay-header.ts'
import { type DelayedMessage, DelayedMessages } from './delayed-messages.ts'

/** So much is brought on its way in one turn, and stored as one. */
const TURN_COUNT = 1000
const TURN_BYTES = 1024 * 1024
/** The wall clock may be set: it is looked at from time to time. */
const LONGEST_WAIT_MS = 60_000
/** How long what could not be read is left alone. */
const RETRY_MS = 1000

export interface DelayQueueParts {
  /** Of the exchange. */
  readonly name: string
  readonly storage: QueueStorage
  /** Null when nothing of it outlives the process. */
  readonly log: QueueLog | null
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
  readonly name: string
  readonly #parts: DelayQueueParts
  readonly #messages: DelayedMessages
  readonly #timer: Timer
  #nextSequence: number
  /**
   *     recovering ─▶ running ◀─▶ waiting: for the log to know the first message that is due
   *          └────────────┴─▶ deleted ◀─┘
   */
  #state: 'recovering' | 'running' | 'waiting' | 'deleted' = 'running'

  constructor(parts: DelayQueueParts) {
    const { name, storage, log } = parts
    this.name = name
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
        this.#state = 'running'
        this.#run()
      },
      (error: unknown) => this.#retry(error, () => this.#recover(log, from, to)),
    )
  }

  /** Releases what is due, or as much of it as is good for a turn. */
  #run(): void {
    if (this.#state !== 'running') return
    const nowMs = this.#parts.storage.clock.wallTime()
    this.#messages.advance(nowMs)
    let isAtomic = false
    let bytes = 0
    for (let count = 0; count < TURN_COUNT && bytes < TURN_BYTES; count++) {
      const next = this.#messages.shift(nowMs)
      if (next === undefined) break
      if (this.#isUnknown(next)) {
        this.#waitForLog(next)
        return
      }
      if (!isAtomic && next.message.persistent) this.#parts.log?.makeAtomic()
      isAtomic ||= next.message.persistent
      this.#release(next)
      bytes += next.message.bodySize
    }
    this.#wait(nowMs)
  }

  #release({ message, sequence }: DelayedMessage): void {
    this.#parts.release(withDelayOver(message))
    if (message.persistent) this.#parts.log?.settle(message, sequence)
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

  #waitForLog(delayed: DelayedMessage): void {
    this.#state = 'waiting'
    const { log } = this.#parts
    log?.read(delayed.sequence, delayed.sequence).then(
      ({ messages }) => {
        if (this.#state !== 'waiting') return
        this.#state = 'running'
        log.makeAtomic()
        this.#release({ ...delayed, message: messages[0]?.message ?? delayed.message })
        this.#run()
      },
      (error: unknown) => this.#retry(error, () => this.#waitForLog(delayed)),
    )
  }

  #retry(error: unknown, again: () => void): void {
    const { name, storage } = this.#parts
    storage.logger.error({ err: error, exchange: name }, 'Delayed messages could not be read')
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
