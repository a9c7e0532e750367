import { after, type Clock } from '../base/clock.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { DeadLetter, DeadLetterReason } from '../queue/queue.ts'

/** What has left the queues and delays of a place, and has not arrived yet: that may be in any other place. */
export class UnderWay {
  #count = 0
  #onNone: () => void = () => {}

  /** The dead letter, for those who bring it on its way. */
  followLetter(letter: DeadLetter): DeadLetter {
    this.#count++
    return new FollowedLetter(letter, this)
  }

  /** What was published just now, and had that outcome. */
  followPublish(outcome: PublishOutcome, tickets: TicketSource): PublishOutcome {
    if (outcome > ACCEPTED) {
      this.#count++
      tickets.listen({ stored: () => this.arrived() }, outcome)
    }
    return outcome
  }

  arrived(): void {
    if (--this.#count === 0) this.#onNone()
  }

  /** Resolves when all have arrived, or after that time. */
  async whenNone(clock: Clock, patienceMs: number): Promise<void> {
    if (this.#count === 0) return
    let stop = (): void => {}
    await new Promise<void>((resolve) => {
      this.#onNone = resolve
      stop = after(clock, patienceMs, resolve)
    })
    stop()
  }
}

class FollowedLetter implements DeadLetter {
  readonly #letter: DeadLetter
  readonly #others: UnderWay

  constructor(letter: DeadLetter, others: UnderWay) {
    this.#letter = letter
    this.#others = others
  }

  get queueName(): string {
    return this.#letter.queueName
  }

  get message(): Message {
    return this.#letter.message
  }

  get reason(): DeadLetterReason {
    return this.#letter.reason
  }

  get exchange(): string {
    return this.#letter.exchange
  }

  get routingKey(): string | undefined {
    return this.#letter.routingKey
  }

  arrived(): void {
    this.#letter.arrived()
    this.#others.arrived()
  }
}
