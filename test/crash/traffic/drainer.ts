import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_QOS,
  BASIC_QOS_OK,
  type Method,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { readBody } from '../client/body.ts'
import type { Subscription } from '../ledger/subscription.ts'
import { Holdings } from './holdings.ts'
import type { Session } from './session.ts'

const PREFETCH = 1000
const PATIENCE_MS = 5

/** Consumes a queue and acks until nothing is left in it. */
export class Drainer {
  readonly #session: Session
  readonly #channel: number
  readonly #queue: string
  readonly #holdings: Holdings
  readonly #subscription: Subscription
  #onEmpty = (): void => {}

  static async drain(session: Session, queue: string): Promise<void> {
    const drainer = new Drainer(session, await session.channel(), queue)
    await Promise.race([drainer.#drain(), session.brokenOff()])
  }

  private constructor(session: Session, channel: number, queue: string) {
    this.#session = session
    this.#channel = channel
    this.#queue = queue
    this.#holdings = new Holdings(session.client, channel)
    this.#subscription = session.account.subscribe(queue)
  }

  async #drain(): Promise<void> {
    const { client } = this.#session
    client.receive(this.#channel, (method, body) => this.#onMethod(method, body))
    client.send(this.#channel, BASIC_QOS, { prefetchCount: PREFETCH })
    client.send(this.#channel, BASIC_CONSUME, { queue: this.#queue, consumerTag: 'drainer' })
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
  }

  #onMethod(method: Method, body: Buffer): void {
    switch (method.id) {
      case BASIC_DELIVER:
        this.#onDelivery(method.deliveryTag, method.redelivered, body)
        break
      case BASIC_QOS_OK:
        break
      case BASIC_CONSUME_OK:
        this.#ask()
        break
      case QUEUE_DECLARE_OK:
        // On this channel it comes after all deliveries that made the queue empty.
        if (method.messageCount === 0) this.#onEmpty()
        else setTimeout(() => this.#ask(), PATIENCE_MS)
        break
      default:
        throw new Error(`a drainer got the method ${method.id.toString(16)}`)
    }
  }

  #onDelivery(tag: number, redelivered: boolean, body: Buffer): void {
    const { lane, number } = readBody(body)
    const copy = this.#subscription.deliver(lane, number, redelivered)
    this.#holdings.add({ tag, copy })
    this.#holdings.ackUpTo(tag)
    this.#session.onEvent()
  }

  #ask(): void {
    if (!this.#session.client.isOpen) return
    this.#session.client.send(this.#channel, QUEUE_DECLARE, { queue: this.#queue, passive: true })
  }
}
