// A socket that speaks frames: what the raw client stands on. It adds nothing to what a test sends,
// and keeps all that the broker sends until a test asks for it.

import { connect, type Socket } from 'node:net'
import {
  type BasicProperties,
  contentHeaderBodySize,
  decodeMethod,
  decodeProperties,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FRAME_OVERHEAD,
  FrameParser,
  type FrameSink,
  METHODS,
  type Method,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { describeMethod } from './raw-client-method.ts'

/** Where a broker listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** A method from the broker, and the message that followed it, if one had to. */
export interface Arrival {
  readonly channel: number
  readonly method: Method
  /** The method as it came: the payload of its frame. */
  readonly octets: Buffer
  properties: BasicProperties
  /** The content header as it came: the payload of its frame. */
  header: Buffer
  body: Buffer
}

/** Longer than RabbitMQ's 3 s of silence before it drops a connection. */
const PATIENCE_MS = 30_000
const NO_BYTES = Buffer.alloc(0)

export class RawWire implements FrameSink {
  /** How many heartbeats came. */
  heartbeatCount = 0
  /** The largest frame that came, its header and end octet included. */
  largestFrameSize = 0
  #hasBegun = false
  /** What the broker answered to a protocol header that it does not speak. */
  protocolHeader: Buffer = Buffer.alloc(0)
  /** Whether the broker ended the connection, in whatever way. */
  isClosed = false
  readonly #socket: Socket
  readonly #parser = new FrameParser(this, 0)
  readonly #arrivals: Arrival[] = []
  /** Arrivals whose body is still coming, with the octets that are missing. */
  readonly #incomplete = new Map<number, { arrival: Arrival; missing: number }>()
  readonly #waiting = new Set<() => void>()
  /** What was wrong with the frames that the broker sent. */
  #failure: unknown

  static async open({ host, port }: Address): Promise<RawWire> {
    const socket = connect({ host, port, noDelay: true })
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', resolve).once('error', reject),
    )
    return new RawWire(socket)
  }

  /** On a socket that is connected already. */
  static over(socket: Socket): RawWire {
    return new RawWire(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#onData(chunk))
    // A reset is one of the ways in which a broker ends a connection; 'close' follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
      this.#wake()
    })
  }

  write(octets: Buffer): this {
    this.#socket.write(octets)
    return this
  }

  sendFrame(type: number, channel: number, payload: Buffer, endOctet: number = FRAME_END): this {
    return this.write(frame(type, channel, payload, endOctet))
  }

  /** The next method on this channel; fails when the connection ends before one comes. */
  async next(channel: number): Promise<Arrival> {
    const find = () => this.#arrivals.findIndex((arrival) => arrival.channel === channel)
    const isFatal = () =>
      this.isClosed || (channel !== 0 && this.#arrivals.some((arrival) => arrival.channel === 0))
    await this.#until(() => find() >= 0 || isFatal(), `a method on channel ${channel}`)
    const at = find()
    if (at < 0 && this.#failure !== undefined) throw this.#failure
    if (at < 0)
      throw new Error(`the connection ended, no method on channel ${channel}${this.#leftovers()}`)
    return this.#arrivals.splice(at, 1)[0] as Arrival
  }

  /** Everything that came and was not asked for yet. */
  takeAll(): Arrival[] {
    return this.#arrivals.splice(0)
  }

  /** Waits for the broker to end the connection; fails when it says anything before that. */
  async ended(patienceMs: number = PATIENCE_MS): Promise<void> {
    const isOver = () => this.isClosed || this.#arrivals.length > 0
    await this.#until(isOver, 'the end of the connection', patienceMs)
    if (this.#arrivals.length > 0) throw new Error(`not silent at the end${this.#leftovers()}`)
  }

  async heartbeats(count: number): Promise<void> {
    await this.#until(() => this.heartbeatCount >= count || this.isClosed, `heartbeat ${count}`)
    if (this.heartbeatCount < count) throw new Error('the connection ended, no heartbeat')
  }

  /** Ends our half of the connection, and waits for the broker to end its own. */
  async hangUp(): Promise<void> {
    this.#socket.end()
    await this.#until(() => this.isClosed, 'the broker to hang up, too')
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Ends our half of the connection, whatever the broker makes of it. */
  end(): void {
    this.#socket.end()
  }

  /** Ends the connection as a client's system does when the client has crashed. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Stops reading, as a client does that cannot keep up. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Resolves once the operating system has taken all that was written, or the connection is over. */
  async flushed(): Promise<void> {
    if (this.#socket.writableLength === 0 || this.isClosed) return
    const socket = this.#socket
    await new Promise<void>((resolve) => {
      const settle = () => {
        socket.off('drain', settle).off('close', settle)
        resolve()
      }
      socket.on('drain', settle).on('close', settle)
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  onFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    this.largestFrameSize = Math.max(this.largestFrameSize, end - start + FRAME_OVERHEAD)
    if (type === FRAME_HEARTBEAT) {
      this.heartbeatCount++
    } else if (type === FRAME_METHOD) {
      const method = decodeMethod(buffer, start, end)
      const octets = Buffer.from(buffer.subarray(start, end))
      const arrival = { channel, method, octets, properties: {}, header: NO_BYTES, body: NO_BYTES }
      if (METHODS.get(method.id)?.hasContent)
        this.#incomplete.set(channel, { arrival, missing: -1 })
      else this.#arrivals.push(arrival)
    } else {
      this.#onContent(type, channel, buffer, start, end)
    }
  }

  #onContent(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    const incomplete = this.#incomplete.get(channel)
    if (incomplete === undefined) throw new Error(`frame of type ${type} without a method`)
    const { arrival } = incomplete
    if (type === FRAME_HEADER) {
      arrival.properties = decodeProperties(buffer, start, end)
      arrival.header = Buffer.from(buffer.subarray(start, end))
      incomplete.missing = contentHeaderBodySize(buffer, start)
    } else if (type === FRAME_BODY) {
      arrival.body = Buffer.concat([arrival.body, buffer.subarray(start, end)])
      incomplete.missing -= end - start
    }
    if (incomplete.missing !== 0) return
    this.#incomplete.delete(channel)
    this.#arrivals.push(arrival)
  }

  #onData(chunk: Buffer): void {
    // It only ever comes instead of frames; a chunk in the middle may begin with any octet.
    const beginsSo = !this.#hasBegun && chunk[0] === PROTOCOL_HEADER[0]
    const isHeader = this.protocolHeader.length > 0 || beginsSo
    this.#hasBegun = true
    try {
      if (isHeader) this.protocolHeader = Buffer.concat([this.protocolHeader, chunk])
      else this.#parser.push(chunk)
    } catch (error) {
      this.#failure ??= error
      this.destroy()
    }
    this.#wake()
  }

  #wake(): void {
    for (const check of this.#waiting) check()
  }

  async #until(isThere: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
    if (isThere()) return
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (isThere()) settle(resolve)
      }
      const timeout = setTimeout(() => {
        settle(() => reject(new Error(`waited ${patienceMs} ms for ${what}${this.#leftovers()}`)))
      }, patienceMs)
      const settle = (done: () => void) => {
        clearTimeout(timeout)
        this.#waiting.delete(check)
        done()
      }
      this.#waiting.add(check)
    })
  }

  /** What came that nobody asked for, for the messages of failures. */
  #leftovers(): string {
    return this.#arrivals
      .map(({ channel, method }) => `\n  channel ${channel}: ${describeMethod(method)}`)
      .join('')
  }
}

/** The seven octets before a payload, which need not follow. */
export function frameHeader(type: number, channel: number, payloadSize: number): Buffer {
  const header = Buffer.alloc(7)
  header.writeUInt8(type, 0)
  header.writeUInt16BE(channel, 1)
  header.writeUInt32BE(payloadSize, 3)
  return header
}

/** A whole frame, which need not be right. */
export function frame(
  type: number,
  channel: number,
  payload: Buffer,
  endOctet: number = FRAME_END,
): Buffer {
  const header = frameHeader(type, channel, payload.length)
  return Buffer.concat([header, payload, Buffer.from([endOctet])])
}
