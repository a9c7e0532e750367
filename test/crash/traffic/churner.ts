import {
  BASIC_ACK,
  BASIC_NACK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  type Method,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import { Lanes } from './lanes.ts'
import { draft, type Fashion, send } from './publishing.ts'
import type { Session } from './session.ts'
import { Unconfirmed } from './unconfirmed.ts'

export interface ChurnerOptions {
  /** Nobody else uses it. It is there. */
  readonly queue: string
  /** How many messages come between one purge or deletion and the next. */
  readonly mostPublishes: number
}

/**
 * Fills a queue and purges it, or deletes it and declares it again, over and over:
 *
 *     publish … publish ─ confirms, or at once ─▶ purge ─ ok ───────────────────▶ publish …
 *                                             └─▶ delete ─ ok ─▶ declare ─ ok ──▶
 */
export class Churner {
  readonly #session: Session
  readonly #channel: number
  readonly #queue: string
  readonly #fashion: Fashion
  readonly #mostPublishes: number
  readonly #lanes: Lanes
  readonly #unconfirmed: Unconfirmed
  #isWaiting = false

  static async start(session: Session, options: ChurnerOptions): Promise<void> {
    const channel = await session.channel()
    await session.client.call(channel, CONFIRM_SELECT, {}, CONFIRM_SELECT_OK)
    const churner = new Churner(session, channel, options)
    session.client.receive(channel, (method) => churner.#onMethod(method))
    churner.#fill()
  }

  private constructor(session: Session, channel: number, options: ChurnerOptions) {
    const { queue, mostPublishes } = options
    this.#session = session
    this.#channel = channel
    this.#queue = queue
    this.#mostPublishes = mostPublishes
    const route = { exchange: '', routingKey: queue, queues: [queue] }
    this.#fashion = { routes: [route], mostBodyBytes: 2000, transientShare: 0.1 }
    this.#lanes = new Lanes(session.account)
    this.#unconfirmed = new Unconfirmed(session.account)
  }

  #fill(): void {
    const { random, client } = this.#session
    for (let left = random.between(1, this.#mostPublishes); left > 0; left--) {
      const made = draft(random, this.#fashion)
      const entry = this.#lanes.publish(made)
      this.#unconfirmed.published(entry)
      send(client, this.#channel, entry, made)
    }
    this.#isWaiting = random.chance(0.7)
    if (!this.#isWaiting) this.#empty()
  }

  #empty(): void {
    const { random, client, account } = this.#session
    if (!client.isOpen) return
    account.purge(this.#queue)
    const how = random.pick([QUEUE_PURGE, QUEUE_DELETE] as const)
    client.send(this.#channel, how, { queue: this.#queue })
  }

  #onMethod(method: Method): void {
    this.#session.onEvent()
    switch (method.id) {
      case BASIC_ACK:
      case BASIC_NACK:
        this.#unconfirmed.settle(method)
        if (!this.#isWaiting || this.#unconfirmed.size > 0) break
        this.#isWaiting = false
        this.#empty()
        break
      case QUEUE_PURGE_OK:
        this.#fill()
        break
      case QUEUE_DELETE_OK:
        this.#session.account.deleted(this.#queue)
        this.#session.client.send(this.#channel, QUEUE_DECLARE, {
          queue: this.#queue,
          durable: true,
        })
        break
      case QUEUE_DECLARE_OK:
        this.#fill()
        break
      default:
        throw new Error(`a churner got the method ${method.id.toString(16)}`)
    }
  }
}
