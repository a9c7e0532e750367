import { NOT_FOUND } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import { NumberMap } from '../base/number-map.ts'
import { AmqpError } from '../errors.ts'
import { noQueue, queueTimedOut } from '../reasons.ts'
import type { QueueNumbers, TakenMessage } from './wire/owner-words.ts'

/** What an owner says to what was asked. */
export interface Answer {
  readonly count: number
  readonly taken?: TakenMessage | undefined
  readonly numbers?: QueueNumbers
}

/** The queue that is asked about, as errors name it. */
export interface AskedQueue {
  readonly name: string
  readonly vhostName: string
}

export interface Question {
  readonly queue: AskedQueue
  /** Asks, under that number. */
  readonly ask: (request: number) => void
  /** A client waits for the answer, and is not read meanwhile: it is told when that takes too long. */
  readonly isAwaited: boolean
  /** That it is told, though the owner has been asked and may do it yet. */
  readonly onGivenUp?: () => void
  /** An answer that came after that. */
  readonly onLate?: (answer: Answer) => void
}

interface Request extends Question {
  readonly sinceMs: number
  /** Whether the owner of now has heard of it. */
  isAsked: boolean
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: AmqpError) => void
}

/** Nobody is to wait much longer than a majority may be away. */
const PATIENCE_MS = 30_000
const LOOK_MS = 1000

/** What was asked of an owner, and is asked again of the next one until somebody answers. */
export class Requests {
  readonly #clock: Clock
  readonly #open = new NumberMap<Request>()
  /** Those that the owner of now may answer, though nobody waits for it any more. */
  readonly #givenUp = new Map<number, (answer: Answer) => void>()
  #last = 0
  #stopLooking: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isEmpty(): boolean {
    return this.#open.size === 0
  }

  /** Rejects with the AmqpError that it is answered with. `isNow`: there is somebody who can be asked. */
  add(question: Question, isNow: boolean): Promise<Answer> {
    const request = ++this.#last
    const sinceMs = this.#clock.now()
    return new Promise((resolve, reject) => {
      this.#open.set(request, { ...question, sinceMs, isAsked: isNow, resolve, reject })
      if (question.isAwaited) {
        this.#stopLooking ??= this.#clock.every(LOOK_MS, () => this.#giveUpOld())
      }
      if (isNow) question.ask(request)
    })
  }

  /** Who was asked answers nothing any more. */
  ownerChanged(): void {
    this.#givenUp.clear()
    for (const request of this.#open.values()) request.isAsked = false
  }

  /** Asks all that was not answered, once more; what is asked meanwhile is not among it. */
  allOfNow(): () => void {
    const open = this.#open.entries()
    return () => {
      for (const [request, question] of open) {
        question.isAsked = true
        question.ask(request)
      }
    }
  }

  answer(request: number, answer: Answer): void {
    const onLate = this.#givenUp.get(request)
    this.#givenUp.delete(request)
    onLate?.(answer)
    this.#take(request)?.resolve(answer)
  }

  fail(request: number, replyCode: number, reason: string): void {
    this.#givenUp.delete(request)
    const open = this.#take(request)
    if (open === undefined) return
    const { name, vhostName } = open.queue
    // What the queue is called, the owner does not know.
    const isUnknown = replyCode === NOT_FOUND && reason === ''
    open.reject(isUnknown ? noQueue(name, vhostName) : new AmqpError(replyCode, reason))
  }

  /** There is no such queue; without one, there are none at all. */
  failAll(queue?: AskedQueue): void {
    for (const [request, open] of this.#open.entries()) {
      if (queue === undefined || open.queue === queue) this.fail(request, NOT_FOUND, '')
    }
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#open.clear()
    this.#lookNoMore()
  }

  #giveUpOld(): void {
    const oldestMs = this.#clock.now() - PATIENCE_MS
    for (const [request, open] of this.#open.entries()) {
      if (!open.isAwaited || open.sinceMs > oldestMs) continue
      this.#take(request)
      if (open.isAsked) {
        if (open.onLate !== undefined) this.#givenUp.set(request, open.onLate)
        open.onGivenUp?.()
      }
      open.reject(queueTimedOut(open.queue.name, open.queue.vhostName))
    }
  }

  #take(request: number): Request | undefined {
    const open = this.#open.take(request)
    if (this.#open.size === 0) this.#lookNoMore()
    return open
  }

  #lookNoMore(): void {
    this.#stopLooking?.()
    this.#stopLooking = undefined
  }
}
