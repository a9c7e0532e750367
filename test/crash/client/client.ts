// A client made for pressure: it never waits for an answer unless it is asked to, hands each method to
// its channel as it comes, and takes the end of the connection as an everyday thing.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import {
  BASIC_ACK,
  BASIC_NACK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_FORCED,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  CONNECTION_UNBLOCKED,
  contentHeaderBodySize,
  decodeMethod,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  FrameParser,
  type FrameSink,
  METHODS,
  type Method,
  PROTOCOL_HEADER,
  TX_COMMIT_OK,
  TX_ROLLBACK_OK,
} from 'amqp-codec'
import { plainResponse } from '../../support/raw-client.ts'
import {
  describeMethod,
  type FieldsOf,
  infoOf,
  type MethodOf,
  method,
} from '../../support/raw-client-method.ts'

/** Takes what comes on a channel; a body is valid during the call only. */
export type Receiver = (method: Method, body: Buffer) => void

/** What the broker says of what it was sent before. */
const OUTCOMES: ReadonlySet<number> = new Set([BASIC_ACK, BASIC_NACK, TX_COMMIT_OK, TX_ROLLBACK_OK])
const NO_BODY = Buffer.alloc(0)
const FRAME_MAX = 131_072

/** A content of which a part is still to come. */
interface Incomplete {
  readonly method: Method
  missing: number
  parts: Buffer[]
}

export class Client implements FrameSink {
  readonly frameMax: number = FRAME_MAX
  /** Whether the broker says that it takes no publishes. */
  isBlocked = false
  /** Called when the socket takes more, or the broker does. */
  onWritable = (): void => {}
  readonly #socket: Socket
  readonly #parser = new FrameParser(this, 0)
  readonly #receivers: (Receiver | undefined)[] = []
  readonly #incomplete: (Incomplete | undefined)[] = []
  readonly #ended: Promise<void>
  #failure: Error | undefined
  #isEnded = false
  #isCorked = false
  #isLeaving = false

  static async open(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const client = new Client(socket)
    await client.#shakeHands()
    return client
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#onData(chunk))
    // A killed broker resets its connections, 'close' follows.
    socket.on('error', () => {})
    socket.on('drain', () => this.onWritable())
    this.#ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isEnded = true
        resolve()
      })
    })
  }

  /** Resolves when all that came before the end of the connection has been received. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** What went wrong that is not the end of a connection: a close by the broker, frames out of place. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Whether there is any use in sending something. */
  get isOpen(): boolean {
    return !this.#isEnded && !this.#isLeaving && !this.#socket.destroyed
  }

  get isWritable(): boolean {
    return this.isOpen && !this.isBlocked && !this.#socket.writableNeedDrain
  }

  /** What is sent within one turn leaves in one write. */
  write(octets: Buffer): void {
    if (!this.isOpen) return
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      process.nextTick(() => {
        this.#isCorked = false
        this.#socket.uncork()
      })
    }
    this.#socket.write(octets)
  }

  send<Id extends Method['id']>(channel: number, id: Id, fields: FieldsOf<Id> = {}): void {
    this.write(encodeMethodFrame(channel, method(id, fields)))
  }

  /** From now on what comes on this channel goes there. */
  receive(channel: number, receiver: Receiver): void {
    this.#receivers[channel] = receiver
  }

  /** Opens a channel; the first thing its receiver gets is what follows. */
  async openChannel(channel: number): Promise<void> {
    await this.call(channel, CHANNEL_OPEN, {}, CHANNEL_OPEN_OK)
  }

  /** Sends a method on a channel of which nobody receives anything, and waits for the answer. */
  async call<Id extends Method['id'], AnswerId extends Method['id']>(
    channel: number,
    id: Id,
    fields: FieldsOf<Id>,
    answerId: AnswerId,
  ): Promise<MethodOf<AnswerId>> {
    this.send(channel, id, fields)
    return this.answer(channel, answerId)
  }

  /**
   * Sends nothing more, since it cannot know what of it the broker will have seen, and hears only what
   * became of what it has sent: the broker is about to end the connection in an orderly way.
   */
  leave(): void {
    this.#isLeaving = true
  }

  /** Something is wrong with the connection; what was first counts. */
  fail(error: Error): void {
    this.#failure ??= error
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  onFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    if (type === FRAME_METHOD) {
      const arrived = decodeMethod(buffer, start, end)
      if (METHODS.get(arrived.id)?.hasContent !== true) this.#hand(channel, arrived, NO_BODY)
      else this.#incomplete[channel] = { method: arrived, missing: -1, parts: [] }
    } else if (type === FRAME_HEADER || type === FRAME_BODY) {
      this.#onContent(type, channel, buffer.subarray(start, end))
    }
  }

  #onContent(type: number, channel: number, payload: Buffer): void {
    const incomplete = this.#incomplete[channel]
    if (incomplete === undefined) throw new Error('a content came without its method')
    if (type === FRAME_HEADER) {
      incomplete.missing = contentHeaderBodySize(payload, 0)
    } else {
      incomplete.missing -= payload.length
      incomplete.parts.push(payload)
    }
    if (incomplete.missing > 0) return
    this.#incomplete[channel] = undefined
    const { method: arrived, parts } = incomplete
    const isWhole = parts.length === 1
    this.#hand(channel, arrived, isWhole ? (parts[0] as Buffer) : Buffer.concat(parts))
  }

  #hand(channel: number, arrived: Method, body: Buffer): void {
    if (arrived.id === CONNECTION_BLOCKED) {
      this.isBlocked = true
    } else if (arrived.id === CONNECTION_UNBLOCKED) {
      this.isBlocked = false
      this.onWritable()
    } else if (arrived.id === CONNECTION_CLOSE && arrived.replyCode === CONNECTION_FORCED) {
      // It is being stopped.
      this.leave()
      this.#socket.write(encodeMethodFrame(0, method(CONNECTION_CLOSE_OK, {})))
    } else if (!this.#isLeaving || OUTCOMES.has(arrived.id)) {
      const receiver = this.#receivers[channel]
      if (receiver === undefined) throw unexpected(channel, arrived)
      receiver(arrived, body)
    }
  }

  async #shakeHands(): Promise<void> {
    this.write(PROTOCOL_HEADER)
    await this.answer(0, CONNECTION_START)
    const capabilities = {
      publisher_confirms: true,
      'basic.nack': true,
      'connection.blocked': true,
    }
    this.send(0, CONNECTION_START_OK, {
      mechanism: 'PLAIN',
      response: plainResponse('guest', 'guest'),
      locale: 'en_US',
      clientProperties: { capabilities },
    })
    await this.answer(0, CONNECTION_TUNE)
    this.send(0, CONNECTION_TUNE_OK, { channelMax: 2047, frameMax: FRAME_MAX })
    await this.call(0, CONNECTION_OPEN, { virtualHost: '/' }, CONNECTION_OPEN_OK)
  }

  /** Waits for a method on a channel of which nobody receives anything. */
  async answer<Id extends Method['id']>(channel: number, id: Id): Promise<MethodOf<Id>> {
    const answer = new Promise<MethodOf<Id>>((resolve) => {
      this.receive(channel, (arrived) => {
        if (arrived.id !== id) throw unexpected(channel, arrived)
        this.#receivers[channel] = undefined
        resolve(arrived as MethodOf<Id>)
      })
    })
    const end = this.#ended.then(() => {
      throw this.#failure ?? new Error(`the connection ended, no ${infoOf(id).name}`)
    })
    return Promise.race([answer, end])
  }

  #onData(chunk: Buffer): void {
    try {
      this.#parser.push(chunk)
    } catch (error) {
      this.fail(error as Error)
    }
  }
}

function unexpected(channel: number, arrived: Method): Error {
  return new Error(`nobody expected this on channel ${channel}: ${describeMethod(arrived)}`)
}
