import type { Message } from '../message/message.ts'
import type { Batch, QueueRuns } from './batch.ts'
import type { Block, BlockChain } from './block-chain.ts'
import type { BlockReader } from './block-reader.ts'
import { BodySizes } from './body-sizes.ts'
import { Extents } from './extents.ts'
import { LogEntry } from './log-entry.ts'
import { provisional } from './provisional.ts'
import type { LogPosition, QueueLog, StoredMessage, StoredRun, Ticket } from './queue-log.ts'
import { QueueReading } from './queue-reading.ts'
import type { RecordedPlace } from './record-reader.ts'
import { SequenceRanges } from './sequence-ranges.ts'
import { SequenceSet } from './sequence-set.ts'
import { type Stretch, Stretches } from './stretches.ts'
import { readUnstored, type UnstoredOwner } from './unstored.ts'

/** What the queues of a log share. */
export interface LogParts {
  readonly batch: Batch
  readonly chain: BlockChain
  readonly reader: BlockReader
  /** Whether that queue cannot be taken back any more. */
  isDefined(queueId: number): boolean
  /** Waits until all that was noted is stored, or the journal refuses it. */
  settledOrRefused(): Promise<void>
  /** What waits for its record, or for its record to be stored. */
  unstored(): Iterable<LogEntry>
  /** The queue needs no keeping any more. */
  dropped(queueId: number): void
}

/** More than this is said with several runs. */
const LONGEST_RUN = 0xffff_ffff

/**
 * What the log knows of one queue: which sequences are stored and live, and where. A message that
 * waits for its record only changes in the batch; of one that has a record, be it in flight, the
 * next one says what became of it.
 */
export class QueuePlaces implements QueueLog, QueueRuns, UnstoredOwner {
  readonly queueId: number
  readonly deliveredRuns: SequenceRanges = new SequenceRanges()
  readonly settledRuns: SequenceRanges = new SequenceRanges()
  readonly #parts: LogParts
  readonly #live = new SequenceSet()
  readonly #delivered = new SequenceSet()
  readonly #extents = new Extents()
  #stretches: Stretches | null = null
  #bodySizes: BodySizes | null = null
  #bodyBytes = 0
  #nextSequence = 0
  /** Whether there ever was anything in it. */
  #isUsed = false
  /** Whether it is known to be defined for good. */
  #isDefined = false
  /** The ticket of the batch that these runs are in. */
  #ticket: Ticket = 0

  constructor(queueId: number, parts: LogParts) {
    this.queueId = queueId
    this.#parts = parts
  }

  get count(): number {
    return this.#live.count
  }

  get nextSequence(): number {
    return this.#nextSequence
  }

  get firstSequence(): number | undefined {
    return this.#live.next(0)
  }

  get bodyBytes(): number {
    return this.#bodyBytes
  }

  takeStretches(): readonly Stretch[] {
    const stretches = this.#stretches?.from(this.firstSequence ?? this.#nextSequence) ?? []
    this.#stretches = null
    return stretches
  }

  makeAtomic(): void {
    this.#parts.batch.makeAtomic()
  }

  enqueue(message: Message, sequence: number, expiresAt = 0): Ticket {
    this.#isUsed = true
    const waiting = message.logEntry as LogEntry | null
    if (waiting !== null) {
      waiting.add({ queue: this, sequence, expiresAt })
      return this.#ticketFor(this.#parts.batch.note())
    }
    const entry = new LogEntry(message, { queue: this, sequence, expiresAt }, null)
    message.logEntry = entry
    return this.#ticketFor(this.#parts.batch.add(entry))
  }

  deliver(message: Message, sequence: number): void {
    const place = (message.logEntry as LogEntry | null)?.find(this, sequence)
    if (place !== undefined) {
      place.delivered = true
      return
    }
    if (!this.#live.has(sequence) || !this.#delivered.add(sequence)) return
    this.deliveredRuns.add(sequence)
    this.#noteRuns()
  }

  settle(message: Message, sequence: number): void {
    const entry = message.logEntry as LogEntry | null
    const place = entry?.find(this, sequence)
    if (entry !== null && place !== undefined) {
      entry.remove(place)
      if (!entry.isLive) message.logEntry = null
    } else if (this.forget(sequence)) {
      this.settledRuns.add(sequence)
      this.#noteRuns()
    }
  }

  settleRange(from: number, to: number): void {
    for (const entry of this.#parts.batch.entries) entry.removeRange(this, from, to)
    this.settleStored(from, to)
  }

  deliverStored(from: number, to: number): void {
    let isNoted = false
    for (
      let at = this.#live.next(from);
      at !== undefined && at <= to;
      at = this.#live.next(at + 1)
    ) {
      if (!this.#delivered.add(at)) continue
      this.deliveredRuns.add(at)
      isNoted = true
    }
    if (isNoted) this.#noteRuns()
  }

  settleStored(from: number, to: number): void {
    if (this.forgetRange(from, to) === 0) return
    const end = Math.min(to, this.#nextSequence - 1)
    let start = from
    for (; end - start >= LONGEST_RUN; start += LONGEST_RUN) {
      this.settledRuns.addRange(start, start + LONGEST_RUN - 1)
    }
    this.settledRuns.addRange(start, end)
    this.#noteRuns()
  }

  async read(from: number, to: number): Promise<StoredRun> {
    if (!this.#isStored(from)) await this.#parts.settledOrRefused()
    // A disk that is full must not keep consumers waiting: they make the room that it needs.
    const unstored = this.#isStored(from)
      ? undefined
      : readUnstored(this.#parts.unstored(), this, from, to)
    if (unstored !== undefined && unstored.messages.length > 0) return unstored
    const first = this.#live.next(from)
    if (first === undefined || first > to) return { messages: [], next: to + 1 }
    const end = Math.min(to, (unstored?.next ?? to + 1) - 1)
    // Those that wait for their record come after all others.
    const last = this.#extents.endOf(first, Math.min(end, this.#nextSequence - 1))
    const block = this.#extents.find(first)
    const reading = new QueueReading({
      queueId: this.queueId,
      from: first,
      to: last,
      live: this.#live,
      delivered: this.#delivered,
    })
    await this.#parts.reader.read(block, reading)
    const { messages } = reading
    if (messages.length === last - first + 1) return { messages, next: last + 1 }
    const next = this.#goOnFrom(messages, block, first, last)
    return { messages: messages.filter(({ sequence }) => sequence < next), next }
  }

  passOver(from: number, to: number, count: number): LogPosition {
    const stored = this.#live.countBetween(from, to)
    // Those that wait for their record come after all others.
    if (count >= stored) {
      return { sequence: Math.max(from, this.#nextSequence), skip: count - stored }
    }
    let low = from
    let high = Math.min(to, this.#nextSequence - 1)
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.#live.countBetween(from, middle) > count) high = middle
      else low = middle + 1
    }
    return { sequence: low, skip: 0 }
  }

  has(sequence: number): boolean {
    return this.#live.has(sequence)
  }

  next(from: number): number | undefined {
    return this.#live.next(from)
  }

  /** Whether the first message from there on is, and nothing is being written where it is. */
  #isStored(from: number): boolean {
    const first = this.#live.next(from)
    return first !== undefined && this.#extents.find(first).inFlight === 0
  }

  /**
   * Where to go on after the block has given these: behind the last sequence, or with the first that
   * has been stored elsewhere meanwhile. What is said to be there and is not was damaged, and is gone.
   */
  #goOnFrom(messages: readonly StoredMessage[], block: Block, first: number, last: number): number {
    const found = new Set(messages.map(({ sequence }) => sequence))
    for (const sequence of this.#liveBetween(first, last)) {
      if (found.has(sequence)) continue
      if (this.#extents.find(sequence) !== block) return sequence
      this.forget(sequence)
      this.settledRuns.add(sequence)
      this.#noteRuns()
    }
    return last + 1
  }

  #liveBetween(first: number, last: number): readonly number[] {
    const live: number[] = []
    for (
      let at = this.#live.next(first);
      at !== undefined && at <= last;
      at = this.#live.next(at + 1)
    ) {
      live.push(at)
    }
    return live
  }

  drop(): void {
    // All that waits for its record is looked through for what is settled.
    if (this.#isUsed) this.settleRange(0, Number.MAX_SAFE_INTEGER)
    this.#parts.dropped(this.queueId)
  }

  clearRuns(): void {
    this.deliveredRuns.clear()
    this.settledRuns.clear()
  }

  place(sequence: number, delivered: boolean, block: Block): void {
    this.#live.add(sequence)
    if (delivered) this.#delivered.add(sequence)
    this.#locate(sequence, block)
  }

  isAt(sequence: number, block: Block): boolean {
    return this.#live.has(sequence) && this.#extents.find(sequence) === block
  }

  wasDelivered(sequence: number): boolean {
    return this.#delivered.has(sequence)
  }

  move(sequence: number, block: Block): void {
    this.#extents.move(sequence, block)
  }

  /** A record that was found has the sequence: the last one that has it counts. */
  recover(place: RecordedPlace, block: Block): void {
    const { chain } = this.#parts
    const { sequence, delivered, expiresAt } = place
    this.#isUsed = true
    const wasLive = !this.#live.add(sequence)
    if (wasLive) chain.shrink(this.#extents.find(sequence), 1)
    chain.grow(block, 1, place.bytes)
    if (delivered) this.#delivered.add(sequence)
    if (expiresAt !== 0 && !wasLive) {
      this.#stretches ??= new Stretches()
      this.#stretches.add(sequence, expiresAt, place.messageBytes)
    }
    this.#bodySizes ??= new BodySizes()
    this.#bodySizes.set(sequence, place.bodyBytes)
    this.#locate(sequence, block)
  }

  /** All records were found. */
  recovered(): void {
    this.#bodyBytes = this.#bodySizes?.sum(this.#live) ?? 0
    this.#bodySizes = null
  }

  recoverDelivered(from: number, count: number): void {
    const end = from + count
    this.spokenOf(end - 1)
    for (
      let at = this.#live.next(from);
      at !== undefined && at < end;
      at = this.#live.next(at + 1)
    ) {
      this.#delivered.add(at)
    }
  }

  /** No sequence is used twice as long as the journal speaks of its first use. */
  spokenOf(sequence: number): void {
    this.#isUsed = true
    if (sequence >= this.#nextSequence) this.#nextSequence = sequence + 1
  }

  /** The batch that says where messages go which leave now, if it may say that. */
  get #goneWith(): Ticket {
    const { batch } = this.#parts
    return batch.isAtomic ? batch.ticket : 0
  }

  /** Whether the sequence was live. */
  forget(sequence: number): boolean {
    if (!this.#live.delete(sequence)) return false
    this.#delivered.delete(sequence)
    this.#parts.chain.shrink(this.#extents.find(sequence), 1, this.#goneWith)
    return true
  }

  /** How many from `from` to `to` were live. */
  forgetRange(from: number, to: number): number {
    let forgotten = 0
    for (let at = this.#live.next(from); at !== undefined && at <= to; at = this.#live.next(at)) {
      const end = this.#extents.endOf(at, to)
      const count = this.#live.deleteRange(at, end)
      this.#parts.chain.shrink(this.#extents.find(at), count, this.#goneWith)
      forgotten += count
    }
    this.#delivered.deleteRange(from, to)
    return forgotten
  }

  /** Records mostly have the messages of a queue in their order, but not all. */
  #locate(sequence: number, block: Block): void {
    if (sequence < this.#nextSequence) {
      this.#extents.move(sequence, block)
      return
    }
    this.#nextSequence = sequence + 1
    this.#extents.append(sequence, block)
  }

  #ticketFor(ticket: Ticket): Ticket {
    if (this.#isDefined) return ticket
    this.#isDefined = this.#parts.isDefined(this.queueId)
    return this.#isDefined ? ticket : provisional(ticket)
  }

  #noteRuns(): void {
    const { batch } = this.#parts
    if (this.#ticket === batch.ticket) return
    this.#ticket = batch.ticket
    batch.addRuns(this)
  }
}
