import { Fifo } from '../base/fifo.ts'
import { ByteArena } from '../message/byte-arena.ts'
import { memoryBytes } from '../message/memory-bytes.ts'
import type { Message } from '../message/message.ts'
import type { LogPosition, QueueLog, StoredMessage, StoredRun } from '../message-log/queue-log.ts'
import { Backlog } from './backlog.ts'
import type { LoggedMessage } from './backlog-runs.ts'
import type { Place, TimedPlace } from './queue.ts'
import type { QueueStorage } from './queue-storage.ts'
import { ReturnedMessages } from './returned-messages.ts'
import { SequenceRuns } from './sequence-runs.ts'

/** When the window is smaller than this, more is read. */
const LOW_WINDOW_BYTES = 512 * 1024

/**
 * The messages of a queue that nobody has, in order.
 *
 *     returned: came back, by sequence     window: in memory      backlog: as bytes, or elsewhere
 *     ( 3 7 8 ) { 9 10 }                   [ 12 13 14 15 … ]      ▒▒▒▒▒▒▒▒▒▒▒▒▒
 *
 * What comes back was taken from the front, so it is always before all that has not been taken yet.
 * There is a backlog only when the window is as large as the memory budget allows; then what arrives
 * goes there, and what is at its front is read back when the window is nearly empty.
 */
export class ReadyList {
  readonly #log: QueueLog | null
  readonly #storage: QueueStorage
  readonly #onLoaded: () => void
  readonly #returned: ReturnedMessages
  readonly #window = new Fifo<Message>()
  readonly #windowSequences = new SequenceRuns()
  /** Null as long as none was needed. */
  #backlog: Backlog | null = null
  readonly #arena = new ByteArena()
  /** What `#window` takes in memory. */
  #bytes = 0
  #bodyBytes = 0
  #isTimed = false

  /** What `shift` took last: set here rather than returned, to spare an object a message. */
  sequence = 0
  redelivered = false
  expiresAt = 0

  /** `onLoaded` is called when messages have come back into memory, or may have. */
  constructor(
    log: QueueLog | null,
    storage: QueueStorage,
    onLoaded: () => void,
    keepsTransient = false,
  ) {
    this.#log = log
    this.#storage = storage
    this.#onLoaded = onLoaded
    this.#returned = new ReturnedMessages(log, storage, onLoaded, keepsTransient)
    if (log !== null && log.count > 0) {
      this.#backlog = new Backlog(log, storage)
      this.#backlog.recover(log)
      this.#isTimed = log.takeStretches().length > 0
    }
  }

  get length(): number {
    return this.#returned.length + this.#window.length + (this.#backlog?.length ?? 0)
  }

  get isEmpty(): boolean {
    if (this.#window.length > 0) return false
    return this.#returned.length === 0 && (this.#backlog === null || this.#backlog.length === 0)
  }

  /** Of the messages' bodies. */
  get bodyBytes(): number {
    return this.#returned.bodyBytes + this.#bodyBytes + (this.#backlog?.bodyBytes ?? 0)
  }

  /** Whether there may be messages that expire. */
  get isTimed(): boolean {
    return this.#isTimed
  }

  /** When the first message expires; 0 is never, or that is not known before it has been read. */
  get firstExpiresAt(): number {
    if (this.isEmpty || this.isLoading) return 0
    if (this.#returned.length > 0) return this.#returned.expiresAt
    // What is in the backlog, but can be had at once, is in the window now.
    return this.#windowSequences.first.expiresAt
  }

  /** Whether there are messages, but the first must be read before it can be taken: it is being read. */
  get isLoading(): boolean {
    if (this.#returned.length > 0) return this.#returned.isLoading
    if (this.#backlog === null) return false
    this.#fill(this.#backlog)
    return this.#window.length === 0 && this.#backlog.length > 0
  }

  /** The messages that came back, and are in memory. */
  get returned(): Iterable<Place> {
    return this.#returned.places
  }

  /** The others that came back, all from one sequence to another: the message log has them. */
  get returnedRanges(): Iterable<readonly [from: number, to: number]> {
    return this.#returned.ranges()
  }

  /**
   * The first sequence of those that did not come back: all from there on are ready. Undefined when
   * there are none.
   */
  get firstSequence(): number | undefined {
    return this.#window.length > 0 ? this.#windowSequences.first.next : this.#backlog?.firstSequence
  }

  /** Sequences must grow. Of a message that goes to the backlog, the log knows whether it is redelivered. */
  push(
    message: Message,
    sequence: number,
    expiresAt: number,
    isLogged: boolean,
    redelivered = false,
  ): void {
    if (expiresAt !== 0) this.#isTimed = true
    const hasBacklog = this.#backlog !== null && this.#backlog.length > 0
    const bytes = this.#bytes + this.#returned.bytes
    if (!hasBacklog && this.#storage.budget.allows(bytes + memoryBytes(message))) {
      message.settleIn(this.#arena)
      this.#pushToWindow(message, sequence, redelivered, expiresAt)
    } else {
      this.#backlog ??= new Backlog(this.#log, this.#storage)
      this.#backlog.push(message, sequence, expiresAt, isLogged, bytes)
    }
  }

  /** `isUnseen`: whoever had it has kept it from all, and it is no more redelivered than before. */
  putBack(place: TimedPlace, isUnseen = false): void {
    if (place.expiresAt !== 0) this.#isTimed = true
    this.#returned.push(place, this.#bytes + (this.#backlog?.bytes ?? 0), isUnseen)
  }

  /**
   * Takes the first message, and sets `sequence`, `redelivered` and `expiresAt`. None when there is none
   * in memory.
   */
  shift(): Message | undefined {
    if (this.#returned.length > 0) return this.#shiftReturned()
    if (this.#backlog !== null) this.#fill(this.#backlog)
    return this.#window.length === 0 ? undefined : this.#shiftWindow()
  }

  /** As `shift`. There must be a message in the window. */
  #shiftWindow(): Message {
    const { first } = this.#windowSequences
    this.sequence = first.next
    this.redelivered = first.delivered
    this.expiresAt = first.expiresAt
    this.#windowSequences.shift()
    const message = this.#window.shift() as Message
    this.#bodyBytes -= message.bodySize
    this.#hold(-memoryBytes(message))
    return message
  }

  /**
   * All up to a sequence has been somebody's before: it is now among what came back, so that what is behind
   * it may be had by others. It must have come before this process, and `read` be what there was of it.
   */
  comeBack(last: number, read: readonly LoggedMessage[]): void {
    this.#returned.seen(last)
    while (this.#window.length > 0 && this.#windowSequences.first.next <= last) {
      const message = this.#shiftWindow()
      this.putBack({ message, sequence: this.sequence, expiresAt: this.expiresAt })
    }
    const logged = this.#backlog?.leave(last, read) ?? []
    for (const one of logged) this.#returned.pushLogged(one)
  }

  /** Where the message stands that so many stand before; undefined when there are not so many. */
  locate(position: number): LogPosition | undefined {
    if (position === 0) return { sequence: 0, skip: 0 }
    const returned = this.#returned.length
    if (position < returned) return { sequence: this.#returned.sequenceAt(position), skip: 0 }
    const sequence = this.#windowSequences.at(position - returned)
    if (sequence !== undefined) return { sequence, skip: 0 }
    return this.#backlog?.locate(position - returned - this.#window.length)
  }

  /** Some messages from a sequence on, in order, without taking them: at most so many of those in memory. */
  async read(from: number, limit: number): Promise<StoredRun> {
    const first = this.firstSequence ?? Number.POSITIVE_INFINITY
    if (this.#returned.length > 0 && from < first) {
      const run = await this.#returned.read(from, limit)
      return { ...run, next: Math.min(run.next, first) }
    }
    const messages: StoredMessage[] = []
    for (const { index, ...place } of this.#windowSequences.from(from)) {
      if (messages.length === limit) return { messages, next: place.sequence }
      messages.push({ message: this.#window.at(index) as Message, ...place })
    }
    const backlog = this.#backlog
    if (messages.length === 0 && backlog !== null) return backlog.read(from)
    return { messages, next: backlog?.firstSequence ?? Number.POSITIVE_INFINITY }
  }

  /** Of messages that were read, in their order: which are still there. */
  stillThere(sequences: readonly number[]): ReadonlySet<number> {
    const first = this.firstSequence ?? Number.POSITIVE_INFINITY
    const there = new Set(this.#returned.among(sequences.filter((sequence) => sequence < first)))
    const others = sequences.filter((sequence) => sequence >= first)
    const last = others.at(-1) ?? -1
    for (const { sequence } of this.#windowSequences.from(others[0] ?? first)) {
      if (sequence > last) break
      there.add(sequence)
    }
    for (const sequence of others) if (this.#backlog?.has(sequence) === true) there.add(sequence)
    return there
  }

  /** Takes out one that was read, wherever it is: whoever does so tells the log. */
  remove(place: Place): boolean {
    const { message, sequence } = place
    if (this.#returned.length > 0 && this.#returned.remove(place)) return true
    const index = this.#windowSequences.delete(sequence)
    if (index < 0) return this.#backlog?.remove(sequence, message.bodySize) === true
    const removed = this.#window.removeAt(index) as Message
    this.#bodyBytes -= removed.bodySize
    this.#hold(-memoryBytes(removed))
    return true
  }

  clear(): void {
    this.#returned.clear()
    this.#window.clear()
    this.#windowSequences.clear()
    this.#backlog?.clear()
    this.#bodyBytes = 0
    this.#isTimed = false
    this.#hold(-this.#bytes)
  }

  #shiftReturned(): Message | undefined {
    const returned = this.#returned.shift()
    if (returned === undefined) return undefined
    this.sequence = returned.sequence
    this.redelivered = this.#returned.redelivered
    this.expiresAt = returned.expiresAt
    return returned.message
  }

  /** Sees to it that there is a stock in the window, or when memory is short, that it is not empty. */
  #fill(backlog: Backlog): void {
    if (backlog.length === 0 || this.#bytes > LOW_WINDOW_BYTES) return
    if (this.#window.length === 0) backlog.takeFromMemory(this.#take)
    const isLow = this.#bytes <= LOW_WINDOW_BYTES && this.#storage.budget.allows(this.#bytes)
    if (isLow || this.#window.length === 0) backlog.load(this.#take, this.#onLoaded)
  }

  #take = (message: Message, sequence: number, delivered: boolean, expiresAt: number): void => {
    this.#pushToWindow(message, sequence, delivered, expiresAt)
  }

  #pushToWindow(message: Message, sequence: number, delivered: boolean, expiresAt: number): void {
    if (expiresAt !== 0) this.#isTimed = true
    this.#window.push(message)
    this.#windowSequences.push(sequence, delivered, expiresAt)
    this.#bodyBytes += message.bodySize
    this.#hold(memoryBytes(message))
  }

  #hold(bytes: number): void {
    this.#bytes += bytes
    this.#storage.budget.take(bytes)
    if (this.#bytes === 0) this.#arena.release()
  }
}
