import { Fifo } from '../../base/fifo.ts'
import type { DamageListener, Journal } from '../journal.ts'
import { StoreError } from '../store-error.ts'
import { appendMark } from './append-mark.ts'
import { FencedError } from './fenced-error.ts'
import { KeptFrames } from './kept-frames.ts'
import type { LogStream } from './log-stream.ts'
import { type Patience, retrying } from './retrying.ts'
import { type FoundFrame, type FoundRecord, RecordAssembler, readFrames } from './stream-reading.ts'
import { StreamWriter } from './stream-writer.ts'

export interface JetStreamJournalOptions {
  readonly stream: LogStream
  /** Nobody has had this one before, nor a higher one: see `src/cluster`. */
  readonly epoch: number
  readonly onDamage: DamageListener
  /** Called once when another node has taken over; everything is refused from then on. */
  readonly onFenced: () => void
  /** How long it tries before it refuses what it was asked; 30 seconds unless it is given. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 30_000
/** After each truncation, which costs as much as some ten records: several are then done as one. */
const TRUNCATION_REST_MS = 100

/**
 * The journal of a shard, in a stream of JetStream that other nodes have a copy of and that this node
 * owns for as long as nobody begins a higher epoch. A record's position is the sequence of its first
 * message. See `Succession` for which messages count, and `StreamWriter` for how records get there.
 */
export class JetStreamJournal implements Journal {
  readonly #stream: LogStream
  readonly #kept: KeptFrames
  readonly #epoch: number
  readonly #onDamage: DamageListener
  readonly #patienceMs: number
  readonly #writer: StreamWriter
  /** Where the epoch began: all before it is settled. */
  readonly #beginning: number
  #first: number
  #lastRecord = 0
  /** Where those begin that have not been removed. */
  readonly #records = new Fifo<number>()
  #bytes: number
  /** Resolves with the last record's position when it is there or refused. */
  #lastAppend: Promise<number> | undefined
  #truncation: Promise<unknown> = Promise.resolve()
  #truncateUpTo = 0
  #rest: Promise<void> = Promise.resolve()
  #endRest = (): void => {}
  #isClosed = false
  readonly #end = new AbortController()

  /** Takes the stream over. Whoever owned it before can store nothing any more. */
  static async open(options: JetStreamJournalOptions): Promise<JetStreamJournal> {
    const { stream, epoch, patienceMs = PATIENCE_MS } = options
    const patience = { untilMs: performance.now() + patienceMs }
    const beginning = await appendMark(stream, 'epoch', epoch, patience)
    const { first_seq: first, bytes } = await stream.state()
    return new JetStreamJournal({ ...options, patienceMs }, beginning, first, bytes)
  }

  private constructor(
    options: JetStreamJournalOptions & { readonly patienceMs: number },
    beginning: number,
    first: number,
    bytes: number,
  ) {
    this.#stream = options.stream
    this.#kept = new KeptFrames(options.stream)
    this.#epoch = options.epoch
    this.#onDamage = options.onDamage
    this.#patienceMs = options.patienceMs
    this.#writer = new StreamWriter({ ...options, beginning })
    this.#beginning = beginning
    this.#first = first
    this.#bytes = bytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws FencedError when somebody has begun a higher epoch already. */
  async recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    const assembler = new RecordAssembler()
    for await (const found of this.#frames(this.#first, this.#beginning)) {
      const record = this.#assemble(assembler, found)
      if (record === undefined) continue
      this.#noteRecord(record.position)
      visit(record.position, record.record)
    }
    this.#kept.forgetSoon()
    const { epoch } = assembler.succession
    if (epoch > this.#epoch) throw new FencedError(this.#stream.name, this.#epoch, epoch)
  }

  append(parts: readonly Buffer[]): Promise<number> {
    if (this.#isClosed) return Promise.reject(closed())
    const stored = this.#write(parts)
    this.#lastAppend = stored.catch(() => this.#lastRecord)
    return stored
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    for (const position of [first, last]) {
      if (position < this.#first || position > this.#lastRecord) throw missing(position)
    }
    const assembler = new RecordAssembler()
    const records: Buffer[] = []
    let end = last
    for (let next = first; next <= end; ) {
      for await (const found of this.#frames(next, end)) {
        const record = this.#assemble(assembler, found)
        if (record !== undefined) records.push(record.record)
      }
      next = end + 1
      end = Math.min(end + assembler.toCome, this.#writer.knownSequence)
    }
    return records
  }

  truncate(upTo: number): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    const mayBegin = Promise.resolve(this.#lastAppend ?? this.#lastRecord).then((last) => {
      this.#truncateUpTo = Math.max(this.#truncateUpTo, Math.min(upTo, last))
    })
    // The first of several that wait for another one does what all of them want.
    const before = Promise.all([mayBegin, this.#truncation]).then(() => this.#rest)
    const truncated = before.then(() => this.#remove(this.#truncateUpTo))
    this.#truncation = truncated.catch(() => {})
    return truncated
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#endRest()
    await this.#truncation
    await this.#writer.idle()
    this.#writer.end(closed())
    this.#kept.forget()
  }

  /** Gives up at once, as the owner must whose time is over: what is under way is refused. */
  abandon(reason: StoreError): void {
    this.#isClosed = true
    this.#end.abort(reason)
    this.#endRest()
    this.#writer.end(reason)
    this.#kept.forget()
  }

  async #write(parts: readonly Buffer[]): Promise<number> {
    const position = await this.#writer.write('record', parts)
    this.#noteRecord(position)
    for (const { length } of parts) this.#bytes += length
    return position
  }

  #noteRecord(position: number): void {
    this.#lastRecord = position
    this.#records.push(position)
  }

  /**
   * Removes everything up to the record at this position. What is first then must be a frame that
   * counts, since those who read the stream take it for one: so if there is none yet, one is made.
   */
  async #remove(position: number): Promise<void> {
    if (position < this.#first) return
    const first = await this.#nextAfter(position)
    const patience = this.#patience()
    await retrying(patience, () => this.#stream.purge(first))
    this.#first = first
    this.#bytes = (await retrying(patience, () => this.#stream.state())).bytes
    if (!this.#isClosed) this.#beginRest()
  }

  #beginRest(): void {
    this.#rest = new Promise((resolve) => {
      const timer = setTimeout(resolve, TRUNCATION_REST_MS)
      this.#endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Where the next record begins after that one, or a frame that is put there for want of one. */
  async #nextAfter(position: number): Promise<number> {
    const records = this.#records
    for (let at = records.peek(); at !== undefined && at <= position; at = records.peek()) {
      records.shift()
    }
    const next = records.peek()
    if (next !== undefined) return next
    const mark = await this.#writer.write('mark', [])
    // Records may have come before it.
    return records.peek() ?? mark
  }

  #assemble(assembler: RecordAssembler, found: FoundFrame): FoundRecord | undefined {
    if (found.frame !== undefined) return assembler.add(found.sequence, found.frame)
    this.#onDamage({ position: found.sequence, reason: found.reason })
    assembler.skip()
    return undefined
  }

  #frames(first: number, last: number): AsyncGenerator<FoundFrame> {
    return readFrames(this.#kept, first, last, this.#patience())
  }

  #patience(): Patience {
    return { untilMs: performance.now() + this.#patienceMs, signal: this.#end.signal }
  }
}

const closed = (): StoreError => new StoreError('the store is closed')
const missing = (position: number): StoreError => new StoreError(`record ${position} is not there`)
