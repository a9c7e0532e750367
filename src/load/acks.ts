import { BASIC_ACK, encodeMethodFrame } from 'amqp-codec'

const FRAME = encodeMethodFrame(1, { id: BASIC_ACK, deliveryTag: 0, multiple: false })
const TAG_AT = 11
const MULTIPLE_AT = 19

/** Collects the `basic.ack` frames of one read, so that they leave in one write. */
export class Acks {
  #bytes: Buffer = Buffer.allocUnsafeSlow(64 * FRAME.length)
  #used = 0

  add(deliveryTag: number, multiple: boolean): void {
    if (this.#used === this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, this.#bytes])
    }
    const at = this.#used
    this.#bytes.set(FRAME, at)
    this.#bytes.writeUInt32BE(Math.floor(deliveryTag / 0x100000000), at + TAG_AT)
    this.#bytes.writeUInt32BE(deliveryTag >>> 0, at + TAG_AT + 4)
    if (multiple) this.#bytes[at + MULTIPLE_AT] = 1
    this.#used += FRAME.length
  }

  /** The frames so far, in memory of their own: a socket may hold on to it. */
  take(): Buffer | undefined {
    if (this.#used === 0) return undefined
    const frames = Buffer.from(this.#bytes.subarray(0, this.#used))
    this.#used = 0
    return frames
  }
}
