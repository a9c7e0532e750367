import type { FieldTable, FieldValue } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import { ByteArena } from '../message/byte-arena.ts'
import { memoryBytes } from '../message/memory-bytes.ts'
import type { Message } from '../message/message.ts'
import { invalidHistoryLength } from '../reasons.ts'
import type { Binding, Destination, ExchangeMatcher, MatchSink } from './exchange.ts'

const DEFAULT_LENGTH = 20
/** So much of messages is kept at most, however few these are. */
const MAX_BYTES = 16 * 1024 * 1024
/** RabbitMQ takes no others here. */
const INTEGER_TYPES: ReadonlySet<string> = new Set(['b', 's', 'I', 'l'])

/** Brings a message to a destination, on from there if that is an exchange. */
export type Deliver = (destination: Destination, message: Message) => void

/**
 * `x-recent-history`: every binding matches, and what is newly bound gets the last messages first. They
 * are in memory only. A message with the header `x-recent-history-no-store` is not kept.
 * https://github.com/rabbitmq/rabbitmq-server/tree/main/deps/rabbitmq_recent_history_exchange
 */
export class RecentHistoryMatcher implements ExchangeMatcher {
  /** Every single message must be seen. */
  readonly stable = false
  readonly firstKeyOnly = true
  readonly #length: number
  readonly #deliver: Deliver
  readonly #bindings = new Set<Binding>()
  readonly #messages = new Fifo<Message>()
  readonly #arena = new ByteArena()
  #bytes = 0

  /** Throws 406 for a length that is none. */
  constructor(exchangeArguments: FieldTable, deliver: Deliver) {
    this.#length = historyLength(exchangeArguments.get('x-recent-history-length'))
    this.#deliver = deliver
  }

  add(binding: Binding): void {
    this.#bindings.add(binding)
    // From there they may come here again, and are kept once more.
    for (const message of [...this.#messages]) this.#deliver(binding.destination, message)
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding)
  }

  match(
    _routingKey: string,
    headers: FieldTable | undefined,
    route: MatchSink,
    message?: Message,
  ): void {
    const isKept = headers?.get('x-recent-history-no-store')?.value !== true
    if (message !== undefined && isKept && !route.isTrial) this.#keep(message)
    for (const binding of this.#bindings) route.addBinding(binding)
  }

  delete(): void {
    this.#messages.clear()
    this.#arena.release()
    this.#bytes = 0
  }

  #keep(message: Message): void {
    message.settleIn(this.#arena)
    this.#messages.push(message)
    this.#bytes += memoryBytes(message)
    while (this.#messages.length > this.#length || this.#bytes > MAX_BYTES) {
      this.#bytes -= memoryBytes(this.#messages.shift() as Message)
    }
  }
}

function historyLength(value: FieldValue | undefined): number {
  if (value === undefined) return DEFAULT_LENGTH
  const length = INTEGER_TYPES.has(value.type) ? Number(value.value) : 0
  if (length < 1) throw invalidHistoryLength(value)
  return length
}
