import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { StoredRun } from '../message-log/queue-log.ts'
import type { MessageBudget } from '../queue/message-budget.ts'
import { MemoryPage } from './memory-page.ts'
import type { OnStored, StreamStore } from './stream-store.ts'

/** A stream of a broker that keeps nothing: all of it is in memory, for as long as retention allows. */
export class MemoryStore implements StreamStore {
  readonly firstOffset = 0
  readonly nextOffset = 0
  readonly found: readonly [] = []
  readonly #budget: MessageBudget
  readonly #onStored: OnStored
  #pages: MemoryPage[] = []
  #last: MemoryPage | null = null
  #endOffset = 0
  #isReported = true

  constructor(budget: MessageBudget, onStored: OnStored) {
    this.#budget = budget
    this.#onStored = onStored
  }

  append(message: Message, offset: number, timeMs: number): PublishOutcome {
    const last = this.#last
    const before = last?.bytes ?? 0
    if (last?.add(message, timeMs)) this.#budget.take(last.bytes - before)
    else this.#open(offset, message, timeMs)
    this.#endOffset = offset + 1
    if (this.#isReported) {
      this.#isReported = false
      // All that one read of a socket brings is reported together.
      queueMicrotask(this.#report)
    }
    return ACCEPTED
  }

  async read(from: number, to: number): Promise<StoredRun> {
    // Not at once: until the next turn others come to the same place, and one reading is enough for all.
    await new Promise<void>((resolve) => setImmediate(resolve))
    const page = this.#pages[this.#find(from)]
    if (page === undefined) return { messages: [], next: to + 1 }
    const last = Math.min(to, page.end - 1)
    return { messages: page.read(from, last), next: last + 1 }
  }

  removeBefore(offset: number): void {
    const count = this.#pages.findIndex(({ end }) => end > offset)
    this.#remove(count < 0 ? this.#pages.length : count)
  }

  drop(): void {
    this.#remove(this.#pages.length)
  }

  #open(offset: number, message: Message, timeMs: number): void {
    const page = new MemoryPage(offset, message, this.#last?.bytes ?? 0)
    page.add(message, timeMs)
    this.#budget.take(page.bytes)
    this.#pages.push(page)
    this.#last = page
  }

  #remove(count: number): void {
    for (const page of this.#pages.splice(0, count)) {
      this.#budget.take(-page.bytes)
      if (page === this.#last) this.#last = null
    }
  }

  /** Where the page is that ends behind that offset. */
  #find(offset: number): number {
    let low = 0
    let high = this.#pages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#pages[middle] as MemoryPage).end > offset) high = middle
      else low = middle + 1
    }
    return low
  }

  readonly #report = (): void => {
    this.#isReported = true
    this.#onStored(this.#endOffset)
  }
}
