import {
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  type Method,
} from 'amqp-codec'
import { readBody } from '../client/body.ts'
import type { Subscription } from '../ledger/subscription.ts'
import { Holdings } from './holdings.ts'
import type { Session } from './session.ts'

/** What a consumer does besides acking; shares are of deliveries. */
export interface Manners {
  readonly prefetchCount: number
  readonly requeueShare: number
  /** So many of the first ones are never settled. */
  readonly stragglerCount?: number
  /** Kept for a while, so that others overtake them. */
  readonly keepShare: number
  /** After these, everything is requeued at once: by nack or recover, or by closing the channel. */
  readonly upheavalShare: number
  /** After these, it stops consuming and starts again, and still settles what it holds. */
  readonly restartShare: number
}

/** It only acks. */
export const POLITE: Manners = {
  prefetchCount: 100,
  requeueShare: 0,
  keepShare: 0,
  upheavalShare: 0,
  restartShare: 0,
}

/**
 * Consumes a queue and acks, and now and then does something else.
 *
 *     consuming ─ recover ─▶ recovering ─ ok ─▶ consuming
 *               ─ cancel ──▶ cancelling ─ ok, consume ─▶ consuming
 *               ─ close ───▶ closing ─ ok, open ─▶ opening ─ ok, consume ─▶ consuming
 */
export class Consumer {
  readonly #session: Session
  readonly #channel: number
  readonly #queue: string
  readonly #manners: Manners
  readonly #holdings: Holdings
  /** Tags of what is kept for a while, in order. */
  #kept: number[] = []
  readonly #stragglers = new Set<number>()
  #state: 'consuming' | 'recovering' | 'cancelling' | 'closing' | 'opening' = 'consuming'
  /** Of each consumer that the channel has had; the last one is at work. */
  #subscriptions: Subscription[] = []
  #isAckScheduled = false
  #isToEnd = false

  static async start(session: Session, queue: string, manners: Manners): Promise<Consumer> {
    const consumer = new Consumer(session, await session.channel(), queue, manners)
    session.client.receive(consumer.#channel, (method, body) => consumer.#onMethod(method, body))
    consumer.#consume()
    return consumer
  }

  private constructor(session: Session, channel: number, queue: string, manners: Manners) {
    this.#session = session
    this.#channel = channel
    this.#queue = queue
    this.#manners = manners
    this.#holdings = new Holdings(session.client, channel)
  }

  /** Consumes no longer; what has come is still settled. */
  cancel(): void {
    this.#isToEnd = true
    this.#restart()
  }

  #consume(): void {
    const { client, account } = this.#session
    const { prefetchCount } = this.#manners
    this.#state = 'consuming'
    this.#subscriptions.push(account.subscribe(this.#queue))
    client.send(this.#channel, BASIC_QOS, { prefetchCount })
    client.send(this.#channel, BASIC_CONSUME, { queue: this.#queue, consumerTag: this.#tag })
  }

  get #tag(): string {
    return `consumer-${this.#subscriptions.length}`
  }

  get #subscription(): Subscription {
    return this.#subscriptions.at(-1) as Subscription
  }

  #onMethod(method: Method, body: Buffer): void {
    switch (method.id) {
      case BASIC_DELIVER:
        // What was on its way when all was given back is given back as well.
        if (this.#state === 'closing' || this.#state === 'recovering') break
        this.#onDelivery(method.deliveryTag, method.redelivered, body)
        break
      case BASIC_QOS_OK:
      case BASIC_CONSUME_OK:
        break
      case BASIC_RECOVER_OK:
        for (const it of this.#subscriptions) it.left()
        this.#state = 'consuming'
        break
      case BASIC_CANCEL_OK:
        this.#subscription.cancelled()
        if (!this.#isToEnd) this.#consume()
        break
      case CHANNEL_CLOSE_OK:
        for (const it of this.#subscriptions) this.#session.account.unsubscribe(it)
        this.#subscriptions = []
        this.#session.client.send(this.#channel, CHANNEL_OPEN)
        this.#state = 'opening'
        break
      case CHANNEL_OPEN_OK:
        this.#consume()
        break
      default:
        throw new Error(`a consumer got ${JSON.stringify(method)}`)
    }
  }

  #onDelivery(tag: number, redelivered: boolean, body: Buffer): void {
    const { lane, number } = readBody(body)
    const copy = this.#subscription.deliver(lane, number, redelivered)
    this.#holdings.add({ tag, copy })
    this.#session.onEvent()
    this.#decide(tag)
  }

  #decide(tag: number): void {
    const { random } = this.#session
    const { stragglerCount = 0 } = this.#manners
    if (this.#stragglers.size < stragglerCount) return void this.#stragglers.add(tag)
    const { requeueShare, keepShare, upheavalShare, restartShare, prefetchCount } = this.#manners
    if (random.chance(upheavalShare)) return this.#upheave(tag)
    if (random.chance(requeueShare)) return this.#holdings.requeue(tag)
    if (random.chance(restartShare) && this.#state === 'consuming') this.#restart()
    if (random.chance(keepShare)) this.#kept.push(tag)
    // With all of its prefetch kept, it would wait for ever.
    if (this.#kept.length > prefetchCount / 2) this.#holdings.ack(this.#kept.shift() as number)
    this.#scheduleAck()
  }

  #upheave(tag: number): void {
    const { client, random } = this.#session
    // One thing at a time: the answer to another is still to come.
    if (this.#state !== 'consuming') return this.#scheduleAck()
    this.#kept = []
    const way = random.pick(['nack', 'recover', 'close'])
    if (way === 'nack') {
      this.#holdings.requeueUpTo(tag)
      return
    }
    this.#holdings.clear()
    for (const it of this.#subscriptions) it.leaving()
    this.#state = way === 'recover' ? 'recovering' : 'closing'
    if (way === 'recover') client.send(this.#channel, BASIC_RECOVER, { requeue: true })
    else client.send(this.#channel, CHANNEL_CLOSE, { replyCode: 200 })
  }

  #restart(): void {
    this.#state = 'cancelling'
    this.#session.client.send(this.#channel, BASIC_CANCEL, { consumerTag: this.#tag })
  }

  #scheduleAck(): void {
    if (this.#isAckScheduled) return
    this.#isAckScheduled = true
    setImmediate(() => {
      this.#isAckScheduled = false
      // What the broker held for a connection that is over, it may have given to another by now.
      if (this.#session.client.isOpen) this.#ackAll()
    })
  }

  /** Acks all that is not kept, in one or each by itself. */
  #ackAll(): void {
    if (this.#state !== 'consuming' && this.#state !== 'cancelling') return
    const tags = [...this.#holdings.tags].filter((tag) => !this.#stragglers.has(tag))
    const last = tags.at(-1)
    if (last === undefined) return
    const keepsNothing = this.#kept.length + this.#stragglers.size === 0
    if (keepsNothing && this.#session.random.chance(0.8)) {
      this.#holdings.ackUpTo(last)
      return
    }
    const kept = new Set(this.#kept)
    for (const tag of tags) if (!kept.has(tag)) this.#holdings.ack(tag)
  }
}
