import { AmqpError } from '../errors.ts'
import type { QueueNumbers, TakenMessage } from './wire/owner-words.ts'

/** What an owner says to what was asked. */
export interface Answer {
  readonly count: number
  readonly taken?: TakenMessage | undefined
  readonly numbers?: QueueNumbers
}

/** Asks, under that number. */
export type Ask = (request: number) => void

interface Request {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: AmqpError) => void
}

/** What was asked of an owner, and is asked again of the next one until somebody answers. */
export class Requests {
  readonly #open = new Map<number, Request>()
  #last = 0

  /** Rejects with the AmqpError that it is answered with. `isNow`: there is somebody who can be asked. */
  add(ask: Ask, isNow: boolean): Promise<Answer> {
    const request = ++this.#last
    return new Promise((resolve, reject) => {
      this.#open.set(request, { ask, resolve, reject })
      if (isNow) ask(request)
    })
  }

  /** Asks all that was not answered, once more; what is asked meanwhile is not among it. */
  allOfNow(): () => void {
    const open = [...this.#open]
    return () => {
      for (const [request, { ask }] of open) ask(request)
    }
  }

  answer(request: number, answer: Answer): void {
    this.#take(request)?.resolve(answer)
  }

  fail(request: number, replyCode: number, reason: string): void {
    this.#take(request)?.reject(new AmqpError(replyCode, reason))
  }

  failAll(replyCode: number): void {
    for (const request of [...this.#open.keys()]) this.fail(request, replyCode, '')
  }

  #take(request: number): Request | undefined {
    const open = this.#open.get(request)
    this.#open.delete(request)
    return open
  }
}
