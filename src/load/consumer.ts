// Takes deliveries: parses them where the socket put them, checks each against
// the ledger, acknowledges. Nothing is allocated for a message.

import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_QOS,
  BASIC_QOS_OK,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_METHOD,
} from 'amqp-codec'
import { Acks } from './acks.ts'
import { nowUs } from './clock.ts'
import { type Ledger, STAMP_BYTES, type Subscription } from './ledger.ts'
import { filler } from './reel.ts'
import type { Session } from './session.ts'
import type { Tally } from './tally.ts'
import { readUint32, readUint64 } from './wire.ts'

/** Every so many messages one body is compared from its first to its last byte. */
const COMPARE_EVERY = 64

export interface ConsumerOptions {
  ledger: Ledger
  tally: Tally
  bodySizeBytes: number
  /** 0: automatic acks. */
  prefetch: number
  ackEvery: number
  recordLatency: boolean
  onProgress: () => void
}

export class Consumer {
  readonly #session: Session
  readonly #options: ConsumerOptions
  readonly #tally: Tally
  readonly #filler: Buffer
  readonly #stamps: DataView
  readonly #subscriptions: Subscription[] = []
  // The message that is coming in.
  #to: Subscription | undefined
  #redelivered = false
  #bodyLeft = 0
  #runId = 0
  #producer = 0
  #sequence = 0
  #dueUs = 0
  // Acknowledgements.
  #deliveryTag = 0
  #unacked = 0
  readonly #acks: Acks = new Acks()

  constructor(session: Session, options: ConsumerOptions) {
    this.#session = session
    this.#options = options
    this.#tally = options.tally
    this.#filler = filler(options.bodySizeBytes)
    // The memory of a link is one for its whole life, so one view of it will do.
    this.#stamps = session.link.view
    session.link.receiver = (bytes, start, end) => this.#receive(bytes, start, end)
  }

  async setPrefetch(): Promise<void> {
    const { prefetch } = this.#options
    if (prefetch === 0) return
    await this.#session.call(
      { id: BASIC_QOS, prefetchSize: 0, prefetchCount: prefetch, global: false },
      BASIC_QOS_OK,
    )
  }

  /** The consumer tag is the number of the subscription, so that a delivery leads to it at once. */
  async consume(queue: string, subscription: Subscription): Promise<void> {
    const consumerTag = String(this.#subscriptions.push(subscription) - 1)
    await this.#session.call(
      {
        id: BASIC_CONSUME,
        ticket: 0,
        queue,
        consumerTag,
        noLocal: false,
        noAck: this.#options.prefetch === 0,
        exclusive: false,
        nowait: false,
        arguments: new Map(),
      },
      BASIC_CONSUME_OK,
    )
  }

  /** Acknowledges what is left over. */
  settle(): void {
    if (this.#options.prefetch > 0 && this.#unacked > 0) this.#acknowledge()
    this.#flushAcks()
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #receive(bytes: Buffer, start: number, end: number): number {
    const now = this.#options.recordLatency ? nowUs() : 0
    let at = start
    while (end - at >= 8) {
      const size = readUint32(bytes, at + 3)
      const frameEnd = at + 8 + size
      if (frameEnd > end) break
      if (bytes[frameEnd - 1] !== FRAME_END) throw new Error('a frame without its end octet')
      switch (bytes[at]) {
        case FRAME_METHOD:
          if (readUint32(bytes, at + 7) === BASIC_DELIVER) this.#onDeliver(bytes, at + 11)
          else this.#session.onMethod(bytes, at + 7, frameEnd - 1)
          break
        case FRAME_HEADER:
          this.#onHeader(readUint64(bytes, at + 11))
          break
        case FRAME_BODY:
          this.#onBody(bytes, at + 7, size)
          if (this.#bodyLeft === 0) this.#onMessage(now)
          break
        default:
          // A heartbeat, or nothing this side could ask for; neither is a message.
          break
      }
      at = frameEnd
    }
    this.#flushAcks()
    this.#options.onProgress()
    return at
  }

  #onDeliver(bytes: Buffer, start: number): void {
    const tagEnd = start + 1 + (bytes[start] as number)
    let index = 0
    for (let at = start + 1; at < tagEnd; at++) index = index * 10 + (bytes[at] as number) - 48
    this.#to = this.#subscriptions[index]
    if (!this.#to) throw new Error('a delivery for an unknown consumer')
    this.#deliveryTag = readUint64(bytes, tagEnd)
    this.#redelivered = bytes[tagEnd + 8] === 1
  }

  #onHeader(bodySize: number): void {
    if (bodySize !== this.#options.bodySizeBytes) throw new Error(`a body of ${bodySize} bytes`)
    this.#bodyLeft = bodySize
  }

  #onBody(bytes: Buffer, start: number, size: number): void {
    const bodySize = this.#options.bodySizeBytes
    const offset = bodySize - this.#bodyLeft
    if (size > this.#bodyLeft) throw new Error('more body than the header said')
    if (offset === 0) {
      if (size < STAMP_BYTES) throw new Error('a body split within its first bytes')
      this.#runId = this.#stamps.getUint16(start)
      this.#producer = this.#stamps.getUint16(start + 2)
      this.#sequence = this.#stamps.getUint32(start + 4)
      this.#dueUs = this.#stamps.getFloat64(start + 8)
    }
    if (this.#sequence % COMPARE_EVERY === 0) {
      const skip = offset === 0 ? STAMP_BYTES : 0
      const order = bytes.compare(
        this.#filler,
        offset + skip,
        offset + size,
        start + skip,
        start + size,
      )
      if (order !== 0) this.#options.ledger.fault('garbled')
    }
    this.#bodyLeft -= size
  }

  #onMessage(now: number): void {
    const { ledger, prefetch, ackEvery, recordLatency } = this.#options
    ledger.arrived(
      this.#to as Subscription,
      this.#runId,
      this.#producer,
      this.#sequence,
      this.#redelivered,
    )
    this.#tally.consumed++
    if (recordLatency) this.#tally.latency.add(now - this.#dueUs)
    if (prefetch > 0 && ++this.#unacked === ackEvery) this.#acknowledge()
  }

  #acknowledge(): void {
    this.#acks.add(this.#deliveryTag, this.#unacked > 1)
    this.#unacked = 0
  }

  #flushAcks(): void {
    const frames = this.#acks.take()
    if (frames) this.#session.link.socket.write(frames)
  }
}
