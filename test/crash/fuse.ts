const SILENCE_MS = 1000
/** How long the first event may take. */
const PATIENCE_MS = 10_000

/** Blows after so many events, in the middle of the last one, or when no more of them come. */
export class Fuse {
  isBlown = false
  readonly #onBlown: () => void
  #left: number
  #timer: NodeJS.Timeout | undefined
  #isTicking = false

  /** Without a number of events it blows when it is told to. */
  constructor(events: number | undefined, onBlown: () => void) {
    this.#left = events ?? Number.POSITIVE_INFINITY
    this.#onBlown = onBlown
    if (events !== undefined) this.#timer = setTimeout(() => this.blow(), PATIENCE_MS)
  }

  event(): void {
    this.#left--
    if (this.isBlown) return
    if (this.#left <= 0) this.blow()
    else if (this.#timer !== undefined && !this.#isTicking) this.#waitForSilence()
  }

  /** A timer that looks back: one that every event puts off would cost more than the event. */
  #waitForSilence(): void {
    clearTimeout(this.#timer)
    this.#isTicking = true
    const leftNow = this.#left
    this.#timer = setTimeout(() => {
      if (this.#left === leftNow) this.blow()
      else this.#waitForSilence()
    }, SILENCE_MS)
  }

  blow(): void {
    if (this.isBlown) return
    clearTimeout(this.#timer)
    this.isBlown = true
    this.#onBlown()
  }
}
