import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_QOS,
  BASIC_QOS_OK,
  type Method,
  TX_COMMIT,
  TX_COMMIT_OK,
  TX_ROLLBACK,
  TX_ROLLBACK_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { readBody } from '../client/body.ts'
import type { Subscription } from '../ledger/subscription.ts'
import type { Transaction } from '../ledger/transaction.ts'
import type { Holding } from './holdings.ts'
import { Lanes } from './lanes.ts'
import { draft, type Fashion, send } from './publishing.ts'
import type { Session } from './session.ts'

export interface TransactorOptions {
  readonly fashion: Fashion
  /** Whose messages it acks in its transactions. */
  readonly queue: string
  readonly mostPublishes: number
  readonly mostAcks: number
  readonly rollbackShare: number
  /** Transactions that stay open for some turns, with the broker knowing all of them but the end. */
  readonly pauseShare: number
  readonly quota: number
}

const PAUSE_TURNS = 20

/** One transaction after the other: publishes to several queues, and acks. */
export class Transactor {
  readonly #session: Session
  readonly #channel: number
  readonly #options: TransactorOptions
  readonly #lanes: Lanes
  readonly #subscription: Subscription
  #pending: Holding[] = []
  /** What the open transaction acks. */
  #acking: Holding[] = []
  #transaction: Transaction | undefined
  #count = 0

  static async start(session: Session, options: TransactorOptions): Promise<Transactor> {
    const { client } = session
    const channel = await session.channel()
    const transactor = new Transactor(session, channel, options)
    await client.call(channel, TX_SELECT, {}, TX_SELECT_OK)
    client.receive(channel, (method, body) => transactor.#onMethod(method, body))
    client.send(channel, BASIC_QOS, { prefetchCount: options.mostAcks * 2 })
    client.send(channel, BASIC_CONSUME, { queue: options.queue, consumerTag: 'transactor' })
    return transactor
  }

  private constructor(session: Session, channel: number, options: TransactorOptions) {
    this.#session = session
    this.#channel = channel
    this.#options = options
    this.#lanes = new Lanes(session.account)
    this.#subscription = session.account.subscribe(options.queue)
  }

  #onMethod(method: Method, body: Buffer): void {
    switch (method.id) {
      case BASIC_DELIVER:
        this.#onDelivery(method.deliveryTag, method.redelivered, body)
        break
      case BASIC_QOS_OK:
        break
      case BASIC_CONSUME_OK:
        this.#begin()
        break
      case TX_COMMIT_OK:
        this.#transaction?.committed()
        this.#next()
        break
      case TX_ROLLBACK_OK:
        this.#transaction?.rolledBack()
        // What it acked is held as before, and was delivered before what came since.
        this.#pending.unshift(...this.#acking)
        this.#next()
        break
      default:
        throw new Error(`a transactor got the method ${method.id.toString(16)}`)
    }
  }

  #onDelivery(tag: number, redelivered: boolean, body: Buffer): void {
    const { lane, number } = readBody(body)
    const copy = this.#subscription.deliver(lane, number, redelivered)
    this.#pending.push({ tag, copy })
    this.#session.onEvent()
  }

  #next(): void {
    this.#transaction = undefined
    this.#acking = []
    this.#session.onEvent()
    this.#begin()
  }

  #begin(): void {
    if (this.#count === this.#options.quota) return
    this.#count++
    const { random, account } = this.#session
    this.#transaction = account.transaction()
    const publishes = random.between(0, this.#options.mostPublishes)
    for (let count = 0; count < publishes; count++) this.#publish(this.#transaction)
    this.#ack(this.#transaction, random.between(0, this.#options.mostAcks))
    const turns = random.chance(this.#options.pauseShare) ? PAUSE_TURNS : 0
    this.#endAfter(turns)
  }

  #publish(transaction: Transaction): void {
    const { random, client } = this.#session
    const made = draft(random, this.#options.fashion)
    const entry = this.#lanes.publish(made, transaction)
    send(client, this.#channel, entry, made)
  }

  #ack(transaction: Transaction, count: number): void {
    this.#acking = this.#pending.splice(0, count)
    const last = this.#acking.at(-1)
    if (last === undefined) return
    for (const { copy } of this.#acking) if (copy !== undefined) transaction.ack(copy)
    // They are the first ones that the channel holds.
    const fields = { deliveryTag: last.tag, multiple: true }
    this.#session.client.send(this.#channel, BASIC_ACK, fields)
  }

  #endAfter(turns: number): void {
    const { client, random } = this.#session
    if (!client.isOpen) return
    if (turns > 0) {
      setImmediate(() => this.#endAfter(turns - 1))
    } else if (random.chance(this.#options.rollbackShare)) {
      client.send(this.#channel, TX_ROLLBACK)
    } else {
      this.#transaction?.commit()
      client.send(this.#channel, TX_COMMIT)
    }
  }
}
