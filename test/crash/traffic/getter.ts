import { BASIC_GET, BASIC_GET_EMPTY, BASIC_GET_OK, type Method } from 'amqp-codec'
import { readBody } from '../client/body.ts'
import type { Subscription } from '../ledger/subscription.ts'
import { Holdings } from './holdings.ts'
import type { Session } from './session.ts'

export interface GetterOptions {
  readonly queue: string
  readonly requeueShare: number
  /** How many times it asks. */
  readonly quota: number
}

/** Gets one message after the other, and acks or requeues each. */
export class Getter {
  readonly #session: Session
  readonly #channel: number
  readonly #options: GetterOptions
  readonly #holdings: Holdings
  readonly #subscription: Subscription
  #gets = 0

  static async start(session: Session, options: GetterOptions): Promise<Getter> {
    const getter = new Getter(session, await session.channel(), options)
    session.client.receive(getter.#channel, (method, body) => getter.#onMethod(method, body))
    getter.#get()
    return getter
  }

  private constructor(session: Session, channel: number, options: GetterOptions) {
    this.#session = session
    this.#channel = channel
    this.#options = options
    this.#holdings = new Holdings(session.client, channel)
    this.#subscription = session.account.subscribe(options.queue)
  }

  #get(): void {
    if (this.#gets++ === this.#options.quota) return
    this.#session.client.send(this.#channel, BASIC_GET, { queue: this.#options.queue })
  }

  #onMethod(method: Method, body: Buffer): void {
    if (method.id === BASIC_GET_OK) this.#onMessage(method.deliveryTag, method.redelivered, body)
    else if (method.id !== BASIC_GET_EMPTY)
      throw new Error(`a getter got ${method.id.toString(16)}`)
    this.#get()
  }

  #onMessage(tag: number, redelivered: boolean, body: Buffer): void {
    const { lane, number } = readBody(body)
    const copy = this.#subscription.deliver(lane, number, redelivered)
    this.#holdings.add({ tag, copy })
    this.#session.onEvent()
    const { random } = this.#session
    if (random.chance(this.#options.requeueShare)) this.#holdings.requeue(tag)
    else this.#holdings.ack(tag)
  }
}
