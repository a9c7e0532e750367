/** Several things that may be slower than those who use them, as one. */
export class Behind {
  readonly #onBehind: (isBehind: boolean) => void
  readonly #behind = new Set<object>()

  /** Called when the first of them is, and when none is any more. */
  constructor(onBehind: (isBehind: boolean) => void) {
    this.#onBehind = onBehind
  }

  /** For one of them to say how it is. */
  source(): (isBehind: boolean) => void {
    const source = {}
    return (isBehind) => {
      const before = this.#behind.size
      if (isBehind) this.#behind.add(source)
      else this.#behind.delete(source)
      if ((before === 0) !== (this.#behind.size === 0)) this.#onBehind(this.#behind.size > 0)
    }
  }
}
