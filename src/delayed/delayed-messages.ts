import { Heap } from '../base/heap.ts'
import { ByteArena } from '../message/byte-arena.ts'
import { memoryBytes } from '../message/memory-bytes.ts'
import type { Message } from '../message/message.ts'
import { Backlog } from '../queue/backlog.ts'
import type { DelayedMessage } from '../queue/delays.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { BudgetShare } from './budget-share.ts'
import { AHEAD_MS, Span } from './span.ts'

/** 64^8 milliseconds are all that a place in the message log can say. */
const ALL_TIME_LEVEL = 8
/** So many messages are objects in memory, and so many bytes, or a few more. */
const NEAR_COUNT = 8 * 1024
const NEAR_BYTES = 8 * 1024 * 1024
const SMALL_COUNT = 256
const SMALL_BYTES = 256 * 1024
/** So many messages are passed on at once. */
const STEP_COUNT = 2000
/** About how long it takes to pass on a message to a narrower span. */
const PASS_MS = 0.004

/**
 * Messages in the order in which they are due, and of those that are due at the same time, in that in
 * which they came: as many as there is room for on disk, in little memory.
 *
 * Time is a tree of spans, each with 64 parts, down to single milliseconds. A message is put into the
 * widest span that has not begun, the next 12 days' for one, as bytes behind the others there: see
 * `Backlog`, which puts them on disk as memory gets short. Before a span begins its messages are passed
 * on to its parts, page by page, and so come near in a few steps, each of which writes and reads in
 * one go what is due at about the same time:
 *
 *     now ──┬──────────────┬───────────────────────────┬────────────────────────────────▶
 *      near │  64 ms spans │  4 s spans                │  4 min, 5 h, 12 days, 2 years …
 *      heap │ ▒ ▒▒ ▒ ▒▒▒ ▒ │ ▒▒▒▒ ▒▒▒▒▒ ▒▒▒▒▒▒▒ ▒▒▒▒▒▒ │ ▒▒▒▒▒▒▒▒▒▒ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
 *
 * Only what is due in a moment, or in a span with few messages, is near: objects in a heap. A single
 * millisecond may have a million messages; they are in their order already, and are read as they are
 * taken. So nothing is kept of a message that is not near but its bytes, a timer is needed for the
 * first only, and the cost of a message does not grow with their number.
 */
export class DelayedMessages {
  readonly #storage: QueueStorage
  readonly #onLoaded: () => void
  readonly #allTime = new Span(0, ALL_TIME_LEVEL, null)
  /** Those spans that have messages themselves, and some that had: the first is first. */
  readonly #spans = new Heap<Span>(isBefore)
  /** Those that are still to be opened, the one that is to be opened next first. */
  readonly #closed = new Heap<Span>((a, b) => a.opensAtMs < b.opensAtMs)
  /** Those whose messages are being passed on, the first one first. */
  readonly #opened = new Heap<Span>(isBefore)
  /** Those of which messages are being read. */
  readonly #loading = new Set<Span>()
  readonly #near = new Heap<DelayedMessage>(isSooner)
  #nearBytes = 0
  /** Those that were taken out of their spans, and are passed over when these are read. */
  readonly #removed = new Set<number>()
  readonly #arena = new ByteArena()
  #nowMs = 0
  #passedCount = 0

  /** `onLoaded` is called when messages have come back into memory, or may have. */
  constructor(storage: QueueStorage, onLoaded: () => void) {
    this.#storage = { ...storage, budget: new BudgetShare(storage.budget) }
    this.#onLoaded = onLoaded
  }

  get length(): number {
    let count = this.#near.length - this.#removed.size
    for (const { messages } of this.#spans) count += messages?.length ?? 0
    return count
  }

  /** Those that are near, in no particular order. */
  get near(): Iterable<DelayedMessage> {
    return this.#near
  }

  /** Where the others are, what begins first first. */
  get spans(): readonly Span[] {
    return [...this.#spans].filter(({ messages }) => messages !== null).sort(inOrder)
  }

  isRemoved(sequence: number): boolean {
    return this.#removed.has(sequence)
  }

  /** Takes out one that is near; false when it is not, and it may be in a span. */
  removeNear(sequence: number): boolean {
    const delayed = this.#near.remove((one) => one.sequence === sequence)
    if (delayed === undefined) return false
    this.#holdNear(-memoryBytes(delayed.message))
    return true
  }

  /** Takes out one that is in a span. */
  removeFromSpan(sequence: number): void {
    this.#removed.add(sequence)
  }

  push(message: Message, sequence: number, dueMs: number, nowMs: number): void {
    this.#nowMs = nowMs
    this.#put(this.#allTime, message, sequence, dueMs)
  }

  /** Passes on some of what is in spans that begin soon: to be called before messages are taken. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs
    this.#open()
    const until = this.#passedCount + STEP_COUNT
    while (this.#passedCount < until) {
      const span = this.#opened.peek()
      if (span === undefined) return
      if (this.#isDrained(span)) this.#opened.pop()
      else if (!this.#passPage(span)) return
    }
  }

  /** Takes the first message, if it is due and in memory. */
  shift(nowMs: number): DelayedMessage | undefined {
    return this.peek(nowMs) && this.#shiftNear()
  }

  /** The same, without taking it. */
  peek(nowMs: number): DelayedMessage | undefined {
    this.#nowMs = nowMs
    for (;;) {
      const next = this.#near.peek()
      const first = this.#firstSpan()
      if (next !== undefined && next.dueMs <= nowMs && isClear(next.dueMs, first)) {
        return next
      }
      if (first === undefined || first.level > 0 || first.startMs > nowMs) return undefined
      if (!this.#isDrained(first) && !this.#passPage(first)) return undefined
    }
  }

  /**
   * When there is something to advance or to take again, which may be now. Infinitely far away when
   * there is nothing, or only `onLoaded` can say it.
   */
  get nextMs(): number {
    const opened = this.#opened.peek()
    if (opened !== undefined && !this.#loading.has(opened)) return this.#nowMs
    const next = this.#near.peek()
    const first = this.#firstSpan()
    const dueMs = next !== undefined && isClear(next.dueMs, first) ? next.dueMs : NEVER
    const isReadable = first?.level === 0 && !this.#loading.has(first)
    const beginsMs = isReadable ? first.startMs : NEVER
    return Math.min(dueMs, beginsMs, this.#closed.peek()?.opensAtMs ?? NEVER)
  }

  clear(): void {
    for (const span of this.#spans) {
      if (span.messages === null) continue
      span.messages.clear()
      this.#dissolve(span)
    }
    this.#loading.clear()
    this.#removed.clear()
    this.#holdNear(-this.#nearBytes)
    for (const heap of [this.#spans, this.#closed, this.#opened, this.#near]) heap.clear()
    this.#arena.release()
  }

  /** Puts a message where it belongs within a span, or near. */
  #put(within: Span, message: Message, sequence: number, dueMs: number): void {
    let span = within
    let part = span.part(dueMs)
    while (part !== undefined && part.messages === null) {
      span = part
      part = span.part(dueMs)
    }
    if (part !== undefined) this.#append(part, message, sequence, dueMs)
    else if (dueMs <= this.#nowMs + AHEAD_MS && this.#hasRoomNear) {
      this.#pushNear(message, sequence, dueMs)
    } else this.#append(this.#newSpan(span, dueMs), message, sequence, dueMs)
  }

  /** The widest span within another that has not begun, or is over. */
  #newSpan(within: Span, dueMs: number): Span {
    let span = within.addPart(dueMs)
    while (span.level > 0 && span.partsFromMs <= this.#nowMs && this.#nowMs < span.endMs) {
      span = span.addPart(dueMs)
    }
    span.messages = new Backlog(null, this.#storage)
    this.#spans.push(span)
    if (span.level > 0) this.#closed.push(span)
    return span
  }

  #append(span: Span, message: Message, sequence: number, dueMs: number): void {
    span.messages?.push(message, sequence, dueMs, false, 0)
  }

  #pushNear(message: Message, sequence: number, dueMs: number): void {
    message.settleIn(this.#arena)
    this.#near.push({ message, sequence, dueMs })
    this.#holdNear(memoryBytes(message))
  }

  #shiftNear(): DelayedMessage {
    const delayed = this.#near.pop() as DelayedMessage
    this.#holdNear(-memoryBytes(delayed.message))
    if (this.#near.length === 0) this.#arena.release()
    return delayed
  }

  get #hasRoomNear(): boolean {
    return this.#near.length < NEAR_COUNT && this.#nearBytes < NEAR_BYTES
  }

  #holdNear(bytes: number): void {
    this.#nearBytes += bytes
    this.#storage.budget.take(bytes)
  }

  #open(): void {
    for (let span = this.#closed.peek(); span !== undefined; span = this.#closed.peek()) {
      if (span.opensAtMs > this.#nowMs) return
      this.#closed.pop()
      const { length, bodyBytes } = span.messages as Backlog
      span.isSmall = span.level === 1 || (length <= SMALL_COUNT && bodyBytes <= SMALL_BYTES)
      // Many messages are begun with early, of a few nothing needs to be known before their time.
      const latestMs = span.startMs - AHEAD_MS - length * span.level * PASS_MS
      if (latestMs > this.#nowMs) {
        span.opensAtMs = latestMs
        this.#closed.push(span)
      } else this.#opened.push(span)
    }
  }

  /** Passes on what it has in memory next; false when that must be read first, and it is being read. */
  #passPage(span: Span): boolean {
    if (this.#loading.has(span)) return false
    const messages = span.messages as Backlog
    const before = this.#passedCount
    const take = (message: Message, sequence: number, _delivered: boolean, dueMs: number): void => {
      this.#passedCount++
      if (this.#removed.delete(sequence)) return
      // Behind the messages that it had when it was opened, many more may have come.
      // Those that came before it may have been put into a part of the span, when there was no room.
      const hasRoom = span.isSmall && this.#hasRoomNear && span.part(dueMs) === undefined
      const isNear = span.level === 0 || hasRoom
      if (isNear) this.#pushNear(message, sequence, dueMs)
      else this.#put(span, message, sequence, dueMs)
    }
    messages.takeFromMemory(take)
    if (this.#passedCount > before) return true
    this.#loading.add(span)
    messages.load(take, () => {
      this.#loading.delete(span)
      this.#onLoaded()
    })
    return false
  }

  /** Whether it has no messages any more; then it is none of those that have. */
  #isDrained(span: Span): boolean {
    if (span.messages !== null && span.messages.length > 0) return false
    this.#dissolve(span)
    return true
  }

  /** Removes it, and the ones around it, if there is nothing left in them. */
  #dissolve(span: Span): void {
    span.messages = null
    let empty = span
    while (empty.isEmpty && empty.parent !== null) {
      empty.parent.removePart(empty)
      empty = empty.parent
    }
  }

  #firstSpan(): Span | undefined {
    for (let span = this.#spans.peek(); span !== undefined; span = this.#spans.peek()) {
      if (span.messages !== null) return span
      this.#spans.pop()
    }
    return undefined
  }
}

const NEVER = Number.POSITIVE_INFINITY

/** Of two that begin together, the wider one has messages for the other. */
function isBefore(a: Span, b: Span): boolean {
  return a.startMs === b.startMs ? a.level > b.level : a.startMs < b.startMs
}

const inOrder = (a: Span, b: Span): number => a.startMs - b.startMs || b.level - a.level

function isSooner(a: DelayedMessage, b: DelayedMessage): boolean {
  return a.dueMs === b.dueMs ? a.sequence < b.sequence : a.dueMs < b.dueMs
}

/** Whether nothing in the first span can come before what is due then. */
function isClear(dueMs: number, first: Span | undefined): boolean {
  if (first === undefined || dueMs < first.startMs) return true
  return dueMs === first.startMs && first.level === 0
}
