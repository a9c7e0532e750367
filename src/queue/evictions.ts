import { readExpiration } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import type { Message } from '../message/message.ts'
import type { Lanes } from './lanes.ts'
import type { DeadLetterReason, Place } from './queue.ts'
import type { QueueSettings } from './settings.ts'
import { Timer } from './timer.ts'

export interface EvictionParts {
  readonly lanes: Lanes
  readonly clock: Clock
  /** The message is nobody's any more, and has left the queue. */
  drop(place: Place, reason: DeadLetterReason): void
  /** Whether so much was dropped that is not safe elsewhere that no more should be. */
  mustWait(): boolean
  /** What stood before the next message is gone. */
  goOn(): void
}

/** Expiry is a matter of wall time, which may jump: so the timer is not trusted for longer. */
const LONGEST_WAIT_MS = 60_000
/** At most so many messages, and so many bytes of bodies, are dropped in one go, and then it is others' turn. */
const DROPPED_AT_ONCE = 1000
const DROPPED_BYTES_AT_ONCE = 1024 * 1024
/** When it is asked again whether more may be dropped. */
const RETRY_MS = 50

/**
 * Which messages leave a queue unasked: those at its head that have expired, and those that are more
 * than it may have. One timer, for the message at the head: those behind it wait until they are there.
 * https://www.rabbitmq.com/docs/ttl https://www.rabbitmq.com/docs/maxlength
 */
export class Evictions {
  readonly #parts: EvictionParts
  readonly #timer: Timer
  #settings: QueueSettings
  /** Whether a limit is set, so that each message that comes must be counted. */
  #isLimited = false
  /** Whether it is the first message that has to go, rather than the new one that may not come. */
  #dropsHead = false
  #isPending = false

  constructor(parts: EvictionParts, settings: QueueSettings) {
    this.#parts = parts
    this.#timer = new Timer(parts.clock, () => this.#goOn())
    this.#settings = settings
    this.settings = settings
  }

  set settings(settings: QueueSettings) {
    this.#settings = settings
    const { maxLength, maxLengthBytes } = settings
    this.#isLimited = Math.min(maxLength, maxLengthBytes) < Number.POSITIVE_INFINITY
    this.#dropsHead = settings.overflow === 'drop-head'
  }

  /** Whether more is to be dropped than is in one go: nothing that is ready may be had before. */
  get isPending(): boolean {
    return this.#isPending
  }

  /** Nothing leaves the queue unasked until this is undone by `release`. */
  hold(): void {
    this.#isPending = true
  }

  release(): void {
    if (this.#isPending) this.#goOn()
  }

  /** Whether there may be more messages than there should. */
  get isLimited(): boolean {
    return this.#isLimited
  }

  /** When a message expires that comes now, in milliseconds since 1970; 0 is never. */
  expiryOf(message: Message): number {
    let ttlMs = this.#settings.messageTtlMs
    if (message.mayExpire) ttlMs = Math.min(ttlMs, expirationOf(message))
    if (ttlMs === Number.POSITIVE_INFINITY) return 0
    return Math.max(1, Math.floor(this.#parts.clock.wallTime()) + ttlMs)
  }

  /** Whether the message is one too many for a queue that rather refuses what comes. */
  refuses(message: Message): boolean {
    if (!this.#isLimited || this.#dropsHead) return false
    return this.#isOver(1, message.bodySize)
  }

  /** A message has come, or come back. */
  dropDue(): void {
    if (this.#isLimited && this.#dropsHead) this.#dropExcess()
    this.dropExpired()
  }

  /** False when there are more of them: then `goOn` will be called. */
  dropExpired(): boolean {
    if (this.#isPending) return false
    const { lanes, clock } = this.#parts
    if (lanes.first?.ready.isTimed !== true) return true
    return this.#drop('expired', () => {
      const expiresAt = lanes.first?.ready.firstExpiresAt ?? 0
      if (expiresAt === 0) return false
      const leftMs = expiresAt - clock.wallTime()
      if (leftMs > 0) this.#timer.within(Math.min(leftMs, LONGEST_WAIT_MS))
      return leftMs <= 0
    })
  }

  /** The queue has gone, and nobody waits for what it had. */
  stop(): void {
    this.#timer.clear()
    this.#isPending = false
  }

  #dropExcess(): void {
    if (!this.#isPending) this.#drop('maxlen', () => this.#isOver(0, 0))
  }

  #isOver(count: number, bytes: number): boolean {
    const { lanes } = this.#parts
    const { maxLength, maxLengthBytes } = this.#settings
    if (lanes.length + count > maxLength) return true
    return maxLengthBytes < Number.POSITIVE_INFINITY && lanes.bodyBytes + bytes > maxLengthBytes
  }

  /** Whether all is dropped that could be; what must be read back first will be seen to then. */
  #drop(reason: DeadLetterReason, isDue: () => boolean): boolean {
    const { lanes } = this.#parts
    let count = 0
    let bytes = 0
    const mustWait = this.#parts.mustWait()
    while (isDue()) {
      if (mustWait || count++ === DROPPED_AT_ONCE || bytes > DROPPED_BYTES_AT_ONCE) {
        this.#isPending = true
        this.#timer.within(mustWait ? RETRY_MS : 0)
        return false
      }
      const lane = lanes.first
      const message = lane?.ready.shift()
      if (lane === undefined || message === undefined) return true
      bytes += message.bodySize
      this.#parts.drop({ message, sequence: lane.ready.sequence }, reason)
    }
    return true
  }

  #goOn(): void {
    this.#isPending = false
    this.dropDue()
    if (!this.#isPending) this.#parts.goOn()
  }
}

/** Publishers were checked to give whole numbers. */
function expirationOf({ buffer, headerStart, headerEnd }: Message): number {
  const expiration = readExpiration(buffer, headerStart, headerEnd)
  return expiration === undefined ? Number.POSITIVE_INFINITY : Number(expiration)
}
