import { after } from '../base/clock.ts'
import { Fifo } from '../base/fifo.ts'
import { ByteArena } from '../message/byte-arena.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog, StoredMessage } from '../message-log/queue-log.ts'
import type { SpillSlot } from '../store/spill-store.ts'
import { Page, pageBytes, readPage } from './page.ts'
import type { QueueStorage } from './queue-storage.ts'
import type { Spill } from './spill.ts'

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
  readonly from: number
  readonly count: number
  /** The last of them that the message log has too; -1 when that is none. */
  readonly lastLogged: number
  /** Null when it is not in memory. */
  page: Page | null
  /** Where it was written, if that was tried and has not failed. */
  slot: Promise<SpillSlot | null> | null
}

/** How long what could not be read is left alone. */
const RETRY_MS = 1000
/** Messages that are a smaller part of the memory they stand in are taken out of it. */
const LEAST_PART = 1 / 4

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
    return run.from
  }

  /** The message log has messages that were never in memory. */
  recover(log: QueueLog): void {
    this.#length = log.count
    this.#pushRun({ kind: 'logged', from: 0, to: log.nextSequence - 1, count: log.count })
  }

  /** `queueBytes` is what its queue has in memory without it. */
  push(message: Message, sequence: number, isLogged: boolean, queueBytes: number): void {
    this.#length++
    const page = this.#openPage
    if (page !== null && this.#addTo(page, message, sequence, isLogged)) return
    if (page !== null) this.#closePage(page, queueBytes)
    // The log is read in large pieces: where it has only some of the messages, they stay in pages.
    if (isLogged && page?.endsLogged !== false) this.#pushLogged(sequence)
    else this.#open(message, sequence, isLogged, page?.copiedBytes ?? 0)
  }

  /** Gives the next messages at once, if they are in memory. */
  takeFromMemory(take: TakeMessage): void {
    if (this.#isLoading) return
    if (this.#runs.length === 0 && this.#openPage !== null) this.#pushPage(this.#openPage)
    const run = this.#runs.peek()
    if (run?.kind !== 'page' || run.page === null || !this.#isAtHand(run)) return
    const { parts } = run.page
    this.#shiftRun()
    this.#discard(run)
    this.#give(parts, run.count, take)
  }

  /** Reads the next messages, gives them, and then calls back. Once at a time. */
  load(take: TakeMessage, onLoaded: () => void): void {
    const run = this.#runs.peek()
    if (run === undefined || this.#isLoading || this.#isAtHand(run)) return
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
        this.#storage.logger.error({ err: error }, 'Messages of a queue could not be read back')
        after(this.#storage.clock, RETRY_MS, end)
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
      settleScattered(messages)
      for (const { message, sequence, delivered } of messages) take(message, sequence, delivered)
      // An empty run is removed though the log knows of sequences behind, which were settled: it would
      // be made longer with the next messages, over those in between that never came here.
      if (run.count > 0 && next <= run.to) return
      this.#shiftRun()
      this.#missing(run.count)
    }
  }

  async #loadPage(run: PageRun): Promise<(take: TakeMessage) => void> {
    const { lastLogged } = run
    if (!this.#isRecorded(run)) await (this.#log as QueueLog).read(lastLogged, lastLogged)
    const slot = await run.slot
    // When it was not or could not be written, it is in memory.
    if (slot === null) return () => {}
    const bytes = await (this.#storage.spill as Spill).read(slot)
    return (take) => {
      this.#shiftRun()
      this.#discard(run)
      this.#give(bytes === undefined ? [] : [bytes], run.count, take)
    }
  }

  #give(parts: readonly Buffer[], count: number, take: TakeMessage): void {
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    let given = 0
    readPage(bytes, (message, sequence) => {
      given++
      take(message, sequence, false)
    })
    this.#length -= given
    this.#missing(count - given)
  }

  /** Never, unless what was stored has been damaged. */
  #missing(count: number): void {
    if (count === 0) return
    this.#storage.logger.error({ count }, 'Messages of a queue are missing from the store')
    this.#length -= count
  }

  #pushLogged(sequence: number): void {
    const last = this.#lastRun
    if (last?.kind === 'logged') {
      last.to = sequence
      last.count++
    } else this.#pushRun({ kind: 'logged', from: sequence, to: sequence, count: 1 })
  }

  #open(message: Message, sequence: number, isLogged: boolean, previousBytes: number): void {
    const bytes = pageBytes(message, previousBytes)
    const memory = this.#storage.spill?.memory(bytes) ?? Buffer.allocUnsafeSlow(bytes)
    this.#openPage = new Page(sequence, memory)
    this.#hold(memory.length)
    this.#addTo(this.#openPage, message, sequence, isLogged)
  }

  /** False when there is no room. */
  #addTo(page: Page, message: Message, sequence: number, isLogged: boolean): boolean {
    const bytes = page.bytes
    if (!page.add(message, sequence, isLogged)) return false
    if (page.bytes > bytes) this.#hold(page.bytes - bytes)
    return true
  }

  /** It leaves memory, unless there is room for it, or no other place. */
  #closePage(page: Page, queueBytes: number): void {
    const run = this.#pushPage(page)
    const { spill, budget } = this.#storage
    if (spill === null || budget.allows(queueBytes + this.#bytes)) return
    run.slot = this.#write(run, page, spill)
  }

  #pushPage(page: Page): PageRun {
    page.seal()
    this.#openPage = null
    const { from, count, lastLogged } = page
    const run: PageRun = { kind: 'page', from, count, lastLogged, page, slot: null }
    this.#pushRun(run)
    return run
  }

  async #write(run: PageRun, page: Page, spill: Spill): Promise<SpillSlot | null> {
    try {
      const slot = await spill.write(page)
      this.#leaveMemory(run)
      return slot
    } catch {
      run.slot = null
      return null
    }
  }

  /** Nobody wants the page any more. */
  #discard(run: PageRun): void {
    this.#leaveMemory(run)
    void run.slot?.then((slot) => {
      if (slot !== null) this.#storage.spill?.free(slot)
    })
  }

  /** Whether it can be had at once: what is being written may be another's memory in a moment. */
  #isAtHand(run: LoggedRun | PageRun): boolean {
    return run.kind === 'page' && run.page !== null && run.slot === null && this.#isRecorded(run)
  }

  /**
   * Whether the log knows its part of the page by sequences alone. As long as messages wait for their
   * record it knows them by themselves, and would not hear of what becomes of copies.
   */
  #isRecorded({ lastLogged }: PageRun): boolean {
    return this.#log === null || lastLogged < this.#log.nextSequence
  }

  #leaveMemory(run: PageRun): void {
    if (run.page === null) return
    this.#hold(-run.page.bytes)
    run.page = null
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

/** Where queues share blocks, a few messages would keep all of what was read alive. */
function settleScattered(messages: readonly StoredMessage[]): void {
  let keptBytes = 0
  let bytes = 0
  let last: ArrayBufferLike | undefined
  for (const { message } of messages) {
    const memory = message.buffer.buffer
    // Neighbours mostly stand in the same.
    if (memory !== last) keptBytes += memory.byteLength
    last = memory
    bytes += message.end - message.start
  }
  if (bytes >= keptBytes * LEAST_PART) return
  const arena = new ByteArena()
  for (const { message } of messages) message.settleIn(arena)
}
