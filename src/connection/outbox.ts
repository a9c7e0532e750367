import type { Socket } from 'node:net'
import {
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_END,
  FRAME_OVERHEAD,
  HEARTBEAT_FRAME,
  type Method,
} from 'amqp-codec'
import type { Turn, TurnTask } from '../base/turn.ts'
import type { ChannelOutput, FlushListener } from '../channel/channel-output.ts'
import { copyBytes } from '../message/copy-bytes.ts'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'
import { type BodySink, cutBody } from './body-cutter.ts'
import { RunImage, writeDeliveryTag } from './run-image.ts'
import { SLAB_BYTES, type SlabPool } from './slab-pool.ts'

export interface OutboxOptions {
  readonly socket: Socket
  readonly turn: Turn
  readonly slabs: SlabPool
  /**
   * Bytes that may wait to be written before deliveries pause; they go on at half of it. When
   * answers come to some times as much on top of it, the outbox is overfull.
   */
  readonly limitBytes: number
  /** Called when the outbox was full, or overfull, and has room again. */
  readonly onRoom: () => void
  /** Called with what should never be thrown. */
  readonly onFault: (error: unknown) => void
}

/** Contents larger than this are not copied, but written from where they are. */
const COPY_LIMIT_BYTES = 8 * 1024

/**
 * A connection's output: gathered in slabs over a turn of the event loop, and written at its end,
 * or as soon as a slab is full. Knows frames and bytes, not what they mean.
 *
 *     slab [ method │ deliver+content │ … ]   large body   [ … ]
 *           └──────────── pending: in the order in which they leave ────────────┘
 */
export class Outbox implements ChannelOutput, TurnTask, BodySink {
  /** The negotiated frame_max: no frame that is sent is larger. 0 is no limit. */
  frameMax = 0
  /** Set while deliveries must wait. */
  full = false

  readonly #socket: Socket
  readonly #turn: Turn
  readonly #slabs: SlabPool
  readonly #limitBytes: number
  readonly #onRoom: () => void
  readonly #onFault: (error: unknown) => void
  #slab: Buffer | null = null
  /** What is in the slab before `#segmentStart` is in `#pending` already. */
  #segmentStart = 0
  #position = 0
  #pending: Buffer[] = []
  /** Bytes in `#pending`, without the slab's last segment. */
  #pendingBytes = 0
  /** Bytes that the socket has not reported as written. */
  #unwrittenBytes = 0
  #scheduled = false
  #listeners: FlushListener[] = []
  /** The channel of the content that is being written. */
  #contentChannel = 0
  #active = false
  /** Whether the socket has reported anything as written since it was asked last. */
  #progress = false
  /** Bytes of answers that came on top of a full outbox. */
  #answerBytes = 0
  #dead = false

  constructor(options: OutboxOptions) {
    this.#socket = options.socket
    this.#turn = options.turn
    this.#slabs = options.slabs
    this.#limitBytes = options.limitBytes
    this.#onRoom = options.onRoom
    this.#onFault = options.onFault
  }

  /**
   * Whether even answers are too many: the peer asks and asks, and does not read. What was delivered
   * does not count, since a client may have to send before it reads; and a large message may take it
   * long.
   */
  get overfull(): boolean {
    return this.#answerBytes >= this.#limitBytes * OVERFULL_FACTOR
  }

  /** Bytes that are gathered or on their way to the kernel. */
  get backlogBytes(): number {
    return this.#unwrittenBytes + this.#pendingBytes + this.#position - this.#segmentStart
  }

  /** Whether anything was written since the last call: heartbeats are for when nothing is. */
  takeActivity(): boolean {
    const active = this.#active
    this.#active = false
    return active
  }

  /** Whether the peer has taken anything since the last call. */
  takeProgress(): boolean {
    const progress = this.#progress
    this.#progress = false
    return progress
  }

  method(channel: number, method: Method): void {
    this.bytes(encodeMethodFrame(channel, method))
  }

  content(channel: number, methodFrame: Buffer, message: Message): void {
    if (this.#dead) return
    if (this.full) this.#answerBytes += message.bodySize
    this.bytes(methodFrame)
    this.#content(channel, message)
  }

  heartbeat(): void {
    this.bytes(HEARTBEAT_FRAME)
  }

  /** Whole frames that are encoded already. */
  bytes(frames: Buffer): void {
    if (this.#dead) return
    if (this.full) this.#answerBytes += frames.length
    if (frames.length > SLAB_BYTES) {
      this.#reference(frames)
      return
    }
    const at = this.#reserve(frames.length)
    frames.copy(this.#slab as Buffer, at)
  }

  deliver(prefix: Buffer, deliveryTag: number, redelivered: boolean, message: Message): void {
    if (this.#dead) return
    const { address } = message
    const contentBytes = message.end - message.start
    const copied =
      message.isOneFrame &&
      contentBytes <= COPY_LIMIT_BYTES &&
      (this.frameMax === 0 || contentBytes <= this.frameMax)
    const methodBytes = prefix.length + 9 + address.end - address.start + 1
    let at = this.#reserve(copied ? methodBytes + contentBytes : methodBytes)
    const slab = this.#slab as Buffer

    copyBytes(prefix, 0, prefix.length, slab, at)
    const payloadBytes = methodBytes - FRAME_OVERHEAD
    slab[at + 5] = payloadBytes >>> 8
    slab[at + 6] = payloadBytes
    at += prefix.length
    at = writeDeliveryTag(slab, at, deliveryTag)
    slab[at++] = redelivered ? 1 : 0
    copyBytes(address.buffer, address.start, address.end, slab, at)
    at += address.end - address.start
    slab[at++] = FRAME_END
    if (copied) copyContent(message, slab, at, prefix[1] as number, prefix[2] as number)
    else this.#content(((prefix[1] as number) << 8) | (prefix[2] as number), message)
  }

  deliverRun(prefix: Buffer, firstTag: number, run: MessageRun, from: number, to: number): number {
    const image = RunImage.of(run, prefix.length, this.frameMax)
    let index = from
    while (index < to && !this.full) {
      const tag = firstTag + index - from
      if (image === null) {
        this.deliver(prefix, tag, false, run.messages[index++] as Message)
        continue
      }
      const room = SLAB_BYTES - (this.#slab === null ? 0 : this.#position)
      // The first of them may be one too many for what is left of the slab.
      const end = Math.max(index + 1, image.endWithin(room, index, to))
      const at = this.#reserve(image.size(index, end))
      image.copy(index, end, this.#slab as Buffer, at, prefix, tag)
      index = end
    }
    return index - from
  }

  beforeFlush(listener: FlushListener): void {
    this.#listeners.push(listener)
    this.#schedule()
  }

  endTurn(): void {
    this.#guard(() => this.#endTurn())
  }

  #endTurn(): void {
    const listeners = this.#listeners
    if (listeners.length > 0) {
      this.#listeners = []
      for (const listener of listeners) listener.beforeFlush()
    }
    this.#scheduled = false
    // A peer that does not read would otherwise be given a slab a turn with a few bytes in each.
    if (this.#unwrittenBytes === 0) this.flush()
  }

  /** The socket is gone: nothing is taken any more, and nobody is told that there is room. */
  stop(): void {
    this.#dead = true
    this.full = true
    this.#pending = []
    this.#pendingBytes = 0
    this.#slab = null
    this.#segmentStart = 0
    this.#position = 0
  }

  /** Hands everything gathered so far to the socket. */
  flush(): void {
    this.#closeSegment()
    const pending = this.#pending
    if (pending.length === 0) return
    this.#active = true
    const bytes = this.#pendingBytes
    const slab = this.#slab
    this.#pending = []
    this.#pendingBytes = 0
    this.#slab = null
    this.#segmentStart = 0
    this.#position = 0
    this.#unwrittenBytes += bytes
    if (pending.length > 1) this.#socket.cork()
    const last = pending.length - 1
    for (let index = 0; index < last; index++) this.#socket.write(pending[index] as Buffer)
    this.#socket.write(pending[last] as Buffer, (error) => this.#written(bytes, slab, error))
    if (last > 0) this.#socket.uncork()
  }

  #written(bytes: number, slab: Buffer | null, error: Error | null | undefined): void {
    if (slab !== null) this.#slabs.give(slab)
    this.#unwrittenBytes -= bytes
    this.#progress = true
    // A dead socket takes everything at once; it must not look like a fast reader.
    if (error) this.stop()
    if (this.#dead) return
    if (this.#unwrittenBytes === 0 && !this.#scheduled) this.flush()
    if (this.full && this.backlogBytes <= this.#limitBytes / 2) {
      this.full = false
      this.#answerBytes = 0
      this.#guard(this.#onRoom)
    }
  }

  /** What a write callback or the end of a turn calls has no caller that could take an error. */
  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#onFault(error)
    }
  }

  /** Header and body frames, on this channel, and no larger than was negotiated. */
  #content(channel: number, message: Message): void {
    const { buffer, start, headerFrameBytes } = message
    if (headerFrameBytes <= COPY_LIMIT_BYTES) {
      const at = this.#reserve(headerFrameBytes)
      const slab = this.#slab as Buffer
      copyBytes(buffer, start, start + headerFrameBytes, slab, at)
      slab.writeUInt16BE(channel, at + 1)
    } else {
      // It may be larger than a slab, and must not be changed where it is: others get it too.
      const header = Buffer.from(buffer.subarray(start, start + headerFrameBytes))
      header.writeUInt16BE(channel, 1)
      this.#reference(header)
    }
    this.#contentChannel = channel
    cutBody(message, this.frameMax, this)
  }

  /** As BodySink, for `#content`. */
  beginBodyFrame(payloadBytes: number): void {
    const at = this.#reserve(FRAME_OVERHEAD - 1)
    const slab = this.#slab as Buffer
    slab[at] = FRAME_BODY
    slab.writeUInt16BE(this.#contentChannel, at + 1)
    slab.writeUInt32BE(payloadBytes, at + 3)
  }

  /** As BodySink, for `#content`. */
  bodyPiece(buffer: Buffer, start: number, end: number, ends: boolean): void {
    // The end octet may stand behind the piece already, as it does in a frame that is sent as it came.
    const endsItself = ends && buffer[end] === FRAME_END
    const pieceEnd = endsItself ? end + 1 : end
    if (pieceEnd - start <= COPY_LIMIT_BYTES) {
      const at = this.#reserve(pieceEnd - start)
      copyBytes(buffer, start, pieceEnd, this.#slab as Buffer, at)
    } else {
      this.#reference(buffer.subarray(start, pieceEnd))
    }
    if (ends && !endsItself) {
      const at = this.#reserve(1)
      ;(this.#slab as Buffer)[at] = FRAME_END
    }
  }

  /** Where `bytes` contiguous bytes of `#slab` may be written; at most a slab's size. */
  #reserve(bytes: number): number {
    if (this.#slab === null || this.#position + bytes > SLAB_BYTES) this.#nextSlab()
    const at = this.#position
    this.#position = at + bytes
    if (!this.#scheduled) this.#schedule()
    if (!this.full && this.backlogBytes >= this.#limitBytes) this.full = true
    return at
  }

  #nextSlab(): void {
    if (this.#slab !== null) this.flush()
    this.#slab = this.#slabs.take()
  }

  /** Bytes that leave as they are, after what is in the slab; they must not change until then. */
  #reference(bytes: Buffer): void {
    this.#closeSegment()
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#schedule()
    if (this.#pendingBytes >= FLUSH_BYTES) this.flush()
  }

  #closeSegment(): void {
    if (this.#position === this.#segmentStart) return
    const slab = this.#slab as Buffer
    this.#pending.push(slab.subarray(this.#segmentStart, this.#position))
    this.#pendingBytes += this.#position - this.#segmentStart
    this.#segmentStart = this.#position
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turn.schedule(this)
  }
}

/**
 * Deliveries stop at the limit, so what is far beyond it are answers. Not reading on at the limit
 * would be wrong: a client may send its acknowledgements before it reads its deliveries.
 */
const OVERFULL_FACTOR = 4

/** Referenced bodies are not held back longer than this, that the kernel may begin with them. */
const FLUSH_BYTES = 256 * 1024

/** Copies a header frame and its one body frame, and changes their channel number in the copy. */
function copyContent(
  message: Message,
  slab: Buffer,
  at: number,
  channelHigh: number,
  channelLow: number,
): void {
  copyBytes(message.buffer, message.start, message.end, slab, at)
  slab[at + 1] = channelHigh
  slab[at + 2] = channelLow
  if (message.bodySize === 0) return
  const body = at + message.headerFrameBytes
  slab[body + 1] = channelHigh
  slab[body + 2] = channelLow
}
