import { Fifo } from '../base/fifo.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import { Page, readPage } from './page.ts'
import type { PageSlot, PageStore } from './page-store.ts'
import type { QueueStorage } from './queue-storage.ts'

/** Takes messages as they come back from the backlog. */
export type TakeMessage = (message: Message, sequence: number, delivered: boolean) => void

/** Messages that the message log has: nothing of them is kept here. */
interface LoggedRun {
  readonly kind: 'logged'
  from: number
  to: number
  count: number
}

/** A page that is full. */
interface PageRun {
  readonly kind: 'page'
  readonly page: Page
  /** Null when it is not in memory. */
  parts: readonly Buffer[] | null
  /** Where it was written, if that was tried and has not failed. */
  slot: Promise<PageSlot | null> | null
}

/** How long a message log that could not be read is left alone. */
const RETRY_MS = 1000

/**
 * The end of a queue that is too deep for memory, in the order in which it came:
 *
 *     ▶ [ logged 0 … 812,004 ] [ page, stored ] [ page, in memory ] [ open page ] ◀
 *
 * What the message log has is read from there. Other messages are put into pages, which stay in
 * memory as long as the budget lets them, or for good when there is nowhere else.
 */
export class Backlog {
  readonly #log: QueueLog | null
  readonly #storage: QueueStorage
  readonly #runs = new Fifo<LoggedRun | PageRun>()
  #lastRun: LoggedRun | PageRun | null = null
  #openPage: Page | null = null
  #length = 0
  /** What its pages take in memory. */
  #bytes = 0
  /** Changes when what is being read is not wanted any more. */
  #generation = 0
  #isLoading = false

  constructor(log: QueueLog | null, storage: QueueStorage) {
    this.#log = log
    this.#storage = storage
  }

  get length(): number {
    return this.#length
  }

  /** Bytes of it in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** The sequence of the first message, if there is one. */
  get firstSequence(): number | undefined {
    const run = this.#runs.peek()
    if (run === undefined) return this.#openPage?.from
    return run.kind === 'logged' ? run.from : run.page.from
  }

  /** The message log has messages that were never in memory. */
  recover(log: QueueLog): void {
    this.#length = log.count
    this.#pushRun({ kind: 'logged', from: 0, to: log.nextSequence - 1, count: log.count })
  }

  /** `queueBytes` is what its queue has in memory without it. */
  push(message: Message, sequence: number, isLogged: boolean, queueBytes: number): void {
    this.#length++
    if (this.#openPage?.add(message, sequence)) return
    const previousBytes = this.#openPage?.bytes ?? 0
    if (this.#openPage !== null) this.#sealPage(this.#openPage, queueBytes)
    const last = this.#lastRun
    if (isLogged && last?.kind === 'logged') {
      last.to = sequence
      last.count++
    } else if (isLogged) {
      this.#pushRun({ kind: 'logged', from: sequence, to: sequence, count: 1 })
    } else {
      this.#openPage = new Page(message, sequence, previousBytes)
      this.#openPage.add(message, sequence)
      this.#hold(this.#openPage.bytes)
    }
  }

  /** Gives the next messages at once, if they are in memory. */
  takeFromMemory(take: TakeMessage): void {
    if (this.#isLoading) return
    const run = this.#runs.peek()
    if (run === undefined && this.#openPage !== null) {
      const page = this.#openPage
      this.#openPage = null
      this.#hold(-page.bytes)
      this.#give(page, page.seal(), take)
    } else if (run?.kind === 'page' && run.parts !== null) {
      const { page, parts } = run
      this.#shiftRun()
      this.#discard(run)
      this.#give(page, parts, take)
    }
  }

  /** Reads the next messages, gives them, and then calls back. Once at a time. */
  load(take: TakeMessage, onLoaded: () => void): void {
    const run = this.#runs.peek()
    if (run === undefined || this.#isLoading || (run.kind === 'page' && run.parts !== null)) return
    this.#isLoading = true
    const generation = this.#generation
    const end = (): void => {
      if (generation !== this.#generation) return
      this.#isLoading = false
      onLoaded()
    }
    const loading = run.kind === 'logged' ? this.#loadLogged(run) : this.#loadPage(run)
    loading.then(
      (give) => {
        if (generation === this.#generation) give(take)
        end()
      },
      (error: unknown) => {
        this.#storage.logger.error({ error }, 'Messages of a queue could not be read back')
        const stop = this.#storage.clock.every(RETRY_MS, () => {
          stop()
          end()
        })
      },
    )
  }

  clear(): void {
    this.#generation++
    this.#isLoading = false
    for (const run of this.#runs) if (run.kind === 'page') this.#discard(run)
    if (this.#openPage !== null) this.#hold(-this.#openPage.bytes)
    this.#openPage = null
    this.#runs.clear()
    this.#lastRun = null
    this.#length = 0
  }

  async #loadLogged(run: LoggedRun): Promise<(take: TakeMessage) => void> {
    const { messages, next } = await (this.#log as QueueLog).read(run.from, run.to)
    return (take) => {
      run.from = next
      run.count -= messages.length
      this.#length -= messages.length
      for (const { message, sequence, delivered } of messages) take(message, sequence, delivered)
      if (next <= run.to) return
      this.#shiftRun()
      this.#missing(run.count)
    }
  }

  async #loadPage(run: PageRun): Promise<(take: TakeMessage) => void> {
    const bytes = await this.#storage.pages?.read((await run.slot) as PageSlot)
    return (take) => {
      this.#shiftRun()
      this.#discard(run)
      this.#give(run.page, bytes === undefined ? [] : [bytes], take)
    }
  }

  #give(page: Page, parts: readonly Buffer[], take: TakeMessage): void {
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    let count = 0
    this.#length -= page.count
    readPage(bytes, (message, sequence) => {
      count++
      take(message, sequence, false)
    })
    this.#missing(page.count - count)
  }

  /** Never, unless what was stored has been damaged. */
  #missing(count: number): void {
    if (count === 0) return
    this.#storage.logger.error({ count }, 'Messages of a queue are missing from the store')
    this.#length -= count
  }

  #sealPage(page: Page, queueBytes: number): void {
    const run: PageRun = { kind: 'page', page, parts: page.seal(), slot: null }
    this.#openPage = null
    this.#pushRun(run)
    const { pages, budget } = this.#storage
    if (pages !== null && !budget.allows(queueBytes + this.#bytes)) this.#store(run, pages)
  }

  #store(run: PageRun, pages: PageStore): void {
    run.slot = pages.write(run.parts as readonly Buffer[]).then(
      (slot) => {
        this.#leaveMemory(run)
        return slot
      },
      (error: unknown) => {
        this.#storage.logger.error({ error }, 'A page of messages could not be stored')
        return null
      },
    )
  }

  /** Nobody wants the page any more. */
  #discard(run: PageRun): void {
    this.#leaveMemory(run)
    run.slot
      ?.then((slot) => {
        if (slot !== null) this.#storage.pages?.free(slot)
      })
      .catch(() => {})
  }

  #leaveMemory(run: PageRun): void {
    if (run.parts === null) return
    run.parts = null
    this.#hold(-run.page.bytes)
  }

  #hold(bytes: number): void {
    this.#bytes += bytes
    this.#storage.budget.take(bytes)
  }

  #pushRun(run: LoggedRun | PageRun): void {
    this.#runs.push(run)
    this.#lastRun = run
  }

  #shiftRun(): void {
    if (this.#runs.shift() === this.#lastRun) this.#lastRun = null
  }
}
