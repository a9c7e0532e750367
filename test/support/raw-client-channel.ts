// One channel of a raw connection. Sending is chained and never waits; expecting waits for the next
// method on the channel and fails with what came instead.

import { fail } from 'node:assert/strict'
import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  BASIC_PUBLISH,
  type BASIC_RETURN,
  type BasicProperties,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  type FieldTable,
  FRAME_BODY,
  FRAME_METHOD,
  type Method,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import {
  describeMethod,
  type FieldsOf,
  infoOf,
  type MethodOf,
  method,
  tableOf,
} from './raw-client-method.ts'
import type { RawWire } from './raw-client-wire.ts'

/** A method with the message that came behind it. */
export type WithMessage<Id extends number> = MethodOf<Id> & {
  readonly body: string
  readonly properties: BasicProperties
}

export interface Publish extends FieldsOf<typeof BASIC_PUBLISH> {
  readonly body?: string
  readonly headers?: FieldTable | Readonly<Record<string, unknown>>
  readonly properties?: BasicProperties
}

/** What a close says: its reply code, its reply text and the method it names, 0 for none. */
export type Close = readonly [code: number, text: string, methodId: number]

export class RawChannel {
  readonly wire: RawWire
  readonly number: number

  constructor(wire: RawWire, number: number) {
    this.wire = wire
    this.number = number
  }

  send<Id extends Method['id']>(id: Id, fields: FieldsOf<Id> = {}): this {
    this.wire.write(encodeMethodFrame(this.number, method(id, fields)))
    return this
  }

  /** A method frame with exactly these octets after the class and method ids. */
  sendArguments(id: number, octets: Buffer): this {
    const ids = Buffer.alloc(4)
    ids.writeUInt32BE(id)
    this.wire.sendFrame(FRAME_METHOD, this.number, Buffer.concat([ids, octets]))
    return this
  }

  sendHeader(bodySize: number, properties: BasicProperties = {}): this {
    this.wire.write(encodeContentHeaderFrame(this.number, bodySize, properties))
    return this
  }

  sendBody(body: string | Buffer): this {
    this.wire.sendFrame(FRAME_BODY, this.number, Buffer.from(body))
    return this
  }

  publish({ body = '', headers, properties = {}, ...fields }: Publish): this {
    const all = headers === undefined ? properties : { ...properties, headers: tableOf(headers) }
    this.send(BASIC_PUBLISH, fields).sendHeader(Buffer.byteLength(body), all)
    return body === '' ? this : this.sendBody(body)
  }

  /** One publish for each body. */
  publishAll(queue: string, bodies: Iterable<string>): this {
    for (const body of bodies) this.publish({ routingKey: queue, body })
    return this
  }

  async expect<Id extends Method['id']>(id: Id): Promise<MethodOf<Id>> {
    const arrival = await this.wire.next(this.number)
    if (arrival.method.id !== id)
      fail(`expected ${infoOf(id).name}, got ${describeMethod(arrival.method)}`)
    return arrival.method as MethodOf<Id>
  }

  async expectMessage<Id extends typeof BASIC_DELIVER | typeof BASIC_GET_OK | typeof BASIC_RETURN>(
    id: Id,
  ): Promise<WithMessage<Id>> {
    const arrival = await this.wire.next(this.number)
    if (arrival.method.id !== id)
      fail(`expected ${infoOf(id).name}, got ${describeMethod(arrival.method)}`)
    const { properties, body } = arrival
    return { ...(arrival.method as MethodOf<Id>), properties, body: body.toString() }
  }

  /** The next `count` deliveries. */
  async deliveries(count: number): Promise<WithMessage<typeof BASIC_DELIVER>[]> {
    const deliveries = []
    while (deliveries.length < count) deliveries.push(await this.expectMessage(BASIC_DELIVER))
    return deliveries
  }

  /** The bodies of the next `count` deliveries. */
  async bodies(count: number): Promise<string[]> {
    return (await this.deliveries(count)).map(({ body }) => body)
  }

  /** Expects `channel.close` and answers it; the connection must have survived: the number opens again. */
  async expectClose(...[code, text, methodId]: Close): Promise<void> {
    const close = await this.expect(CHANNEL_CLOSE)
    expectSameClose(close, [code, text, methodId])
    await this.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
  }

  /** Everything that the broker had to say on this channel so far has been asked for. */
  async expectNothing(): Promise<void> {
    await this.send(CHANNEL_FLOW, { active: true }).expect(CHANNEL_FLOW_OK)
  }

  /** The counts of a queue. RabbitMQ tells them ahead of messages that it was sent just before. */
  async counts(queue: string): Promise<MethodOf<typeof QUEUE_DECLARE_OK>> {
    return this.send(QUEUE_DECLARE, { queue, passive: true }).expect(QUEUE_DECLARE_OK)
  }

  /** The queue has delivered here all that it could, of all that it is known to have taken. */
  async expectNoDelivery(queue: string): Promise<void> {
    await this.counts(queue)
    await this.expectNothing()
  }

  /** Declares an exclusive queue, server-named unless told otherwise, and gives its name. */
  async declareQueue(fields: FieldsOf<typeof QUEUE_DECLARE> = {}): Promise<string> {
    const ok = await this.send(QUEUE_DECLARE, { exclusive: true, ...fields }).expect(
      QUEUE_DECLARE_OK,
    )
    return ok.queue
  }

  /** Declares an exclusive, server-named queue, bound to the exchange under each of the keys. */
  async declareBoundQueue(exchange: string, ...routingKeys: string[]): Promise<string> {
    const queue = await this.declareQueue()
    for (const routingKey of routingKeys) await this.bind({ queue, exchange, routingKey })
    return queue
  }

  async bind(fields: FieldsOf<typeof QUEUE_BIND>): Promise<void> {
    await this.send(QUEUE_BIND, fields).expect(QUEUE_BIND_OK)
  }

  async consume(queue: string, fields: FieldsOf<typeof BASIC_CONSUME> = {}): Promise<string> {
    const ok = await this.send(BASIC_CONSUME, { queue, ...fields }).expect(BASIC_CONSUME_OK)
    return ok.consumerTag
  }

  /** Gets a message that must be there; it stays unacknowledged. */
  async get(queue: string): Promise<WithMessage<typeof BASIC_GET_OK>> {
    return this.send(BASIC_GET, { queue }).expectMessage(BASIC_GET_OK)
  }

  /** Takes all messages out of the queue and gives their bodies. */
  async drain(queue: string): Promise<string[]> {
    const bodies: string[] = []
    for (;;) {
      const { method: got, body } = await this.send(BASIC_GET, { queue, noAck: true }).wire.next(
        this.number,
      )
      if (got.id === BASIC_GET_EMPTY) return bodies
      if (got.id !== BASIC_GET_OK) fail(`expected basic.get-ok, got ${describeMethod(got)}`)
      bodies.push(body.toString())
    }
  }

  async confirmSelect(): Promise<void> {
    await this.send(CONFIRM_SELECT).expect(CONFIRM_SELECT_OK)
  }

  /** Waits until the broker has acknowledged the `count` publishes up to this one, however grouped. */
  async confirmed(lastTag: number, count: number = lastTag): Promise<void> {
    const tags = Array.from({ length: count }, (_, index) => lastTag - index)
    const open = new Set(tags)
    while (open.size > 0) {
      const { deliveryTag, multiple } = await this.expect(BASIC_ACK)
      for (const tag of tags) {
        if (tag === deliveryTag || (multiple && tag < deliveryTag)) open.delete(tag)
      }
    }
  }
}

export function expectSameClose(
  close: { replyCode: number; replyText: string; classId: number; methodId: number },
  [code, text, methodId]: Close,
): void {
  const nameOf = (id: number) => (id === 0 ? 'no method' : infoOf(id).name)
  const got = `${close.replyCode} ${close.replyText} (${nameOf((close.classId << 16) | close.methodId)})`
  const expected = `${code} ${text} (${nameOf(methodId)})`
  if (got !== expected) fail(`expected a close with\n  ${expected}\ngot\n  ${got}`)
}
