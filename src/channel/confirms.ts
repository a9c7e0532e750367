import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { TicketListener } from '../message-log/batch.ts'
import { outcomeNow, type TicketSource } from '../message-log/ticket-source.ts'
import type { MessageCounts } from '../vhost/message-counts.ts'
import type { PublishCounts } from '../vhost/message-pairs.ts'
import type { ChannelOutput, FlushListener } from './channel-output.ts'
import { ConfirmCounts } from './confirm-counts.ts'

/** Publishes, up to a number, with the same outcome: that of a ticket is found out when it is known. */
class Run implements TicketListener {
  upTo: number
  outcome: PublishOutcome
  readonly #log: TicketSource | null
  readonly #onKnown: () => void

  constructor(
    upTo: number,
    outcome: PublishOutcome,
    log: TicketSource | null,
    onKnown: () => void,
  ) {
    this.upTo = upTo
    this.outcome = outcome
    this.#log = log
    this.#onKnown = onKnown
  }

  stored(): void {
    this.outcome = outcomeNow(this.#log, this.outcome)
    this.#onKnown()
  }
}

/**
 * Publisher confirms of one channel: numbers the publishes from 1 and reports what became of them, in
 * their order, many with one `basic.ack` when they are safe in the same turn.
 * https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
export class Confirms implements FlushListener {
  readonly #channel: number
  readonly #output: ChannelOutput
  readonly #log: TicketSource | null
  readonly #counts: Pick<MessageCounts, 'confirmed'>
  /** What waits to be known, and what came behind it. */
  readonly #runs = new Fifo<Run>()
  #lastRun: Run | null = null
  readonly #countsByExchange = new ConfirmCounts()
  #lastCounts: PublishCounts | null = null
  #published = 0
  /** Up to here publishes are safe, and up to there the client knows. */
  #safe = 0
  #confirmed = 0
  #isScheduled = false
  #ended = false
  readonly #onKnown = (): void => this.#goOn()

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

  /** What became of the next publish, and where it is counted when it is confirmed. */
  published(outcome: PublishOutcome, counts: PublishCounts): void {
    if (counts !== this.#lastCounts) this.#turnTo(counts)
    this.#published++
    if (this.#lastRun?.outcome === outcome) {
      this.#lastRun.upTo = this.#published
      return
    }
    const known = outcomeNow(this.#log, outcome)
    if (this.#lastRun === null && known <= ACCEPTED) {
      this.#report(this.#published, known)
      return
    }
    const run = new Run(this.#published, known, this.#log, this.#onKnown)
    this.#lastRun = run
    this.#runs.push(run)
    if (known > ACCEPTED) this.#log?.listen(run, known)
  }

  /** Sends what is owed. */
  beforeFlush(): void {
    this.#isScheduled = false
    const count = this.#safe - this.#confirmed
    if (count === 0) return
    this.#confirmed = this.#safe
    this.#counts.confirmed += count
    this.#countsByExchange.confirmed(this.#confirmed)
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

  /** Something that was waited for is known: perhaps what all waits for. */
  #goOn(): void {
    if (this.#ended) return
    for (let run = this.#runs.peek(); run !== undefined; run = this.#runs.peek()) {
      if (run.outcome > ACCEPTED) return
      this.#runs.shift()
      this.#report(run.upTo, run.outcome)
    }
    this.#lastRun = null
  }

  /** All before `upTo` were reported. */
  #report(upTo: number, outcome: PublishOutcome): void {
    if (outcome === REJECTED) this.#refuse(upTo)
    else this.#safe = upTo
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#output.beforeFlush(this)
  }

  /** The next publish goes to another exchange than the one before. */
  #turnTo(counts: PublishCounts): void {
    this.#lastCounts = counts
    this.#countsByExchange.turn(this.#published, counts)
  }

  #refuse(upTo: number): void {
    this.beforeFlush()
    this.#countsByExchange.refused(upTo)
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
