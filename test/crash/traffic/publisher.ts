import { BASIC_ACK, BASIC_NACK, CONFIRM_SELECT, CONFIRM_SELECT_OK, type Method } from 'amqp-codec'
import { Lanes } from './lanes.ts'
import { draft, type Fashion, send } from './publishing.ts'
import type { Actor, Session } from './session.ts'
import { Unconfirmed } from './unconfirmed.ts'

export interface PublisherOptions {
  readonly fashion: Fashion
  /** How many messages may wait for their confirms. */
  readonly window: number
  /** How many messages to publish. */
  readonly quota: number
}

/** Publishes with confirms, as fast as the window and the socket let it. */
export class Publisher implements Actor {
  readonly #session: Session
  readonly #channel: number
  readonly #options: PublisherOptions
  readonly #lanes: Lanes
  readonly #unconfirmed: Unconfirmed
  #isPumping = false

  static async start(session: Session, options: PublisherOptions): Promise<Publisher> {
    const channel = await session.channel()
    await session.client.call(channel, CONFIRM_SELECT, {}, CONFIRM_SELECT_OK)
    const publisher = new Publisher(session, channel, options)
    session.employ(publisher)
    session.client.receive(channel, (method) => publisher.#onMethod(method))
    publisher.pump()
    return publisher
  }

  private constructor(session: Session, channel: number, options: PublisherOptions) {
    this.#session = session
    this.#channel = channel
    this.#options = options
    this.#lanes = new Lanes(session.account)
    this.#unconfirmed = new Unconfirmed(session.account)
  }

  get confirmedCount(): number {
    return this.#unconfirmed.lastTag - this.#unconfirmed.size
  }

  pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    const { client } = this.#session
    const { quota, window } = this.#options
    const unconfirmed = this.#unconfirmed
    while (unconfirmed.lastTag < quota && unconfirmed.size < window && client.isWritable) {
      this.#publish()
    }
    this.#isPumping = false
  }

  #publish(): void {
    const { random, client } = this.#session
    const made = draft(random, this.#options.fashion)
    const entry = this.#lanes.publish(made)
    this.#unconfirmed.published(entry)
    send(client, this.#channel, entry, made)
  }

  #onMethod(method: Method): void {
    if (method.id !== BASIC_ACK && method.id !== BASIC_NACK) {
      throw new Error(`a publisher got the method ${method.id.toString(16)}`)
    }
    for (let count = this.#unconfirmed.settle(method); count > 0; count--) this.#session.onEvent()
    this.pump()
  }
}
