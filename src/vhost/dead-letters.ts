import type { FieldTable } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import { Fifo } from '../base/fifo.ts'
import type { Logger } from '../base/logger.ts'
import { ACCEPTED, type PublishOutcome, type QueueDestination } from '../exchange/destination.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Route } from '../exchange/route.ts'
import { copyKeys } from '../message/copy-keys.ts'
import { isDeathCycle } from '../message/death.ts'
import { DeathWriter } from '../message/death-writer.ts'
import type { Message } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { DeadLetter } from '../queue/queue.ts'

export interface DeadLettersParts {
  readonly clock: Clock
  readonly logger: Logger
  /**
   * By which it is known when a message is safe in the queues it came to, where these are on many nodes. Null
   * where all is in one log, which stores it together with what is noted in the same turn.
   */
  readonly tickets: TicketSource | null
  findExchange(name: string): Exchange | undefined
  route(
    exchange: Exchange,
    keys: readonly string[],
    headers: FieldTable | undefined,
    message: Message,
  ): Route
}

/**
 * So many may follow from one message, and what is more is lost: queues that each drop what they get, and
 * that are all bound to the exchange for dead letters, make a message of every order of theirs.
 */
const MOST_LETTERS = 4096

/**
 * Publishes messages again that leave their queues, at once, so that both is stored together; or so that they
 * leave when they have arrived, where that may be on another node. One that makes another queue drop a message is followed by that one, however long such a chain is.
 * https://www.rabbitmq.com/docs/dlx
 */
export class DeadLetters {
  readonly #parts: DeadLettersParts
  readonly #letters = new Fifo<DeadLetter>()
  readonly #writer = new DeathWriter()
  #isPublishing = false
  /** Where the last one went, and where it had been sent before: mostly the next one is the same. */
  #address = PublishAddress.of('', '')
  #addressBefore: PublishAddress | undefined

  constructor(parts: DeadLettersParts) {
    this.#parts = parts
  }

  publish(letter: DeadLetter): void {
    this.#letters.push(letter)
    if (this.hold()) this.release()
  }

  /**
   * Keeps back what dies from now on, until `release`: a message comes to all its queues before what these
   * give up because of it. False when that is so already, and somebody else is going to release it.
   */
  hold(): boolean {
    if (this.#isPublishing) return false
    this.#isPublishing = true
    return true
  }

  release(): void {
    const letter = this.#letters.peek()
    let count = 0
    for (let next = this.#letters.shift(); next !== undefined; next = this.#letters.shift()) {
      if (count++ < MOST_LETTERS) this.#tryToPublish(next)
      else next.arrived()
    }
    this.#isPublishing = false
    if (letter === undefined || count <= MOST_LETTERS) return
    const fields = { queue: letter.queueName, exchange: letter.exchange }
    this.#parts.logger.error(fields, 'Too many dead letters followed from one: the last are lost')
  }

  /** Brings a message to all these queues; dead letters that follow from that come behind. */
  deliver(queues: readonly QueueDestination[], message: Message): PublishOutcome {
    let joined: PublishOutcome = ACCEPTED
    const isHeld = this.hold()
    try {
      for (const queue of queues) joined = this.#arrivalIn(joined, queue.publish(message))
    } finally {
      if (isHeld) this.release()
    }
    return joined
  }

  /** What becomes of it in one queue more, where somebody has to wait for that. */
  #arrivalIn(before: PublishOutcome, outcome: PublishOutcome): PublishOutcome {
    const { tickets } = this.#parts
    return tickets === null || outcome <= ACCEPTED ? before : tickets.joined(before, outcome)
  }

  /** Nobody waits for it who could be told: queues drop messages when time is over. */
  #tryToPublish(letter: DeadLetter): void {
    const { tickets } = this.#parts
    let outcome: PublishOutcome = ACCEPTED
    try {
      outcome = this.#publish(letter)
    } catch (error) {
      const { queueName, exchange } = letter
      const fields = { err: error, queue: queueName, exchange }
      this.#parts.logger.error(fields, 'A dead letter could not be published, and is lost')
    }
    if (tickets === null || outcome <= ACCEPTED) letter.arrived()
    else tickets.listen({ stored: () => letter.arrived() }, outcome)
  }

  /** What becomes of it, as far as that has to be known. */
  #publish(letter: DeadLetter): PublishOutcome {
    const { queueName, message, reason, exchange, routingKey } = letter
    const parts = this.#parts
    const source = parts.findExchange(exchange)
    if (source === undefined) return ACCEPTED
    const key = routingKey ?? message.address.routingKey
    const timeSec = Math.floor(parts.clock.wallTime() / 1000)
    const death = { queueName, reason, timeSec }
    const address = this.#addressOf(letter)
    const dead = this.#writer.write(message, death, address, routingKey !== undefined)
    const { headers } = dead
    const keys = [key, ...copyKeys(headers)]
    let joined: PublishOutcome = ACCEPTED
    for (const queue of parts.route(source, keys, headers, dead.message).queues) {
      if (reason !== 'rejected' && isDeathCycle(headers, queue.name)) continue
      joined = this.#arrivalIn(joined, queue.publish(dead.message))
    }
    return joined
  }

  #addressOf({ message, exchange, routingKey }: DeadLetter): PublishAddress {
    const last = this.#address
    const isKeyKept = routingKey === undefined
    const isSameKey = isKeyKept
      ? this.#addressBefore === message.address
      : this.#addressBefore === undefined && last.routingKey === routingKey
    if (isSameKey && last.exchange === exchange) return last
    this.#addressBefore = isKeyKept ? message.address : undefined
    this.#address = isKeyKept
      ? message.address.at(exchange)
      : PublishAddress.of(exchange, routingKey)
    return this.#address
  }
}
