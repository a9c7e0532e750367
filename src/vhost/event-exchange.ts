import { encodeContentHeaderFrame, type FieldTable, fieldTableFromObject } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import type { Details } from '../base/happenings.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import { Message, NO_MORE_RUNS } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import type { Vhost } from './vhost.ts'

/** Where events are published, and nobody else may publish. */
export const EVENT_EXCHANGE = 'amq.rabbitmq.event'

/** What is counted, and is no event in RabbitMQ. */
const UNTOLD: ReadonlySet<string> = new Set(['queue.declared'])
const PERSISTENT = 2

/**
 * Publishes what happens to a broker as messages without a body, whose routing key is what happened and
 * whose headers say to what. While nothing is bound to the exchange, nothing is made of it. Messages wait
 * for the end of the turn, so that what is happening is over by then.
 * https://www.rabbitmq.com/docs/logging#internal-events
 */
export class EventExchange implements TurnTask {
  readonly #vhost: Vhost
  readonly #turn: Turn
  readonly #clock: Clock
  #messages: Message[] = []

  /** The vhost gets the exchange, and what happens from now on is published there. */
  static open(vhost: Vhost, turn: Turn, clock: Clock): void {
    const flags = { durable: true, autoDelete: false, internal: true }
    vhost.exchanges.add(EVENT_EXCHANGE, { type: 'topic', ...flags, arguments: new Map() })
    const events = new EventExchange(vhost, turn, clock)
    vhost.happenings.watcher = (name, details) => events.#happened(name, details)
  }

  private constructor(vhost: Vhost, turn: Turn, clock: Clock) {
    this.#vhost = vhost
    this.#turn = turn
    this.#clock = clock
  }

  #happened(name: string, details: () => Details): void {
    const exchange = this.#vhost.exchanges.find(EVENT_EXCHANGE)
    if (UNTOLD.has(name) || exchange === undefined) return
    if (this.#vhost.bindingsFrom(exchange).length === 0) return
    if (this.#messages.length === 0) this.#turn.schedule(this)
    this.#messages.push(this.#message(name, details()))
  }

  endTurn(): void {
    const messages = this.#messages
    this.#messages = []
    for (const message of messages) this.#vhost.deliver(EVENT_EXCHANGE, message)
  }

  #message(name: string, details: Details): Message {
    const timeMs = Math.floor(this.#clock.wallTime())
    const headers = new Map(tableOf({ ...details, timestamp_in_ms: timeMs }))
    const timestamp = BigInt(Math.floor(timeMs / 1000))
    const properties = { headers, deliveryMode: PERSISTENT, timestamp }
    const frame = encodeContentHeaderFrame(0, 0, properties)
    const address = PublishAddress.of(EVENT_EXCHANGE, name)
    return new Message(address, frame, 0, frame.length, NO_MORE_RUNS)
  }
}

/** Field tables among the details stay what they are. */
function* tableOf(
  details: Details,
): Generator<[string, NonNullable<ReturnType<FieldTable['get']>>]> {
  for (const [name, value] of Object.entries(details)) {
    if (value instanceof Map) yield [name, { type: 'F', value: value as FieldTable }]
    else if (value !== undefined) {
      const field = fieldTableFromObject({ [name]: value } as never).get(name)
      if (field !== undefined) yield [name, field]
    }
  }
}
