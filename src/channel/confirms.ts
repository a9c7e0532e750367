import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import { type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { TicketListener } from '../message-log/batch.ts'
import type { Ticket } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { MessageCounts } from '../vhost/message-counts.ts'
import type { ChannelOutput, FlushListener } from './channel-output.ts'

/** Publishes, up to a number, with the same outcome. */
interface Run {
  upTo: number
  readonly outcome: PublishOutcome
}

/**
 * Publisher confirms of one channel: numbers the publishes from 1 and reports what became of them, in
 * their order, many with one `basic.ack` when they are safe in the same turn.
 * https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
export class Confirms implements FlushListener, TicketListener {
  readonly #channel: number
  readonly #output: ChannelOutput
  readonly #log: TicketSource | null
  readonly #counts: Pick<MessageCounts, 'confirmed'>
  /** What waits to be stored, and what came behind it. */
  readonly #runs = new Fifo<Run>()
  #lastRun: Run | null = null
  #published = 0
  /** Up to here publishes are safe, and up to there the client knows. */
  #safe = 0
  #confirmed = 0
  #isScheduled = false
  #awaited: Ticket = 0
  #ended = false

  /** What is confirmed is added to `counts`. */
  constructor(
    channel: number,
    output: ChannelOutput,
    log: TicketSource | null,
    counts: Pick<MessageCounts, 'confirmed'> = { confirmed: 0 },
  ) {
    this.#counts = counts
    this.#channel = channel
    this.#output = output
    this.#log = log
  }

  /** Publishes of which the client does not know yet. */
  get unconfirmedCount(): number {
    return this.#published - this.#confirmed
  }

  /** What became of the next publish. */
  published(outcome: PublishOutcome): void {
    this.#published++
    if (this.#lastRun === null && this.#isSafe(outcome)) {
      this.#report(this.#published, outcome)
      return
    }
    if (this.#lastRun?.outcome === outcome) {
      this.#lastRun.upTo = this.#published
    } else {
      this.#lastRun = { upTo: this.#published, outcome }
      this.#runs.push(this.#lastRun)
    }
    if (outcome > this.#awaited) {
      this.#awaited = outcome
      this.#log?.listen(this)
    }
  }

  stored(): void {
    if (this.#ended) return
    for (let run = this.#runs.peek(); run !== undefined; run = this.#runs.peek()) {
      if (!this.#isSafe(run.outcome)) return
      this.#runs.shift()
      this.#report(run.upTo, run.outcome)
    }
    this.#lastRun = null
  }

  /** Sends what is owed. */
  beforeFlush(): void {
    this.#isScheduled = false
    const count = this.#safe - this.#confirmed
    if (count === 0) return
    this.#confirmed = this.#safe
    this.#counts.confirmed += count
    this.#output.method(this.#channel, {
      id: BASIC_ACK,
      deliveryTag: this.#confirmed,
      multiple: count > 1,
    })
  }

  /** Sends what is owed; what is not safe yet is never confirmed. */
  end(): void {
    this.beforeFlush()
    this.#ended = true
  }

  #isSafe(outcome: PublishOutcome): boolean {
    return outcome <= 0 || this.#log === null || outcome <= this.#log.storedTicket
  }

  /** All before `upTo` were reported. */
  #report(upTo: number, outcome: PublishOutcome): void {
    if (outcome === REJECTED) this.#refuse(upTo)
    else this.#safe = upTo
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#output.beforeFlush(this)
  }

  #refuse(upTo: number): void {
    this.beforeFlush()
    while (this.#confirmed < upTo) {
      this.#output.method(this.#channel, {
        id: BASIC_NACK,
        deliveryTag: ++this.#confirmed,
        multiple: false,
        requeue: false,
      })
    }
    this.#safe = upTo
  }
}
