import type { Socket } from 'node:net'
import type { FrameParser } from 'amqp-codec'
import type { Turn, TurnTask } from '../base/turn.ts'

/** How much of one socket is read in one turn of the event loop. */
const BUDGET_BYTES = 512 * 1024

/**
 * A publish has come while the broker is short of something; what comes next depends on an answer
 * that is not there yet; or the peer does not read what it asked for.
 */
export type ReadHold = 'publish' | 'answer' | 'outbox'

export interface ReadBudgetOptions {
  readonly socket: Socket
  readonly turn: Turn
  readonly parser: FrameParser
  /** Goes on with the frames that were held back. */
  readonly resumeFrames: () => void
}

/**
 * When a connection is read, and when not.
 *
 * The budget keeps one busy publisher from holding up everybody else: libuv reads a full socket up to
 * 32 times in a row, two megabytes, before it looks at the next one. Over it, reading waits for the
 * next turn. Holds last until they are released; but for a peer that does not read, they also keep
 * back the frames that have come already.
 */
export class ReadBudget implements TurnTask {
  readonly #socket: Socket
  readonly #turn: Turn
  readonly #parser: FrameParser
  readonly #resumeFrames: () => void
  #turnNumber = -1
  #bytes = 0
  /** Why nothing is to be read, for as long as there is a reason. */
  readonly #holds = new Set<ReadHold>()
  #waiting = false

  constructor({ socket, turn, parser, resumeFrames }: ReadBudgetOptions) {
    this.#socket = socket
    this.#turn = turn
    this.#parser = parser
    this.#resumeFrames = resumeFrames
  }

  spend(bytes: number): void {
    if (this.#turnNumber !== this.#turn.number) {
      this.#turnNumber = this.#turn.number
      this.#bytes = 0
    }
    this.#bytes += bytes
    if (this.#bytes < BUDGET_BYTES || this.#waiting) return
    this.#waiting = true
    this.#socket.pause()
    this.#turn.schedule(this)
  }

  endTurn(): void {
    this.#waiting = false
    this.#resume()
  }

  /** Reads nothing until all holds are released. */
  hold(reason: ReadHold): void {
    this.#holds.add(reason)
    this.#socket.pause()
    if (reason !== 'outbox') this.#parser.pause()
  }

  isHeld(reason: ReadHold): boolean {
    return this.#holds.has(reason)
  }

  release(reason: ReadHold): void {
    if (!this.#holds.delete(reason)) return
    this.#resume()
    if (!this.isHeld('publish') && !this.isHeld('answer')) this.#resumeFrames()
  }

  #resume(): void {
    if (this.#holds.size === 0 && !this.#waiting) this.#socket.resume()
  }
}
