import type { Socket } from 'node:net'
import type { Turn, TurnTask } from '../base/turn.ts'

/** How much of one socket is read in one turn of the event loop. */
const BUDGET_BYTES = 512 * 1024

/** The broker is short of a resource; or the peer does not read what it asked for. */
export type ReadHold = 'alarm' | 'outbox'

/**
 * Keeps one busy publisher from holding up everybody else: libuv reads a full socket up to 32 times
 * in a row, two megabytes, before it looks at the next one. Over the budget, reading waits for the
 * next turn.
 */
export class ReadBudget implements TurnTask {
  readonly #socket: Socket
  readonly #turn: Turn
  #turnNumber = -1
  #bytes = 0
  /** Why nothing is to be read, for as long as there is a reason. */
  readonly #holds = new Set<ReadHold>()
  #waiting = false

  constructor(socket: Socket, turn: Turn) {
    this.#socket = socket
    this.#turn = turn
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
  }

  isHeld(reason: ReadHold): boolean {
    return this.#holds.has(reason)
  }

  release(reason: ReadHold): void {
    if (this.#holds.delete(reason)) this.#resume()
  }

  #resume(): void {
    if (this.#holds.size === 0 && !this.#waiting) this.#socket.resume()
  }
}
