import { decodeProperties, type FieldTable, type FieldValue } from 'amqp-codec'
import type { Turn, TurnTask } from '../base/turn.ts'
import type { QueueDestination } from '../exchange/destination.ts'
import { copyKeys } from '../message/copy-keys.ts'
import type { Message } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import { rewrapped } from '../message/rewritten.ts'

/** Where the copies are published, and nobody else may publish; who gets them gets no copies of that. */
export const TRACE_EXCHANGE = 'amq.rabbitmq.trace'

/** The channel on which a message was published, or is delivered. */
export interface TraceOrigin {
  readonly number: number
  readonly connectionName: string
  readonly username: string
}

export interface FirehoseParts {
  readonly vhost: string
  /** What the broker is called in the copies. */
  readonly node: string
  readonly turn: Turn
  publish(message: Message): void
}

/**
 * Publishes a copy of every message that a vhost's clients publish, with the routing key
 * `publish.EXCHANGE`, and of each that they get, with `deliver.QUEUE`. Copies wait for the end of the
 * turn: a queue that is delivering must not be given what comes of that meanwhile. There is one only
 * while somebody wants it. https://www.rabbitmq.com/docs/firehose
 */
export class Firehose implements TurnTask {
  readonly #parts: FirehoseParts
  #copies: Message[] = []

  constructor(parts: FirehoseParts) {
    this.#parts = parts
  }

  published(
    message: Message,
    routingKeys: readonly string[],
    queues: readonly QueueDestination[],
    origin: TraceOrigin,
  ): void {
    this.#add(`publish.${message.address.exchange}`, message, [
      ...this.#described(message, routingKeys),
      ...this.#originated(origin),
      ['routed_queues', texts(queues.map(({ name }) => name))],
    ])
  }

  delivered(message: Message, queue: string, redelivered: boolean, origin: TraceOrigin): void {
    const { exchange, routingKey } = message.address
    if (exchange === TRACE_EXCHANGE) return
    const routingKeys = [routingKey, ...copyKeys(message.headers)]
    this.#add(`deliver.${queue}`, message, [
      ...this.#described(message, routingKeys),
      ['redelivered', { type: 'I', value: redelivered ? 1 : 0 }],
      ...this.#originated(origin),
    ])
  }

  endTurn(): void {
    const copies = this.#copies
    this.#copies = []
    for (const copy of copies) this.#parts.publish(copy)
  }

  #add(routingKey: string, message: Message, headers: readonly Header[]): void {
    if (this.#copies.length === 0) this.#parts.turn.schedule(this)
    const address = PublishAddress.of(TRACE_EXCHANGE, routingKey)
    this.#copies.push(rewrapped(message, { headers: new Map(headers) }, address))
  }

  #described(message: Message, routingKeys: readonly string[]): Header[] {
    return [
      ['exchange_name', text(message.address.exchange)],
      ['routing_keys', texts(routingKeys)],
      ['properties', { type: 'F', value: propertyTable(message) }],
      ['node', text(this.#parts.node)],
    ]
  }

  #originated({ number, connectionName, username }: TraceOrigin): Header[] {
    return [
      ['vhost', text(this.#parts.vhost)],
      ['connection', text(connectionName)],
      ['channel', { type: 'I', value: number }],
      ['user', text(username)],
    ]
  }
}

type Header = [name: string, value: FieldValue]

const text = (value: string): FieldValue => ({ type: 'S', value })
const texts = (values: readonly string[]): FieldValue => ({ type: 'A', value: values.map(text) })

/** The properties that the message has, by their names with underscores, as RabbitMQ gives them. */
function propertyTable({ buffer, headerStart, headerEnd }: Message): FieldTable {
  const table = new Map<string, FieldValue>()
  for (const [name, value] of Object.entries(decodeProperties(buffer, headerStart, headerEnd))) {
    const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (typeof value === 'string') table.set(key, text(value))
    else if (value instanceof Map) table.set(key, { type: 'F', value })
    else if (value !== undefined) table.set(key, { type: 'I', value: Number(value) | 0 })
  }
  return table
}
