// A channel as a scenario has it. Each step is written down; a step that has an answer waits for it.
// A channel that the broker has closed is opened again by the next step.

import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CONSUME,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_OK,
  BASIC_NACK,
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_REJECT,
  type BasicProperties,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  CONFIRM_SELECT,
  EXCHANGE_BIND,
  EXCHANGE_DECLARE,
  EXCHANGE_DELETE,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  type FieldTable,
  type Method,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_PURGE,
} from 'amqp-codec'
import { type FieldsOf, infoOf, method } from '../../../test/support/raw-client-method.ts'
import { Confirms } from './confirms.ts'
import { describeContent } from './describe-frame.ts'
import type { Link } from './link.ts'
import { tableWith } from './typed.ts'
import { Watch } from './watch.ts'
import { type Arrival, isClose } from './wire.ts'

/** Its values are plain, or `typed`. */
export type Table = Readonly<Record<string, unknown>>

/** The properties of a message; headers may be a plain object. */
export type Properties = Omit<BasicProperties, 'headers'> & {
  readonly headers?: Table | FieldTable
}

type Some<Id extends Method['id']> = FieldsOf<Id>

const FRAME_MAX = 131072

export class Channel {
  readonly link: Link
  readonly number: number
  /** Of what was delivered here since it was opened. */
  lastDeliveryTag = 0
  #isOpen = false
  readonly #confirms = new Confirms()
  readonly #watch: Watch

  constructor(link: Link, number: number) {
    this.link = link
    this.number = number
    this.#watch = new Watch(link, number)
  }

  async send<Id extends Method['id']>(id: Id, fields: Some<Id> = {}): Promise<void> {
    await this.open()
    await this.link.send(this.number, method(id, fields))
  }

  /** Sends a method and takes everything up to its answer, or to what comes instead. */
  async call<Id extends Method['id']>(id: Id, fields: Some<Id> = {}): Promise<Arrival | undefined> {
    await this.send(id, fields)
    const { responses, name } = infoOf(id)
    for (;;) {
      const arrival = await this.next(`the answer to ${name}`)
      if (arrival === undefined || isClose(arrival)) return undefined
      if (responses.includes(arrival.method.id)) return arrival
    }
  }

  /** The next `count` that the broker says here. */
  async receive(count = 1): Promise<(Arrival | undefined)[]> {
    const arrivals: (Arrival | undefined)[] = []
    while (arrivals.length < count) {
      arrivals.push(await this.next(`${arrivals.length + 1} of ${count}`))
    }
    return arrivals
  }

  /** Takes all that the broker had to say here so far. */
  async quiet(): Promise<void> {
    if (this.link.isOver) return
    await this.open()
    await this.link.write(encodeMethodFrame(this.number, method(CHANNEL_FLOW, { active: true })))
    for (;;) {
      const arrival = await this.next('quiet', CHANNEL_FLOW_OK)
      if (arrival === undefined || isClose(arrival)) return
    }
  }

  /** The next that the broker says here; undefined when it is over, or for a method not to tell of. */
  async next(what: string, unless = 0): Promise<Arrival | undefined> {
    for (;;) {
      const arrival = await this.link.next(this.number, what)
      if (arrival === undefined || arrival.method.id === unless) return undefined
      if (this.#confirms.take(arrival.method)) continue
      this.#note(arrival)
      if (arrival.method.id === CHANNEL_CLOSE) await this.#closed()
      return arrival
    }
  }

  /** Nobody has closed it, and a step has opened it. */
  get isOpen(): boolean {
    return this.#isOpen && !this.link.isOver
  }

  async open(): Promise<void> {
    if (this.#isOpen || this.link.isOver) return
    await this.link.openChannel(this.number)
    this.#isOpen = true
  }

  /** Gives the name of the queue. */
  async queue(
    queue: string,
    args: Table = {},
    flags: Some<typeof QUEUE_DECLARE> = {},
  ): Promise<string> {
    const ok = await this.call(QUEUE_DECLARE, { queue, arguments: tableWith(args), ...flags })
    return ok?.method.id === QUEUE_DECLARE_OK ? ok.method.queue : ''
  }

  async count(queue: string): Promise<void> {
    await this.call(QUEUE_DECLARE, { queue, passive: true })
  }

  /** Waits until the queue has so many messages ready. */
  async holds(queue: string, count: number): Promise<void> {
    await this.#watch.holds(queue, count)
  }

  /** Waits until the queue is gone, and leaves no trace in it while it is there but messages. */
  async gone(queue: string): Promise<void> {
    await this.#watch.gone(queue)
  }

  async exchange(
    exchange: string,
    type: string,
    args: Table = {},
    flags: Some<typeof EXCHANGE_DECLARE> = {},
  ): Promise<void> {
    await this.call(EXCHANGE_DECLARE, { exchange, type, arguments: tableWith(args), ...flags })
  }

  async bind(queue: string, exchange: string, routingKey = '', args: Table = {}): Promise<void> {
    await this.call(QUEUE_BIND, { queue, exchange, routingKey, arguments: tableWith(args) })
  }

  async bindExchange(destination: string, source: string, routingKey = ''): Promise<void> {
    await this.call(EXCHANGE_BIND, { destination, source, routingKey })
  }

  async remove(queue: string, flags: Some<typeof QUEUE_DELETE> = {}): Promise<Arrival | undefined> {
    return this.call(QUEUE_DELETE, { queue, ...flags })
  }

  async removeExchange(exchange: string, flags: Some<typeof EXCHANGE_DELETE> = {}): Promise<void> {
    await this.call(EXCHANGE_DELETE, { exchange, ...flags })
  }

  async purge(queue: string): Promise<void> {
    await this.call(QUEUE_PURGE, { queue })
  }

  async publish(
    exchange: string,
    routingKey: string,
    body: string | Buffer = '',
    properties: Properties = {},
    flags: Some<typeof BASIC_PUBLISH> = {},
  ): Promise<void> {
    const { headers, ...rest } = properties
    const all = headers === undefined ? rest : { ...rest, headers: tableWith(headers) }
    const octets = Buffer.from(body)
    await this.open()
    const sent = method(BASIC_PUBLISH, { exchange, routingKey, ...flags })
    await this.link.send(this.number, sent, ` ${describeContent(all, octets)}`)
    await this.link.write(encodeContentHeaderFrame(this.number, octets.length, all))
    await this.link.write(encodeBodyFrames(this.number, octets, FRAME_MAX))
    this.#confirms.published()
  }

  /** Publishes each of the bodies to the queue. */
  async put(queue: string, ...bodies: string[]): Promise<void> {
    for (const body of bodies) await this.publish('', queue, body)
  }

  async confirmSelect(): Promise<void> {
    await this.call(CONFIRM_SELECT)
    this.#confirms.select()
  }

  /** Waits until every publish so far is confirmed, one way or the other, and says which. */
  async confirmed(): Promise<void> {
    if (!this.#confirms.isWaiting) return
    while (this.#confirms.isWaiting) {
      const arrival = await this.link.next(this.number, 'confirms')
      if (arrival === undefined) return
      if (this.#confirms.take(arrival.method)) continue
      this.#note(arrival)
      if (arrival.method.id === CHANNEL_CLOSE) await this.#closed()
      if (isClose(arrival)) return
    }
    this.link.note(this.number, '<', this.#confirms.summary())
  }

  async consume(queue: string, fields: Some<typeof BASIC_CONSUME> = {}): Promise<void> {
    await this.call(BASIC_CONSUME, { queue, consumerTag: 'c', ...fields })
  }

  async cancel(consumerTag = 'c'): Promise<void> {
    await this.call(BASIC_CANCEL, { consumerTag })
  }

  async get(queue: string, noAck = false): Promise<Arrival | undefined> {
    return this.call(BASIC_GET, { queue, noAck })
  }

  /** Gets messages until there are none, without a need to acknowledge them. */
  async drain(queue: string): Promise<void> {
    while ((await this.get(queue, true))?.method.id === BASIC_GET_OK);
  }

  /** The same in silence: for messages of which a scenario has its own things to say. */
  async collect(queue: string): Promise<string[]> {
    const bodies: string[] = []
    for (;;) {
      const get = method(BASIC_GET, { queue, noAck: true })
      await this.link.write(encodeMethodFrame(this.number, get))
      const { message } = (await this.link.next(this.number, 'basic.get-ok')) ?? {}
      if (message === undefined) return bodies
      bodies.push(message.body.toString())
    }
  }

  /** The counts of a queue, in silence; what comes before them is taken as ever. */
  async ask(queue: string): Promise<Method | undefined> {
    const passive = method(QUEUE_DECLARE, { queue, passive: true })
    await this.link.write(encodeMethodFrame(this.number, passive))
    for (;;) {
      const arrival = await this.link.next(this.number, 'counts')
      if (arrival?.method.id === QUEUE_DECLARE_OK) return arrival.method
      if (arrival === undefined) return undefined
      if (this.#confirms.take(arrival.method)) continue
      this.#note(arrival)
      if (arrival.method.id === CHANNEL_CLOSE) await this.#closed()
      if (isClose(arrival)) return undefined
    }
  }

  async ack(deliveryTag: number, multiple = false): Promise<void> {
    await this.send(BASIC_ACK, { deliveryTag, multiple })
  }

  async nack(deliveryTag: number, fields: Some<typeof BASIC_NACK> = {}): Promise<void> {
    await this.send(BASIC_NACK, { deliveryTag, ...fields })
  }

  async reject(deliveryTag: number, requeue = false): Promise<void> {
    await this.send(BASIC_REJECT, { deliveryTag, requeue })
  }

  async prefetch(prefetchCount: number, global = false): Promise<void> {
    await this.call(BASIC_QOS, { prefetchCount, global })
  }

  #note(arrival: Arrival): void {
    const { method: arrived } = arrival
    if (arrived.id === BASIC_DELIVER || arrived.id === BASIC_GET_OK)
      this.lastDeliveryTag = arrived.deliveryTag
    this.link.noteArrival(arrival)
  }

  async #closed(): Promise<void> {
    await this.link.write(encodeMethodFrame(this.number, method(CHANNEL_CLOSE_OK, {})))
    this.#isOpen = false
    this.lastDeliveryTag = 0
    this.#confirms.reset()
  }
}
