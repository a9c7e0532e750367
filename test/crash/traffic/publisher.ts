import { BASIC_ACK, BASIC_NACK, CONFIRM_SELECT, CONFIRM_SELECT_OK, type Method } from 'amqp-codec'
import type { Entry } from '../ledger/copy.ts'
import type { Lane } from '../ledger/lane.ts'
import { draft, type Fashion, send } from './publishing.ts'
import type { Actor, Session } from './session.ts'

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
  readonly #lane: Lane
  /** What waits for its confirm, by its tag, in order. */
  readonly #unconfirmed = new Map<number, Entry>()
  #lastTag = 0
  #isPumping = false

  static async start(session: Session, options: PublisherOptions): Promise<Publisher> {
    const channel = await session.channel()
    await session.client.call(channel, CONFIRM_SELECT, {}, CONFIRM_SELECT_OK)
    const publisher = new Publisher(session, channel, options)
    session.employ(publisher)
    session.client.receive(channel, (method) => publisher.#onMethod(method))
    return publisher
  }

  private constructor(session: Session, channel: number, options: PublisherOptions) {
    this.#session = session
    this.#channel = channel
    this.#options = options
    this.#lane = session.account.lane()
  }

  get confirmedCount(): number {
    return this.#lastTag - this.#unconfirmed.size
  }

  pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    const { client } = this.#session
    const { quota, window } = this.#options
    while (this.#lastTag < quota && this.#unconfirmed.size < window && client.isWritable) {
      this.#publish()
    }
    this.#isPumping = false
  }

  #publish(): void {
    const { random, client } = this.#session
    const made = draft(random, this.#options.fashion)
    const { isPersistent, route } = made
    const entry = this.#lane.publish({ queues: route.queues, isPersistent })
    this.#unconfirmed.set(++this.#lastTag, entry)
    send(client, this.#channel, entry, made)
  }

  #onMethod(method: Method): void {
    if (method.id !== BASIC_ACK && method.id !== BASIC_NACK) {
      throw new Error(`a publisher got the method ${method.id.toString(16)}`)
    }
    for (const tag of this.#tagsUpTo(method.deliveryTag, method.multiple)) {
      const entry = this.#unconfirmed.get(tag)
      if (entry === undefined) throw new Error(`tag ${tag} is confirmed, and not unconfirmed`)
      this.#unconfirmed.delete(tag)
      if (method.id === BASIC_ACK) this.#lane.confirm(entry)
      else this.#lane.refuse(entry)
      this.#session.onEvent()
    }
    this.pump()
  }

  #tagsUpTo(last: number, multiple: boolean): number[] {
    if (!multiple) return [last]
    const tags: number[] = []
    for (const tag of this.#unconfirmed.keys()) {
      if (tag > last) break
      tags.push(tag)
    }
    return tags
  }
}
