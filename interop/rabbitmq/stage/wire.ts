// A socket that speaks frames. What comes is kept, channel by channel, until somebody asks for it.

import { connect, type Socket } from 'node:net'
import {
  type BasicProperties,
  CHANNEL_CLOSE,
  contentHeaderBodySize,
  decodeMethod,
  decodeProperties,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  FrameParser,
  type FrameSink,
  METHODS,
  type Method,
  PROTOCOL_HEADER,
} from 'amqp-codec'

/** A method from the broker, and the message that followed it, if one had to. */
export interface Arrival {
  readonly channel: number
  readonly method: Method
  message: { readonly properties: BasicProperties; body: Buffer } | undefined
}

/** It ends its channel, or concerns the whole connection. */
export function isClose({ method: { id }, channel }: Arrival): boolean {
  return id === CHANNEL_CLOSE || channel === 0
}

/** What came instead of a method. */
export type Silence = 'closed' | 'late'

export class Wire implements FrameSink {
  /** What the broker answered to a protocol header that it does not speak. */
  foreignOctets: Buffer = Buffer.alloc(0)
  isClosed = false
  #hasBegun = false
  readonly #socket: Socket
  readonly #parser = new FrameParser(this, 0)
  readonly #arrivals: Arrival[] = []
  /** Arrivals whose message is still coming, with the octets of it that are missing. */
  readonly #incomplete = new Map<number, { arrival: Arrival; missing: number }>()
  readonly #waiting = new Set<() => void>()

  static async open(port: number): Promise<Wire> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', resolve).once('error', reject),
    )
    return new Wire(socket)
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

  write(octets: Buffer): void {
    this.#socket.write(octets)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The next on this channel; on channel 0 instead when nothing is left here, since it concerns all. */
  async next(channel: number, patienceMs: number): Promise<Arrival | Silence> {
    const find = (): Arrival | 'closed' | undefined =>
      this.#take(channel) ?? this.#take(0) ?? (this.isClosed ? 'closed' : undefined)
    const found = find()
    if (found !== undefined) return found
    return new Promise((resolve) => {
      const settle = (result: Arrival | Silence): void => {
        clearTimeout(timeout)
        this.#waiting.delete(check)
        resolve(result)
      }
      const check = (): void => {
        const arrival = find()
        if (arrival !== undefined) settle(arrival)
      }
      const timeout = setTimeout(() => settle('late'), patienceMs)
      this.#waiting.add(check)
    })
  }

  onFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    if (type === FRAME_METHOD) {
      const method = decodeMethod(buffer, start, end)
      const arrival: Arrival = { channel, method, message: undefined }
      if (METHODS.get(method.id)?.hasContent)
        this.#incomplete.set(channel, { arrival, missing: -1 })
      else this.#arrivals.push(arrival)
    } else if (type === FRAME_HEADER || type === FRAME_BODY) {
      this.#onContent(type, channel, buffer, start, end)
    }
  }

  #onContent(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    const incomplete = this.#incomplete.get(channel)
    if (incomplete === undefined) throw new Error(`frame of type ${type} without a method`)
    const { arrival } = incomplete
    if (type === FRAME_HEADER) {
      const properties = decodeProperties(buffer, start, end)
      arrival.message = { properties, body: Buffer.alloc(0) }
      incomplete.missing = contentHeaderBodySize(buffer, start)
    } else if (arrival.message !== undefined) {
      arrival.message.body = Buffer.concat([arrival.message.body, buffer.subarray(start, end)])
      incomplete.missing -= end - start
    }
    if (incomplete.missing !== 0) return
    this.#incomplete.delete(channel)
    this.#arrivals.push(arrival)
  }

  #onData(chunk: Buffer): void {
    // A protocol header only ever comes instead of frames; a chunk in the middle may begin so, too.
    if (this.foreignOctets.length > 0 || (!this.#hasBegun && chunk[0] === PROTOCOL_HEADER[0])) {
      this.foreignOctets = Buffer.concat([this.foreignOctets, chunk])
    } else {
      this.#parser.push(chunk)
    }
    this.#hasBegun = true
    this.#wake()
  }

  #take(channel: number): Arrival | undefined {
    const at = this.#arrivals.findIndex((arrival) => arrival.channel === channel)
    return at < 0 ? undefined : this.#arrivals.splice(at, 1)[0]
  }

  #wake(): void {
    for (const check of this.#waiting) check()
  }
}
