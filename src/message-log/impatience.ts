import type { TicketListener } from './batch.ts'

/** Those who wait until what was noted is stored, but not when the journal does not take it. */
export class Impatience {
  readonly #waiting = new Set<() => void>()

  /** `listen` calls back when it is stored. */
  wait(listen: (listener: TicketListener) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
      const stored = (): void => {
        this.#waiting.delete(resolve)
        resolve()
      }
      listen({ stored })
    })
  }

  /** It is not taken now, or never. */
  end(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
