import type { FieldTable } from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import { Exchange, type ExchangeProperties, type KeptMessages } from '../exchange/exchange.ts'
import {
  inequivalentExchange,
  invalidArgumentType,
  noExchange,
  notOnDefaultExchange,
  reservedExchangeName,
  unknownExchangeType,
} from '../reasons.ts'
import { assertSameArgument, assertSameFlag, type Inequivalence } from './equivalence.ts'
import type { ExchangeMatchers } from './exchange-matchers.ts'

const NO_ARGUMENTS: FieldTable = new Map()

/** Spec §3.1.3 asks for the first two; the others are RabbitMQ's. */
const PREDECLARED = [
  ['amq.direct', 'direct', false],
  ['amq.fanout', 'fanout', false],
  ['amq.topic', 'topic', false],
  ['amq.headers', 'headers', false],
  ['amq.match', 'headers', false],
  ['amq.rabbitmq.trace', 'topic', true],
] as const

/** A vhost's exchanges by name: how they come to be, and what makes two declarations equal. */
export class ExchangeRegistry {
  readonly #vhostName: string
  readonly #matchers: ExchangeMatchers
  readonly #exchanges = new Map<string, Exchange>()

  constructor(vhostName: string, defaultExchange: Exchange, matchers: ExchangeMatchers) {
    this.#vhostName = vhostName
    this.#matchers = matchers
    this.#exchanges.set('', defaultExchange)
    for (const [name, type, internal] of PREDECLARED) {
      this.add(name, {
        type,
        durable: true,
        autoDelete: false,
        internal,
        arguments: NO_ARGUMENTS,
      })
    }
  }

  find(name: string): Exchange | undefined {
    return this.#exchanges.get(name)
  }

  /** Throws 404. */
  get(name: string): Exchange {
    const exchange = this.#exchanges.get(name)
    if (exchange === undefined) throw noExchange(name, this.#vhostName)
    return exchange
  }

  /** As `get`, but not for the default exchange, which cannot be declared. Throws 403 and 404. */
  getNamed(name: string): Exchange {
    if (name === '') throw notOnDefaultExchange()
    return this.get(name)
  }

  values(): IterableIterator<Exchange> {
    return this.#exchanges.values()
  }

  /** Whether it was created; throws 403 or 406 in RabbitMQ's order of checks. */
  declare(name: string, properties: ExchangeProperties, access: Access): boolean {
    if (!this.#matchers.has(properties.type)) throw unknownExchangeType(properties.type)
    if (name === '') throw notOnDefaultExchange()
    access.check('configure', 'exchange', name)
    const existing = this.#exchanges.get(name)
    if (existing !== undefined) {
      this.#assertEquivalent(existing, properties)
      return false
    }
    if (name.startsWith('amq.')) throw reservedExchangeName(name)
    const alternate = properties.arguments.get('alternate-exchange')
    if (alternate !== undefined && alternate.type !== 'S') {
      throw invalidArgumentType('alternate-exchange', alternate, 'exchange', name, this.#vhostName)
    }
    if (alternate !== undefined) {
      access.check('read', 'exchange', name)
      access.check('write', 'exchange', alternate.value)
    }
    this.add(name, properties)
    return true
  }

  /**
   * Makes an exchange without looking at its name; `kept` is where its messages were before. Throws
   * for an unknown type, and for arguments that it cannot have.
   */
  add(name: string, properties: ExchangeProperties, kept?: KeptMessages): void {
    const matcher = this.#matchers.create(name, properties, kept)
    this.#exchanges.set(name, new Exchange(name, properties, matcher))
  }

  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange.name)
    exchange.matcher.delete?.()
  }

  #assertEquivalent(current: Exchange, received: ExchangeProperties): void {
    const fail: Inequivalence = (property, a, b) =>
      inequivalentExchange(property, current.name, this.#vhostName, a, b)
    assertSameFlag('type', received.type, current.type, fail)
    assertSameFlag('durable', received.durable, current.durable, fail)
    assertSameFlag('auto_delete', received.autoDelete, current.autoDelete, fail)
    assertSameFlag('internal', received.internal, current.internal, fail)
    assertSameArgument('alternate-exchange', received.arguments, current.arguments, fail)
  }
}
