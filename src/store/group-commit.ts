import { StoreError } from './store-error.ts'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * One commit at a time, and what comes meanwhile is the next one: the longer a flush takes, the more
 * it carries. What is added in one go, without waiting, is one commit from the start.
 */
export class GroupCommit<Write> {
  readonly #commit: (writes: readonly Write[]) => Promise<void> | undefined
  #writes: Write[] = []
  #waiters: Waiter[] = []
  #running: Promise<void> | undefined
  #closed = false

  /** `commit` does all the writes, in their order, or throws. It is never called while it is at it. */
  constructor(commit: (writes: readonly Write[]) => Promise<void> | undefined) {
    this.#commit = commit
  }

  /** Resolves with `result` once the write is committed, after all that were added before it. */
  add<Result>(write: Write, result: Result): Promise<Result> {
    if (this.#closed) return Promise.reject(new StoreError('the store is closed'))
    this.#running ??= Promise.resolve().then(() => this.#run())
    this.#writes.push(write)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve: () => resolve(result), reject })
    })
  }

  /** Refuses more, and waits for what was added. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#writes.length > 0) {
      const writes = this.#writes
      const waiters = this.#waiters
      this.#writes = []
      this.#waiters = []
      try {
        await this.#commit(writes)
        for (const waiter of waiters) waiter.resolve()
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error)
      }
    }
    this.#running = undefined
  }
}
