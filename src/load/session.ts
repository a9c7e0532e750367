// One AMQP connection with channel 1 open: shakes hands and makes synchronous
// calls. All that the measured traffic does is set up through this; the
// traffic itself is parsed by whoever replaced `link.receiver`, and hands the
// method frames it does not know to `onMethod` here.

import {
  CHANNEL_CLOSE,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  CONNECTION_UNBLOCKED,
  decodeMethod,
  encodeMethodFrame,
  FRAME_END,
  FRAME_METHOD,
  fieldTableFromObject,
  type Method,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { Link, type LinkSize } from './link.ts'
import type { Target } from './traffic-load.ts'

const MAX_FRAME_BYTES = 131072

type Reply<Id extends Method['id']> = Extract<Method, { id: Id }>

interface Waiting {
  id: Method['id']
  resolve: (method: Method) => void
  reject: (error: Error) => void
}

export class Session {
  readonly link: Link
  frameMax: number = MAX_FRAME_BYTES
  /** Why the broker holds publishers back, for as long as it does. */
  blockedFor: string | undefined
  /** The connection failed while no call waited for it. */
  onFailure: (error: Error) => void = () => {}
  readonly #waiting: Waiting[] = []

  private constructor(target: Target, size: LinkSize) {
    this.link = new Link(target, size, (bytes, start, end) => this.#receive(bytes, start, end))
    this.link.onFailure = (error) => this.#fail(error)
  }

  /** Connects, logs in and opens channel 1; rejects when the broker does not want that. */
  static async open(target: Target, size: LinkSize): Promise<Session> {
    const session = new Session(target, size)
    const started = session.#expect(CONNECTION_START)
    session.link.socket.write(PROTOCOL_HEADER)
    await started
    const tune = await session.#ask(
      0,
      {
        id: CONNECTION_START_OK,
        clientProperties: CLIENT_PROPERTIES,
        mechanism: 'PLAIN',
        response: Buffer.from(`\0${target.user}\0${target.password}`),
        locale: 'en_US',
      },
      CONNECTION_TUNE,
    )
    if (tune.frameMax > 0) session.frameMax = Math.min(tune.frameMax, MAX_FRAME_BYTES)
    session.send(0, {
      id: CONNECTION_TUNE_OK,
      channelMax: tune.channelMax,
      frameMax: session.frameMax,
      heartbeat: 0,
    })
    await session.#ask(
      0,
      { id: CONNECTION_OPEN, virtualHost: target.vhost, reserved1: '', reserved2: false },
      CONNECTION_OPEN_OK,
    )
    await session.call({ id: CHANNEL_OPEN, reserved1: '' }, CHANNEL_OPEN_OK)
    return session
  }

  /** Sends a method on channel 1 and waits for its answer; calls may overlap. */
  call<Id extends Method['id']>(method: Method, answer: Id): Promise<Reply<Id>> {
    return this.#ask(1, method, answer)
  }

  send(channel: number, method: Method): void {
    this.link.socket.write(encodeMethodFrame(channel, method))
  }

  /** Closes as the protocol asks, so that no broker logs an error for it. */
  async close(): Promise<void> {
    const close: Method = {
      id: CONNECTION_CLOSE,
      replyCode: 200,
      replyText: 'done',
      classId: 0,
      methodId: 0,
    }
    await this.#ask(0, close, CONNECTION_CLOSE_OK).catch(() => {})
    this.link.destroy()
  }

  /** A method frame that the traffic does not know: an answer, or the broker's wish to close. */
  onMethod(bytes: Buffer, start: number, end: number): void {
    const method = decodeMethod(bytes, start, end)
    const first = this.#waiting[0]
    if (first?.id === method.id) {
      this.#waiting.shift()
      first.resolve(method)
    } else if (method.id === CONNECTION_CLOSE || method.id === CHANNEL_CLOSE) {
      this.#fail(new Error(`the broker closed: ${method.replyCode} ${method.replyText}`))
    } else if (method.id === CONNECTION_BLOCKED) {
      this.blockedFor = method.reason
    } else if (method.id === CONNECTION_UNBLOCKED) {
      this.blockedFor = undefined
    } else {
      this.#fail(new Error(`the broker sent method ${method.id >>> 16}.${method.id & 0xffff}`))
    }
  }

  #ask<Id extends Method['id']>(channel: number, method: Method, answer: Id): Promise<Reply<Id>> {
    const answered = this.#expect(answer)
    this.send(channel, method)
    return answered
  }

  #expect<Id extends Method['id']>(id: Id): Promise<Reply<Id>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve: (method) => resolve(method as Reply<Id>), reject })
    })
  }

  #receive(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (end - at >= 8) {
      if (bytes[at] === 0x41) throw new Error('the broker does not speak AMQP 0-9-1')
      const frameEnd = at + 8 + bytes.readUInt32BE(at + 3)
      if (frameEnd > end) break
      if (bytes[frameEnd - 1] !== FRAME_END) throw new Error('a frame without its end octet')
      if (bytes[at] === FRAME_METHOD) this.onMethod(bytes, at + 7, frameEnd - 1)
      at = frameEnd
    }
    return at
  }

  #fail(error: Error): void {
    this.link.destroy()
    const waiting = this.#waiting.splice(0)
    for (const { reject } of waiting) reject(error)
    if (waiting.length === 0) this.onFailure(error)
  }
}

const CLIENT_PROPERTIES = fieldTableFromObject({
  product: 'leveret-bench',
  capabilities: {
    publisher_confirms: true,
    authentication_failure_close: true,
    'basic.nack': true,
    'connection.blocked': true,
    consumer_cancel_notify: true,
    exchange_exchange_bindings: true,
  },
})
