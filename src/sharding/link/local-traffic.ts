import { after, type Clock } from '../../base/clock.ts'
import type { BatchTraffic, OnAnswer, OnMessage } from './batch-traffic.ts'

/**
 * Reaches what listens in this process in the next turn of the event loop, without a copy; all else goes
 * by other traffic.
 */
export class LocalTraffic implements BatchTraffic {
  readonly #others: BatchTraffic
  readonly #clock: Clock
  readonly #listeners = new Map<string, OnMessage>()

  constructor(others: BatchTraffic, clock: Clock) {
    this.#others = others
    this.#clock = clock
  }

  get maxPayloadBytes(): number {
    return this.#others.maxPayloadBytes
  }

  send(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void {
    if (!this.#listeners.has(address)) this.#others.send(address, payload, timeoutMs, onAnswer)
    else setImmediate(deliver, this, address, payload, timeoutMs, onAnswer)
  }

  listen(address: string, onMessage: OnMessage): () => void {
    if (this.#listeners.has(address)) throw new Error(`${address} has a listener already`)
    const stop = this.#others.listen(address, onMessage)
    this.#listeners.set(address, onMessage)
    return () => {
      if (this.#listeners.get(address) === onMessage) this.#listeners.delete(address)
      stop()
    }
  }

  deliver(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void {
    const listener = this.#listeners.get(address)
    if (listener === undefined) return onAnswer('nobody')
    let isAnswered = false
    let stopWaiting: (() => void) | undefined
    const answer: OnAnswer = (bytes) => {
      if (isAnswered) return
      isAnswered = true
      stopWaiting?.()
      onAnswer(bytes)
    }
    listener(Buffer.from(payload.buffer, payload.byteOffset, payload.length), answer)
    // Most are answered at once, and need no timer.
    if (!isAnswered) stopWaiting = after(this.#clock, timeoutMs, () => answer(undefined))
  }
}

/** One function for all, so that a send needs no closure of its own. */
function deliver(
  traffic: LocalTraffic,
  address: string,
  payload: Uint8Array,
  timeoutMs: number,
  onAnswer: OnAnswer,
): void {
  traffic.deliver(address, payload, timeoutMs, onAnswer)
}
