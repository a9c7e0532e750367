// Traffic in a fake clock's time that does to messages what a network may: from a seed, so that a
// failure can be had again.

import { after } from '../../../../src/base/clock.ts'
import type {
  BatchTraffic,
  OnAnswer,
  OnMessage,
} from '../../../../src/sharding/link/batch-traffic.ts'
import type { FakeClock } from '../../../support/fake-clock.ts'

/** Each a probability from 0 to 1, of a message on its way there or of an answer on its way back. */
export interface Weather {
  readonly loss: number
  readonly repetition: number
  /** Else it takes a millisecond. */
  readonly delay: number
  readonly maxDelayMs: number
}

const fair: Weather = { loss: 0, repetition: 0, delay: 0, maxDelayMs: 0 }

export type RandomNumber = () => number

/** From 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): RandomNumber {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class SimulatedTraffic implements BatchTraffic {
  maxPayloadBytes = 1 << 20
  weather: Weather = fair
  /** Whether nobody listens there, for now. */
  isDeaf: (address: string) => boolean = () => false
  /** Sent and not answered yet: the most that there ever was. */
  mostBytesUnderWay = 0
  sent = 0
  #bytesUnderWay = 0
  readonly #clock: FakeClock
  readonly #random: RandomNumber
  readonly #listeners = new Map<string, OnMessage>()

  constructor(clock: FakeClock, random: RandomNumber = randomNumbers(1)) {
    this.#clock = clock
    this.#random = random
  }

  send(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void {
    this.sent++
    this.#bytesUnderWay += payload.length
    this.mostBytesUnderWay = Math.max(this.mostBytesUnderWay, this.#bytesUnderWay)
    let isDone = false
    const finish: OnAnswer = (answer) => {
      if (isDone) return
      isDone = true
      this.#bytesUnderWay -= payload.length
      stopWaiting()
      onAnswer(answer)
    }
    const stopWaiting = after(this.#clock, timeoutMs, () => finish(undefined))
    // What comes late is what was sent, though the sender may have written to it since.
    const bytes = Buffer.from(payload)
    this.#carry(() => {
      const listener = this.isDeaf(address) ? undefined : this.#listeners.get(address)
      if (listener === undefined) return this.#carry(() => finish('nobody'))
      listener(Buffer.from(bytes), (answer) => this.#carry(() => finish(answer)))
    })
  }

  listen(address: string, onMessage: OnMessage): () => void {
    this.#listeners.set(address, onMessage)
    return () => {
      if (this.#listeners.get(address) === onMessage) this.#listeners.delete(address)
    }
  }

  /** Delivered as the weather is: not at all, twice, late. */
  #carry(arrive: () => void): void {
    const { loss, repetition, delay, maxDelayMs } = this.weather
    if (this.#random() < loss) return
    const copies = this.#random() < repetition ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const isLate = this.#random() < delay
      after(this.#clock, isLate ? 1 + this.#random() * maxDelayMs : 1, arrive)
    }
  }
}
