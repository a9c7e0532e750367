import type { Clock } from '../../base/clock.ts'
import { Fifo } from '../../base/fifo.ts'
import type { BatchTraffic } from './batch-traffic.ts'
import {
  HEADER_BYTES,
  type LinkId,
  markOpenBefore,
  readAnswer,
  WINDOW_DATAGRAMS,
  writeHeader,
} from './datagram.ts'
import { UnsentBatches } from './unsent-batches.ts'

export interface LinkSenderOptions {
  readonly traffic: BatchTraffic
  readonly address: string
  /** 8 random bytes, as base64url: see `newLinkId`. */
  readonly linkId: LinkId
  readonly clock: Clock
  /** There is room again, after there was none. */
  readonly onDrained: () => void
  /** The link is dead, and what is pending is dropped. Called once, never out of `send`. */
  readonly onRefused: (reason: LinkRefusal) => void
}

/**
 * `unknown link`: the other end has closed it, or has been started again. `nobody`: there is no other end
 * any more, for some time; while there has never been one, it is looked for again and again.
 */
export type LinkRefusal = 'unknown link' | 'nobody'

interface Datagram {
  readonly number: number
  /** Nothing, once it was received: whoever sends it may still wait for its answer. */
  bytes: Buffer
  state: 'under way' | 'unanswered' | 'received'
}

const NOTHING = Buffer.alloc(0)
const WINDOW_BYTES = 4 << 20
/** Larger ones would hold back all else that goes between two servers. */
const LARGEST_DATAGRAM_BYTES = 1 << 20

/** Nothing is lost while connections last, so it would rather be a busy machine that takes longer. */
const ANSWER_TIMEOUT_MS = 500
/** When there is no answer, or nobody to give one, it is sent again after this at the most. */
const RESEND_INTERVAL_MS = 25
/** A node that has lost its server listens again within some 50 ms, on another one. */
const NOBODY_FOR_MS = 200

/**
 * One end of a link: batches arrive at the other end once and in their order, as long as both ends
 * live. Each is one datagram, or several when it is large, which is numbered, and sent until its
 * receipt is answered.
 *
 * The first one goes alone, until it has arrived: it opens the link, and the other end would not know
 * what to make of those after it.
 *
 *     opening ─ the first has arrived ─▶ open ─ closed, or refused ─▶ closed
 *        └──────────── closed, or refused by one who knows it as closed ─┘
 */
export class LinkSender {
  readonly #options: LinkSenderOptions
  readonly #unsent = new UnsentBatches()
  /** In the order of their numbers, from the first whose receipt is not known. */
  readonly #window = new Fifo<Datagram>()
  #lastNumber = 0
  #sentBytes = 0
  #unsentBytes = 0
  #windowBytes = 0
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #isDrainedAwaited = false
  #nobodySinceMs: number | undefined
  #stopResending: (() => void) | undefined

  constructor(options: LinkSenderOptions) {
    this.#options = options
  }

  /** What is sent now goes on its way at once. */
  get hasRoom(): boolean {
    return this.#unsent.isEmpty && this.#isWindowOpen
  }

  /** What the other end has not said it has. */
  get pendingBytes(): number {
    return this.#unsentBytes + this.#windowBytes
  }

  /** All that was given to `send`, but for what was dropped when it was closed. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** The other end has at least so much of it, from the beginning on. */
  get receivedBytes(): number {
    return this.#sentBytes - this.pendingBytes
  }

  /** Takes any amount, also while there is no room. The list and its buffers must not change any more. */
  send(batch: Buffer | readonly Buffer[]): void {
    if (this.#state === 'closed') return
    const parts = Buffer.isBuffer(batch) ? [batch] : batch
    let bytes = 0
    for (const part of parts) bytes += part.length
    this.#unsent.push(parts, bytes)
    this.#unsentBytes += bytes
    this.#sentBytes += bytes
    this.#sendUnsent()
  }

  /** Sends nothing any more, and calls nobody back. */
  close(): void {
    this.#state = 'closed'
    this.#unsent.clear()
    this.#window.clear()
    this.#sentBytes = this.receivedBytes
    this.#unsentBytes = 0
    this.#windowBytes = 0
    this.#stopResending?.()
    this.#stopResending = undefined
  }

  get #isWindowOpen(): boolean {
    const { length } = this.#window
    if (length === 0) return this.#state !== 'closed'
    return this.#state === 'open' && length < WINDOW_DATAGRAMS && this.#windowBytes < WINDOW_BYTES
  }

  #sendUnsent(): void {
    while (!this.#unsent.isEmpty && this.#isWindowOpen) this.#send(this.#nextDatagram())
    if (!this.hasRoom) this.#isDrainedAwaited = true
  }

  #nextDatagram(): Datagram {
    const { traffic, linkId: link } = this.#options
    const largest = Math.min(traffic.maxPayloadBytes, LARGEST_DATAGRAM_BYTES)
    const bytes = Buffer.allocUnsafe(Math.min(HEADER_BYTES + this.#unsent.nextBytes, largest))
    const hasMore = this.#unsent.take(bytes, HEADER_BYTES)
    const number = ++this.#lastNumber
    writeHeader(bytes, { link, number, hasMore })
    this.#unsentBytes -= bytes.length - HEADER_BYTES
    this.#windowBytes += bytes.length
    const datagram: Datagram = { number, bytes, state: 'under way' }
    this.#window.push(datagram)
    return datagram
  }

  #send(datagram: Datagram): void {
    const { traffic, address } = this.#options
    const { number, bytes } = datagram
    datagram.state = 'under way'
    const oldest = this.#window.peek() as Datagram
    markOpenBefore(bytes, number - oldest.number)
    traffic.send(address, bytes, ANSWER_TIMEOUT_MS, (answer) => this.#onAnswer(datagram, answer))
  }

  #onAnswer(datagram: Datagram, answer: Uint8Array | 'nobody' | undefined): void {
    if (this.#state === 'closed') return
    // Another answer has spoken for it.
    if (answer === undefined && datagram.state === 'received') return
    if (answer !== 'nobody') this.#nobodySinceMs = undefined
    else if (this.#isGone()) return this.#refused('nobody')
    const said = answer === undefined || answer === 'nobody' ? undefined : readAnswer(answer)
    if (said === 'unknown link') return this.#refused('unknown link')
    // It may have been received already, as an answer to a later one has said.
    if (datagram.state !== 'under way') return
    if (said === undefined || said > this.#lastNumber) return this.#resendLater(datagram)
    datagram.state = 'received'
    this.#state = 'open'
    this.#removeReceived(said)
    this.#sendUnsent()
    if (!this.#isDrainedAwaited || !this.hasRoom) return
    this.#isDrainedAwaited = false
    this.#options.onDrained()
  }

  /** Asked when nobody listens. */
  #isGone(): boolean {
    if (this.#state === 'opening') return false
    const nowMs = this.#options.clock.now()
    this.#nobodySinceMs ??= nowMs
    return nowMs - this.#nobodySinceMs >= NOBODY_FOR_MS
  }

  #removeReceived(upTo: number): void {
    for (;;) {
      const oldest = this.#window.peek()
      if (oldest === undefined) return
      if (oldest.number > upTo && oldest.state !== 'received') return
      oldest.state = 'received'
      this.#windowBytes -= oldest.bytes.length
      oldest.bytes = NOTHING
      this.#window.shift()
    }
  }

  #resendLater(datagram: Datagram): void {
    datagram.state = 'unanswered'
    this.#stopResending ??= this.#options.clock.every(RESEND_INTERVAL_MS, () => this.#resend())
  }

  #resend(): void {
    let isUseful = false
    for (const datagram of this.#window) {
      if (datagram.state !== 'unanswered') continue
      isUseful = true
      this.#send(datagram)
    }
    if (isUseful) return
    this.#stopResending?.()
    this.#stopResending = undefined
  }

  #refused(reason: LinkRefusal): void {
    this.close()
    this.#options.onRefused(reason)
  }
}
