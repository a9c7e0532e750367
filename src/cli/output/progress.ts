import { harmless } from './harmless.ts'
import type { Terminal } from './output.ts'
import { cutToWidth } from './text-width.ts'

const INTERVAL_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

/** One line on standard error that tells how far long work is; nothing at all where no terminal is. */
export class Progress {
  readonly #stderr: Terminal
  #shownAtMs = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(stderr: Terminal) {
    this.#stderr = stderr
  }

  update(text: () => string): void {
    if (this.#stderr.isTTY !== true) return
    const nowMs = performance.now()
    if (nowMs - this.#shownAtMs < INTERVAL_MS) return
    this.#shownAtMs = nowMs
    this.#isShown = true
    const width = (this.#stderr.columns || 80) - 1
    this.#stderr.write(CLEAR_LINE + cutToWidth(harmless(text()), width))
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) this.#stderr.write(CLEAR_LINE)
    this.#isShown = false
  }
}
