// A client on raw frames: it does what a test says and nothing else, right or wrong. The handshake is
// a chain of steps that a test may leave at any point.

import type { Socket } from 'node:net'
import {
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { type Close, expectSameClose, RawChannel } from './raw-client-channel.ts'
import type { FieldsOf, MethodOf } from './raw-client-method.ts'
import { type Address, RawWire } from './raw-client-wire.ts'

/** What a client says of itself unless a test cares: it can take all that the broker offers. */
const CAPABILITIES = {
  authentication_failure_close: true,
  'basic.nack': true,
  'connection.blocked': true,
  consumer_cancel_notify: true,
  publisher_confirms: true,
}

export interface ConnectOptions {
  readonly username?: string
  readonly password?: string
  readonly virtualHost?: string
  readonly capabilities?: Readonly<Record<string, boolean>>
  readonly tune?: FieldsOf<typeof CONNECTION_TUNE_OK>
}

export class RawConnection {
  readonly wire: RawWire
  /** Channel 0, where the connection's own methods go. */
  readonly control: RawChannel

  /** A connection of which only the socket is open. */
  static async dial(address: Address): Promise<RawConnection> {
    return new RawConnection(await RawWire.open(address))
  }

  /** The same on a socket of the test's, such as one of TLS. */
  static over(socket: Socket): RawConnection {
    return new RawConnection(RawWire.over(socket))
  }

  private constructor(wire: RawWire) {
    this.wire = wire
    this.control = new RawChannel(wire, 0)
  }

  /** Sends the protocol header. */
  async start(): Promise<MethodOf<typeof CONNECTION_START>> {
    this.wire.write(PROTOCOL_HEADER)
    return this.control.expect(CONNECTION_START)
  }

  sendStartOk(fields: FieldsOf<typeof CONNECTION_START_OK> = {}): RawChannel {
    return this.control.send(CONNECTION_START_OK, {
      mechanism: 'PLAIN',
      response: plainResponse('guest', 'guest'),
      locale: 'en_US',
      clientProperties: { capabilities: CAPABILITIES },
      ...fields,
    })
  }

  async login(
    fields: FieldsOf<typeof CONNECTION_START_OK> = {},
  ): Promise<MethodOf<typeof CONNECTION_TUNE>> {
    return this.sendStartOk(fields).expect(CONNECTION_TUNE)
  }

  /** Heartbeats are off unless a test asks for them. */
  sendTuneOk(fields: FieldsOf<typeof CONNECTION_TUNE_OK> = {}): RawChannel {
    return this.control.send(CONNECTION_TUNE_OK, { channelMax: 2047, frameMax: 131072, ...fields })
  }

  /** The whole handshake. */
  async open(options: ConnectOptions = {}): Promise<this> {
    const { username = 'guest', password = 'guest', capabilities = CAPABILITIES } = options
    await this.start()
    await this.login({
      response: plainResponse(username, password),
      clientProperties: { capabilities },
    })
    await this.sendTuneOk(options.tune)
      .send(CONNECTION_OPEN, { virtualHost: options.virtualHost ?? '/' })
      .expect(CONNECTION_OPEN_OK)
    return this
  }

  /** A channel that is not opened. */
  on(number: number): RawChannel {
    return new RawChannel(this.wire, number)
  }

  async channel(number = 1): Promise<RawChannel> {
    const channel = this.on(number)
    await channel.send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
    return channel
  }

  /** Expects `connection.close` and answers it. */
  async expectClose(...close: Close): Promise<void> {
    expectSameClose(await this.control.expect(CONNECTION_CLOSE), close)
    this.control.send(CONNECTION_CLOSE_OK)
  }

  /** Closes as a client should. */
  async close(): Promise<void> {
    await this.control.send(CONNECTION_CLOSE, { replyCode: 200 }).expect(CONNECTION_CLOSE_OK)
    this.wire.destroy()
  }
}

export function plainResponse(username: string, password: string): Buffer {
  return Buffer.from(`\0${username}\0${password}`)
}
