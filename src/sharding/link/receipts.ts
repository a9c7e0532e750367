import { after, type Clock } from '../../base/clock.ts'
import { receivedUpTo } from './datagram.ts'

type Answer = (bytes: Uint8Array) => void

/** An answer speaks for so many datagrams: few enough that the sender's window is never full of them … */
const DATAGRAMS_AN_ANSWER = 4
/** … and for so many bytes … */
const BYTES_AN_ANSWER = 256 * 1024
/** … and is given before long, well before the datagram would be sent again. */
const ANSWER_AFTER_MS = 50

/**
 * Receipts of one link. What one datagram costs two servers and two nodes, its answer costs once more;
 * so several have one, which is that to the last of them.
 */
export class Receipts {
  readonly #clock: Clock
  #upTo = 0
  #answer: Answer | undefined
  #datagrams = 0
  #bytes = 0
  #stopWaiting: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** All up to that number were received, as is to be said in answer to the last one, which has so many bytes. */
  note(upTo: number, bytes: number, answer: Answer): void {
    // The sender waits for the first one, and for whoever hears of something twice or too early.
    const isNext = upTo === this.#upTo + 1 && upTo > 1
    this.#upTo = upTo
    this.#answer = answer
    this.#datagrams++
    this.#bytes += bytes
    const isEnough = this.#datagrams >= DATAGRAMS_AN_ANSWER || this.#bytes >= BYTES_AN_ANSWER
    if (!isNext || isEnough) this.#say()
    else this.#stopWaiting ??= after(this.#clock, ANSWER_AFTER_MS, () => this.#say())
  }

  /** Says nothing any more. */
  close(): void {
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    this.#answer = undefined
  }

  #say(): void {
    const answer = this.#answer
    this.close()
    this.#datagrams = 0
    this.#bytes = 0
    answer?.(receivedUpTo(this.#upTo))
  }
}
