import { after } from '../base/clock.ts'
import type { Message } from '../message/message.ts'
import type { LogPosition, QueueLog, StoredMessage, StoredRun } from '../message-log/queue-log.ts'
import type { SpillSlot } from '../store/spill-store.ts'
import { type BacklogParts, locateInBacklog, readBacklog, readRun } from './backlog-reading.ts'
import { BacklogRuns, type LoggedMessage, type LoggedRun, type PageRun } from './backlog-runs.ts'
import { isRecorded, readOriginals } from './originals.ts'
import { Page, pageBytes, readPage } from './page.ts'
import type { QueueStorage } from './queue-storage.ts'
import { RemovedSequences } from './removed-sequences.ts'
import { settleScattered } from './settle-scattered.ts'
import type { Spill } from './spill.ts'

/** Takes messages as they come back from the backlog. */
export type TakeMessage = (
  message: Message,
  sequence: number,
  delivered: boolean,
  expiresAt: number,
) => void

/** How long what could not be read is left alone. */
const RETRY_MS = 1000
/** The first sequence of none. */
const NEVER = Number.POSITIVE_INFINITY

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
  readonly #runs = new BacklogRuns()
  #openPage: Page | null = null
  readonly #removed = new RemovedSequences()
  #length = 0
  #bodyBytes = 0
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

  /** Of the messages' bodies, wherever they are. */
  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** Bytes of it in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** The sequence of the first message, if there is one. */
  get firstSequence(): number | undefined {
    return this.#runs.first?.from ?? this.#openPage?.from
  }

  /** The message log has messages that were never in memory. */
  recover(log: QueueLog): void {
    const { count, bodyBytes } = log
    this.#length = count
    this.#bodyBytes = bodyBytes
    this.#runs.push({ kind: 'logged', from: 0, to: log.nextSequence - 1, count, bodyBytes })
  }

  /** `queueBytes` is what its queue has in memory without it. */
  push(
    message: Message,
    sequence: number,
    expiresAt: number,
    isLogged: boolean,
    queueBytes: number,
  ): void {
    this.#length++
    this.#bodyBytes += message.bodySize
    const page = this.#openPage
    if (page !== null && this.#addTo(page, message, sequence, expiresAt, isLogged)) return
    if (page !== null) this.#closePage(page, queueBytes)
    // The log is read in large pieces: where it has only some of the messages, they stay in pages.
    if (isLogged && page?.endsLogged !== false) {
      this.#runs.pushLogged(sequence, message.bodySize)
      return
    }
    const opened = this.#open(sequence, pageBytes(message, expiresAt, page?.copiedBytes ?? 0))
    this.#addTo(opened, message, sequence, expiresAt, isLogged)
  }

  /** Gives the next messages at once, if they are in memory. */
  takeFromMemory(take: TakeMessage): void {
    if (this.#isLoading) return
    if (this.#runs.length === 0 && this.#openPage !== null) this.#pushPage(this.#openPage)
    const run = this.#runs.first
    if (run?.kind !== 'page' || run.page === null || !this.#isAtHand(run)) return
    const { parts } = run.page
    this.#runs.shift()
    this.#discard(run)
    this.#give(parts, run, take)
  }

  /** Reads the next messages, gives them, and then calls back. Once at a time. */
  load(take: TakeMessage, onLoaded: () => void): void {
    const run = this.#runs.first
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
        if (generation !== this.#generation) return
        this.#storage.logger.error({ err: error }, 'Messages of a queue could not be read back')
        after(this.#storage.clock, RETRY_MS, end)
      },
    )
  }

  /** Where the message stands that so many stand before. */
  locate(position: number): LogPosition | undefined {
    return locateInBacklog(this.#parts, position)
  }

  /** Some messages from a sequence on, without taking them. */
  read(from: number): Promise<StoredRun> {
    return readBacklog(this.#parts, from)
  }

  /** All of it, for who looks through it page by page: its sequences may come in any order then. */
  get pages(): readonly PageRun[] {
    if (this.#openPage !== null) this.#pushPage(this.#openPage)
    return [...this.#runs].filter((run) => run.kind === 'page')
  }

  /** None when it is not there any more. */
  async readPage(run: PageRun): Promise<readonly StoredMessage[]> {
    return (await readRun(this.#parts, run)) ?? []
  }

  /** Of a message that was read: whether it is still there. */
  has(sequence: number): boolean {
    return sequence >= (this.firstSequence ?? NEVER) && !this.#removed.has(sequence)
  }

  /** Takes out one that was read, wherever it is: whoever does so tells the log. */
  remove(sequence: number, bodyBytes: number): boolean {
    if (!this.has(sequence)) return false
    if (this.#openPage !== null && sequence >= this.#openPage.from) this.#pushPage(this.#openPage)
    const run = this.#runs.find(sequence) as LoggedRun | PageRun
    this.#removed.add(sequence)
    this.#length--
    run.count--
    if (run.kind === 'logged') this.#shrinkBodies(run, bodyBytes)
    else {
      run.bodyBytes -= bodyBytes
      this.#bodyBytes -= bodyBytes
    }
    if (run.count === 0) this.#removeRun(run)
    return true
  }

  /**
   * All up to there leaves it at once, which must be before what came to this process: of the messages that
   * were read up to there, gives those that were still in it.
   */
  leave(last: number, read: readonly LoggedMessage[]): readonly LoggedMessage[] {
    const run = this.#runs.first
    if (run?.kind !== 'logged' || run.from > last) return []
    const isIn = ({ sequence }: LoggedMessage): boolean =>
      sequence >= run.from && sequence <= last && !this.#removed.has(sequence)
    const left = read.filter(isIn)
    this.#stopLoading()
    this.#removed.passed(last)
    run.from = last + 1
    run.count -= left.length
    this.#length -= left.length
    this.#shrinkBodies(
      run,
      left.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
    )
    if (run.count === 0) this.#removeRun(run)
    return left
  }

  clear(): void {
    this.#removed.clear()
    this.#stopLoading()
    for (const run of this.#runs) if (run.kind === 'page') this.#discard(run)
    if (this.#openPage !== null) this.#hold(-this.#openPage.bytes)
    this.#openPage = null
    this.#runs.clear()
    this.#length = 0
    this.#bodyBytes = 0
  }

  async #loadLogged(run: LoggedRun): Promise<(take: TakeMessage) => void> {
    const { messages, next } = await (this.#log as QueueLog).read(run.from, run.to)
    return (take) => {
      run.from = next
      const left = this.#removed.without(messages)
      this.#removed.passed(next - 1)
      run.count -= left.length
      this.#length -= left.length
      settleScattered(left)
      let bodyBytes = 0
      for (const { message, sequence, delivered, expiresAt } of left) {
        bodyBytes += message.bodySize
        take(message, sequence, delivered, expiresAt)
      }
      this.#shrinkBodies(run, bodyBytes)
      // An empty run is removed though the log knows of sequences behind, which were settled: it would
      // be made longer with the next messages, over those in between that never came here.
      if (run.count > 0 && next <= run.to) return
      this.#runs.shift()
      this.#shrinkBodies(run, run.bodyBytes)
      this.#missing(run.count)
    }
  }

  #shrinkBodies(run: LoggedRun, bytes: number): void {
    const removed = Math.min(bytes, run.bodyBytes)
    run.bodyBytes -= removed
    this.#bodyBytes -= removed
  }

  async #loadPage(run: PageRun): Promise<(take: TakeMessage) => void> {
    const { from, lastLogged } = run
    const log = this.#log
    const originals = isRecorded(log, lastLogged) ? [] : await readOriginals(log, from, lastLogged)
    const slot = await run.slot
    // When it was not or could not be written, it is in memory.
    const bytes = slot === null ? undefined : await (this.#storage.spill as Spill).read(slot)
    return (take) => {
      const parts = bytes === undefined ? (run.page?.parts ?? []) : [bytes]
      this.#runs.shift()
      this.#discard(run)
      this.#give(parts, run, take, originals)
    }
  }

  #give(
    parts: readonly Buffer[],
    run: PageRun,
    take: TakeMessage,
    originals: readonly StoredMessage[] = [],
  ): void {
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    const bySequence = new Map(originals.map(({ message, sequence }) => [sequence, message]))
    let given = 0
    let last = -1
    readPage(bytes, (message, sequence, expiresAt) => {
      last = sequence
      if (this.#removed.has(sequence)) return
      given++
      take(bySequence.get(sequence) ?? message, sequence, false, expiresAt)
    })
    this.#removed.passed(last)
    this.#length -= given
    this.#bodyBytes -= run.bodyBytes
    this.#missing(run.count - given)
  }

  /** Never, unless what was stored has been damaged. */
  #missing(count: number): void {
    if (count === 0) return
    this.#storage.logger.error({ count }, 'Messages of a queue are missing from the store')
    this.#length -= count
  }

  #open(sequence: number, bytes: number): Page {
    const memory = this.#storage.spill?.memory(bytes) ?? Buffer.allocUnsafeSlow(bytes)
    this.#openPage = new Page(sequence, memory)
    this.#hold(memory.length)
    return this.#openPage
  }

  /** False when there is no room. */
  #addTo(
    page: Page,
    message: Message,
    sequence: number,
    expiresAt: number,
    isLogged: boolean,
  ): boolean {
    const bytes = page.bytes
    if (!page.add(message, sequence, expiresAt, isLogged)) return false
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
    const { from, count, bodyBytes, lastLogged } = page
    const counts = { from, count, bodyBytes, lastLogged }
    const run: PageRun = { kind: 'page', ...counts, page, slot: null, isGone: false }
    this.#runs.push(run)
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
    run.isGone = true
    this.#leaveMemory(run)
    void run.slot?.then((slot) => {
      if (slot !== null) this.#storage.spill?.free(slot)
    })
  }

  /** Whether it can be had at once: what is being written may be another's memory in a moment. */
  #isAtHand(run: LoggedRun | PageRun): boolean {
    return (
      run.kind === 'page' &&
      run.page !== null &&
      run.slot === null &&
      isRecorded(this.#log, run.lastLogged)
    )
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

  get #parts(): BacklogParts {
    const { spill } = this.#storage
    const isRemoved = (sequence: number): boolean => this.#removed.has(sequence)
    return { log: this.#log, spill, runs: this.#runs, openPage: this.#openPage, isRemoved }
  }

  /** What is being read is not wanted any more, and nobody is called back. */
  #stopLoading(): void {
    this.#generation++
    this.#isLoading = false
  }

  /** Nothing is left of it. If it is being read, nobody waits for that any more. */
  #removeRun(run: LoggedRun | PageRun): void {
    if (run === this.#runs.first) this.#stopLoading()
    if (run.kind === 'page') this.#discard(run)
    else this.#shrinkBodies(run, run.bodyBytes)
    this.#runs.remove(run)
    if (this.#length === 0) this.#removed.clear()
  }
}
