import { after, type Clock } from '../base/clock.ts'
import type { Message } from '../message/message.ts'
import type { DeadLetter, DeadLetterReason } from '../queue/queue.ts'

/** Dead letters of the queues of a place that have not arrived yet, which may be in any other place. */
export class LeavingLetters {
  #count = 0
  #onNone: () => void = () => {}

  /** The letter, for those who bring it on its way. */
  follow(letter: DeadLetter): DeadLetter {
    this.#count++
    return new FollowedLetter(letter, this)
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
  readonly #others: LeavingLetters

  constructor(letter: DeadLetter, others: LeavingLetters) {
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
