// A connection as a scenario has it: opened when it is first needed, over when the broker says so.
// It writes down what it sends and what it takes.

import {
  CHANNEL_OPEN,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_START_OK,
  CONNECTION_TUNE_OK,
  encodeMethodFrame,
  type Method,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { plainResponse } from '../../../test/support/raw-client.ts'
import { type FieldsOf, method } from '../../../test/support/raw-client-method.ts'
import { describeContent, describeMethod } from './describe-frame.ts'
import type { Transcript } from './transcript.ts'
import { type Arrival, Wire } from './wire.ts'

/** A scenario cannot go on: something that it waits for did not come. */
export class Stuck extends Error {}

/** A scenario ends here: the broker has refused the connection, and the transcript has the reason. */
export class Refused extends Error {}

/** The two sides of a scenario: where it plays and where that is written down. */
export interface Scene {
  readonly port: number
  readonly virtualHost: string
  readonly transcript: Transcript
  /** How long the broker may take for anything. */
  readonly patienceMs: number
}

export interface Login {
  readonly user?: string
  readonly password?: string
  /** What the client says that it can; by default all that there is. */
  readonly capabilities?: Readonly<Record<string, boolean>>
  readonly tune?: FieldsOf<typeof CONNECTION_TUNE_OK>
}

const CAPABILITIES = {
  authentication_failure_close: true,
  'basic.nack': true,
  'connection.blocked': true,
  consumer_cancel_notify: true,
  publisher_confirms: true,
}

export class Link {
  /** The broker has closed it, one way or another. */
  isOver = false
  readonly #name: string
  readonly #scene: Scene
  readonly #login: Login
  #dialling: Promise<Wire> | undefined
  #opening: Promise<Wire> | undefined

  constructor(name: string, scene: Scene, login: Login) {
    this.#name = name
    this.#scene = scene
    this.#login = login
  }

  get patienceMs(): number {
    return this.#scene.patienceMs
  }

  /** Only the socket: for scenarios about what comes next. */
  dialled(): Promise<Wire> {
    this.#dialling ??= Wire.open(this.#scene.port)
    return this.#dialling
  }

  /** Through the handshake, which is not written down. */
  opened(): Promise<Wire> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async openChannel(number: number): Promise<void> {
    await this.opened()
    await this.#silently(number, method(CHANNEL_OPEN, {}))
  }

  async send(channel: number, sent: Method, content = ''): Promise<void> {
    this.note(channel, '>', `${describeMethod(sent)}${content}`)
    await this.write(encodeMethodFrame(channel, sent))
  }

  async write(octets: Buffer): Promise<void> {
    if (!this.isOver) (await this.dialled()).write(octets)
  }

  /** The next on this channel, or what ends the connection; undefined when it is over. */
  async next(channel: number, what: string): Promise<Arrival | undefined> {
    if (this.isOver) return undefined
    const wire = await this.dialled()
    const arrival = await wire.next(channel, this.#scene.patienceMs)
    if (arrival === 'late') throw new Stuck(`waited in vain for ${what}`)
    if (arrival === 'closed') {
      this.isOver = true
      const octets = wire.foreignOctets
      if (octets.length > 0) this.note(0, '<', `octets ${octets.toString('hex')}`)
      this.note(0, '<', '(the socket is closed)')
      return undefined
    }
    if (arrival.method.id === CONNECTION_CLOSE) {
      await this.write(encodeMethodFrame(0, method(CONNECTION_CLOSE_OK, {})))
      this.isOver = true
    }
    if (arrival.method.id === CONNECTION_CLOSE_OK) this.isOver = true
    return arrival
  }

  noteArrival({ channel, method, message }: Arrival): void {
    const content = message ? ` ${describeContent(message.properties, message.body)}` : ''
    this.note(channel, '<', `${describeMethod(method)}${content}`)
  }

  note(channel: number, direction: '<' | '>', what: string): void {
    const place = channel === 1 ? this.#name : `${this.#name}${channel}`
    this.#scene.transcript.add(`${place} ${direction} ${what}`)
  }

  /** Ends it as a client that is gone. */
  async drop(): Promise<void> {
    this.isOver = true
    ;(await this.#dialling)?.destroy()
  }

  async #open(): Promise<Wire> {
    const { user = 'guest', password = 'guest', capabilities = CAPABILITIES, tune } = this.#login
    const wire = await this.dialled()
    wire.write(PROTOCOL_HEADER)
    await this.#answer(wire)
    const startOk = {
      mechanism: 'PLAIN',
      response: plainResponse(user, password),
      locale: 'en_US',
      clientProperties: { capabilities },
    }
    await this.#silently(0, method(CONNECTION_START_OK, startOk))
    const limits = { channelMax: 2047, frameMax: 131072, ...tune }
    wire.write(encodeMethodFrame(0, method(CONNECTION_TUNE_OK, limits)))
    await this.#silently(0, method(CONNECTION_OPEN, { virtualHost: this.#scene.virtualHost }))
    return wire
  }

  /** What is as ever is not worth a line; what is not ends the scenario. */
  async #silently(channel: number, sent: Method): Promise<void> {
    const wire = await this.dialled()
    wire.write(encodeMethodFrame(channel, sent))
    await this.#answer(wire, channel)
  }

  async #answer(wire: Wire, channel = 0): Promise<void> {
    const arrival = await wire.next(channel, this.#scene.patienceMs)
    if (typeof arrival === 'string') throw new Stuck(`opening a connection or channel: ${arrival}`)
    if (arrival.method.id !== CONNECTION_CLOSE) return
    this.note(0, '<', describeMethod(arrival.method))
    throw new Refused()
  }
}
