// Publishes from a reel, one write at a time: while the kernel still has the
// last one, its bytes may not be stamped again.

import {
  BASIC_ACK,
  BASIC_NACK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  FRAME_END,
  FRAME_METHOD,
} from 'amqp-codec'
import { nowUs } from './clock.ts'
import type { Confirms } from './confirms.ts'
import { BATCH_BYTES, type Reel } from './reel.ts'
import type { Session } from './session.ts'
import type { Tally } from './tally.ts'
import { readUint32, readUint64 } from './wire.ts'

/** When messages are due: the n-th at `firstUs + n * stepUs`. */
export interface Pace {
  firstUs: number
  stepUs: number
}

export interface ProducerOptions {
  id: number
  runId: number
  queues: number
  /** How many deliveries one publish leads to. */
  copies: number
  confirms: Confirms | undefined
  tally: Tally
  /** Something came in or went out, so that more may be published. */
  onProgress: () => void
}

export class Producer {
  readonly id: number
  readonly confirms: Confirms | undefined
  readonly copies: number
  /** Messages published to each queue (with fanout all in the first). */
  readonly sentTo: Float64Array
  sent = 0
  pace: Pace | undefined
  readonly #session: Session
  readonly #reel: Reel
  readonly #stamps: DataView
  readonly #tally: Tally
  readonly #onProgress: () => void
  #key: number
  #writing = false

  constructor(session: Session, reel: Reel, options: ProducerOptions) {
    this.id = options.id
    this.confirms = options.confirms
    this.sentTo = new Float64Array(options.queues)
    this.#session = session
    this.#reel = { ...reel, bytes: Buffer.from(reel.bytes) }
    this.#stamps = new DataView(this.#reel.bytes.buffer, this.#reel.bytes.byteOffset)
    this.copies = options.copies
    this.#tally = options.tally
    this.#onProgress = options.onProgress
    // Producers spread over the keys, as they would without knowing of each other.
    this.#key = (options.id * 7919) % reel.cycle
    for (const body of reel.bodies) {
      this.#stamps.setUint16(body, options.runId)
      this.#stamps.setUint16(body + 2, options.id)
    }
    session.link.receiver = (bytes, start, end) => this.#receive(bytes, start, end)
  }

  /** The kernel has all that was published. */
  get idle(): boolean {
    return !this.#writing
  }

  get blockedFor(): string | undefined {
    return this.#session.blockedFor
  }

  /** The next message is due then; with no pace it always is. */
  get nextDueUs(): number {
    return this.pace ? this.pace.firstUs + this.sent * this.pace.stepUs : 0
  }

  /** Publishes one batch of at most `allowed` messages, those that are due. */
  publish(allowed: number): void {
    if (this.#writing || allowed <= 0) return
    const { starts, bodies, queues, cycle, bytes } = this.#reel
    const from = starts[this.#key] as number
    const full = from + BATCH_BYTES
    const now = nowUs()
    let key = this.#key
    let made = 0
    let stamp = now
    while (made < allowed && (starts[key] as number) < full) {
      if (this.pace) {
        stamp = this.nextDueUs
        if (stamp > now) break
        if (now - stamp > this.#tally.lateMaxUs) this.#tally.lateMaxUs = now - stamp
      }
      const body = bodies[key] as number
      const queue = queues[key] as number
      const sequence = this.sentTo[queue] as number
      this.#stamps.setUint32(body + 4, sequence)
      this.#stamps.setFloat64(body + 8, stamp)
      this.sentTo[queue] = sequence + 1
      this.sent++
      this.confirms?.published(stamp)
      made++
      key++
    }
    if (made === 0) return
    this.#tally.published += made
    this.#tally.expected += made * this.copies
    this.#key = key % cycle
    this.#writing = true
    this.#session.link.socket.write(bytes.subarray(from, starts[key]), this.#onWritten)
  }

  /** Asks for confirms, where they are wanted. */
  async prepare(): Promise<void> {
    if (!this.confirms) return
    await this.#session.call({ id: CONFIRM_SELECT, nowait: false }, CONFIRM_SELECT_OK)
  }

  /** A synchronous method after the last publish: answered, the broker has taken in all of them. */
  async settle(): Promise<void> {
    await this.#session.call(
      { id: CHANNEL_CLOSE, replyCode: 200, replyText: 'done', classId: 0, methodId: 0 },
      CHANNEL_CLOSE_OK,
    )
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  readonly #onWritten = (): void => {
    this.#writing = false
    this.#onProgress()
  }

  #receive(bytes: Buffer, start: number, end: number): number {
    const now = nowUs()
    let at = start
    while (end - at >= 8) {
      const frameEnd = at + 8 + readUint32(bytes, at + 3)
      if (frameEnd > end) break
      if (bytes[frameEnd - 1] !== FRAME_END) throw new Error('a frame without its end octet')
      if (bytes[at] === FRAME_METHOD) {
        const method = readUint32(bytes, at + 7)
        if (this.confirms && (method === BASIC_ACK || method === BASIC_NACK)) {
          const multiple = ((bytes[at + 19] as number) & 1) === 1
          this.confirms.confirmed(readUint64(bytes, at + 11), multiple, method === BASIC_NACK, now)
        } else {
          this.#session.onMethod(bytes, at + 7, frameEnd - 1)
        }
      }
      at = frameEnd
    }
    this.#onProgress()
    return at
  }
}
