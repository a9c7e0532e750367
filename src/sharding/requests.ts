import type { Clock } from '../base/clock.ts'
import { AmqpError } from '../errors.ts'
import { ownerInaccessible } from '../reasons.ts'
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
  readonly sinceMs: number
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: AmqpError) => void
}

/** A client that waits for an answer is not read, so nobody is to wait much longer than a majority may be away. */
const PATIENCE_MS = 30_000
const LOOK_MS = 1000

/** What was asked of an owner, and is asked again of the next one until somebody answers. */
export class Requests {
  readonly #clock: Clock
  readonly #open = new Map<number, Request>()
  #last = 0
  #stopLooking: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** There is nobody who could answer: who has waited for too long is told so. */
  pause(): void {
    this.#stopLooking ??= this.#clock.every(LOOK_MS, () => this.#giveUpOld())
  }

  resume(): void {
    this.#stopLooking?.()
    this.#stopLooking = undefined
  }

  /** Rejects with the AmqpError that it is answered with. `isNow`: there is somebody who can be asked. */
  add(ask: Ask, isNow: boolean): Promise<Answer> {
    const request = ++this.#last
    return new Promise((resolve, reject) => {
      this.#open.set(request, { sinceMs: this.#clock.now(), ask, resolve, reject })
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

  #giveUpOld(): void {
    const oldestMs = this.#clock.now() - PATIENCE_MS
    for (const [request, { sinceMs }] of [...this.#open]) {
      if (sinceMs <= oldestMs) this.#take(request)?.reject(ownerInaccessible())
    }
  }

  #take(request: number): Request | undefined {
    const open = this.#open.get(request)
    this.#open.delete(request)
    return open
  }
}
