import { after } from '../base/clock.ts'
import { Heap } from '../base/heap.ts'
import { ByteArena } from '../message/byte-arena.ts'
import { memoryBytes } from '../message/memory-bytes.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog, StoredMessage, StoredRun } from '../message-log/queue-log.ts'
import { SequenceSet } from '../message-log/sequence-set.ts'
import { NO_MORE } from './backlog-reading.ts'
import type { LoggedMessage } from './backlog-runs.ts'
import type { Place, TimedPlace } from './queue.ts'
import type { QueueStorage } from './queue-storage.ts'

/** How long a message log that could not be read is left alone. */
const RETRY_MS = 1000
/** So many reads give all that is in memory. */
const MAX_READS = 64
/** The first sequence of none. */
const NONE = Number.POSITIVE_INFINITY

/**
 * The messages of a queue that came back, by sequence:
 *
 *     in memory ( 3 7 8 )     logged { 9 … 4,711, 4,713 … 80,000 }
 *
 * They stay in memory as far as the budget allows it. Beyond, of those that the message log has, only
 * the sequences are kept, and they are read back when it is their turn. Others stay for good.
 */
export class ReturnedMessages {
  readonly #log: QueueLog | null
  readonly #keepsTransient: boolean
  readonly #storage: QueueStorage
  readonly #onLoaded: () => void
  readonly #inMemory = new Heap<TimedPlace>((a, b) => a.sequence < b.sequence)
  readonly #logged = new SequenceSet()
  /** Of all of them, those that nobody has seen: null as long as there never was one. */
  #unseen: Set<number> | null = null
  #firstLogged = NONE
  /** None of them is behind it. */
  #lastLogged = -1
  readonly #arena = new ByteArena()
  #bytes = 0
  #bodyBytes = 0
  /** Changes when what is being read is not wanted any more. */
  #generation = 0
  #isReading = false

  /** Whether somebody has seen what `shift` took last. */
  redelivered = true

  /** `onLoaded` is called when messages have come back into memory, or may have. */
  constructor(
    log: QueueLog | null,
    storage: QueueStorage,
    onLoaded: () => void,
    keepsTransient = false,
  ) {
    this.#log = log
    this.#keepsTransient = keepsTransient
    this.#storage = storage
    this.#onLoaded = onLoaded
  }

  get length(): number {
    return this.#inMemory.length + this.#logged.count
  }

  /** Bytes of them in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of the messages' bodies, wherever they are. */
  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** When the first one expires; 0 is never. There must be one in memory. */
  get expiresAt(): number {
    return (this.#inMemory.peek() as TimedPlace).expiresAt
  }

  /** Whether there are messages, but the first must be read before it can be taken: it is being read. */
  get isLoading(): boolean {
    if (this.#firstLogged === NONE) return false
    const first = this.#inMemory.peek()
    if (first !== undefined && first.sequence < this.#firstLogged) return false
    this.#load()
    return true
  }

  /** Those in memory. */
  get places(): Iterable<TimedPlace> {
    return this.#inMemory
  }

  /** The others: all from one sequence to another, and so on. */
  *ranges(): Iterable<readonly [from: number, to: number]> {
    const logged = this.#logged
    for (let from = logged.next(0); from !== undefined; ) {
      let to = from
      while (logged.has(to + 1)) to++
      yield [from, to]
      from = logged.next(to + 1)
    }
  }

  /** Somebody has seen all up to there after all. */
  seen(last: number): void {
    for (const sequence of this.#unseen ?? []) if (sequence <= last) this.#unseen?.delete(sequence)
  }

  /** `queueBytes` is what the queue has in memory without these; `isUnseen`: whoever had it has kept it from all. */
  push(place: TimedPlace, queueBytes: number, isUnseen = false): void {
    const { message, sequence } = place
    if (isUnseen) {
      this.#unseen ??= new Set()
      this.#unseen.add(sequence)
    }
    this.#bodyBytes += message.bodySize
    const bytes = queueBytes + this.#bytes + memoryBytes(message)
    // The first one stays: whoever rejects one message after the other needs no log to get them again.
    const hasRoom = this.#inMemory.length === 0 || this.#storage.budget.allows(bytes)
    if (hasRoom || !this.#isRecorded(message, sequence)) {
      this.#keep(place)
      return
    }
    this.#addLogged(sequence)
  }

  /** One that is in the message log, and not in memory. */
  pushLogged({ sequence, bodyBytes }: LoggedMessage): void {
    this.#bodyBytes += bodyBytes
    this.#addLogged(sequence)
  }

  /** Takes the first one. None when it is not in memory. */
  shift(): TimedPlace | undefined {
    if (this.isLoading) return undefined
    const place = this.#inMemory.pop()
    if (place === undefined) return undefined
    this.#hold(-memoryBytes(place.message))
    this.#bodyBytes -= place.message.bodySize
    this.redelivered = this.#unseen?.delete(place.sequence) !== true
    return place
  }

  /** The sequence of the message that so many stand before. */
  sequenceAt(position: number): number {
    const sequences = new Float64Array(this.length)
    let at = 0
    for (const { sequence } of this.#inMemory) sequences[at++] = sequence
    for (const [from, to] of this.ranges()) {
      for (let sequence = from; sequence <= to; sequence++) sequences[at++] = sequence
    }
    return sequences.sort()[position] as number
  }

  /**
   * Some messages from a sequence on, without taking them: at most so many of those in memory, or more where
   * there are very many, since all of them are looked at each time.
   */
  async read(from: number, atLeast: number): Promise<StoredRun> {
    const limit = Math.max(atLeast, Math.ceil(this.#inMemory.length / MAX_READS))
    const firstLogged = this.#logged.next(from)
    const logged =
      firstLogged === undefined
        ? NO_MORE
        : await (this.#log as QueueLog).read(firstLogged, this.#lastLogged)
    const next = logged.next > this.#lastLogged ? NONE : logged.next
    const inMemory = firstFrom(this.#inMemory, from, limit)
    const last = inMemory.length < limit ? NONE : (inMemory.at(-1)?.sequence ?? NONE)
    const end = Math.min(next, last + 1)
    const back = logged.messages.filter(({ sequence }) => this.#logged.has(sequence))
    const messages = [...back, ...inMemory].map((place) => {
      return { ...place, delivered: this.#unseen?.has(place.sequence) !== true }
    })
    messages.sort(bySequence)
    return { messages: messages.filter(({ sequence }) => sequence < end), next: end }
  }

  /** Which of these are among them. */
  among(sequences: readonly number[]): number[] {
    if (sequences.length === 0) return []
    const asked = new Set(sequences)
    const found = sequences.filter((sequence) => this.#logged.has(sequence))
    for (const { sequence } of this.#inMemory) {
      if (found.length === sequences.length) break
      if (asked.has(sequence)) found.push(sequence)
    }
    return found
  }

  /** Takes out one, wherever it is: whoever does so tells the log. */
  remove({ message, sequence }: Place): boolean {
    if (this.#logged.delete(sequence)) this.#findEnds()
    else {
      const place = this.#inMemory.remove((one) => one.sequence === sequence)
      if (place === undefined) return false
      this.#hold(-memoryBytes(place.message))
    }
    this.#bodyBytes -= message.bodySize
    this.#unseen?.delete(sequence)
    return true
  }

  clear(): void {
    this.#generation++
    this.#isReading = false
    this.#inMemory.clear()
    this.#hold(-this.#bytes)
    this.#bodyBytes = 0
    this.#unseen = null
    this.#logged.deleteRange(0, this.#lastLogged)
    this.#findEnds()
  }

  /** Whether the log knows it by its sequence alone, rather than as a message that waits for a record. */
  #isRecorded(message: Message, sequence: number): boolean {
    const log = this.#log
    if (log === null || sequence >= log.nextSequence) return false
    return message.logEntry === null && (this.#keepsTransient || message.persistent)
  }

  /** Reads the next messages, and then calls back. Once at a time. */
  #load(): void {
    if (this.#isReading) return
    this.#isReading = true
    const generation = this.#generation
    const end = (): void => {
      if (generation !== this.#generation) return
      this.#isReading = false
      this.#onLoaded()
    }
    const from = this.#firstLogged
    const reading = (this.#log as QueueLog).read(from, this.#lastLogged)
    reading.then(
      ({ messages, next }) => {
        if (generation === this.#generation) this.#takeBack(messages, from, next)
        end()
      },
      (error: unknown) => {
        if (generation !== this.#generation) return
        this.#storage.logger.error({ err: error }, 'Messages of a queue could not be read back')
        after(this.#storage.clock, RETRY_MS, end)
      },
    )
  }

  /** What the log has from one sequence up to another. Somebody may have, or have had, some of it. */
  #takeBack(messages: readonly StoredMessage[], from: number, next: number): void {
    for (const place of messages) if (this.#logged.delete(place.sequence)) this.#keep(place)
    const count = this.#logged.deleteRange(from, next - 1)
    this.#findEnds()
    // Never, unless what was stored has been damaged.
    if (count === 0) return
    this.#storage.logger.error({ count }, 'Messages of a queue are missing from the store')
  }

  #keep({ message, sequence, expiresAt }: TimedPlace): void {
    message.settleIn(this.#arena)
    this.#inMemory.push({ message, sequence, expiresAt })
    this.#hold(memoryBytes(message))
  }

  #addLogged(sequence: number): void {
    this.#logged.add(sequence)
    this.#firstLogged = Math.min(this.#firstLogged, sequence)
    this.#lastLogged = Math.max(this.#lastLogged, sequence)
  }

  #findEnds(): void {
    this.#firstLogged = this.#logged.next(0) ?? NONE
    if (this.#firstLogged === NONE) this.#lastLogged = -1
  }

  #hold(bytes: number): void {
    this.#bytes += bytes
    this.#storage.budget.take(bytes)
    if (this.#bytes === 0) this.#arena.release()
  }
}

const bySequence = (a: TimedPlace, b: TimedPlace): number => a.sequence - b.sequence

/** The first ones from a sequence on, in order, of what has none. */
function firstFrom(places: Iterable<TimedPlace>, from: number, limit: number): TimedPlace[] {
  const found: TimedPlace[] = []
  let end = NONE
  for (const place of places) {
    if (place.sequence < from || place.sequence > end) continue
    found.push(place)
    if (found.length < limit * 2) continue
    found.sort(bySequence)
    found.length = limit
    end = found[limit - 1]?.sequence ?? NONE
  }
  found.sort(bySequence)
  return found.slice(0, limit)
}
