import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog, StoredMessage } from '../message-log/queue-log.ts'
import type { LoggedMessage } from './backlog-runs.ts'
import type { Place, TimedPlace } from './queue.ts'
import type { QueueStorage } from './queue-storage.ts'
import { ReadyList } from './ready-list.ts'
import { SequenceRun } from './sequence-run.ts'

/** The messages of a queue that have one priority: those that are ready, and the log of all. */
export class Lane {
  readonly ready: ReadyList
  /** Null when nothing of it outlives the process. */
  readonly log: QueueLog | null
  /** Those before it were given to messages by processes that have ended. */
  readonly firstNewSequence: number
  readonly #keepsTransient: boolean
  #nextSequence: number
  /** When those expire that somebody has, by sequence: nearly always none does. */
  #expiries: Map<number, number> | null = null
  /** Those that have left the queue, and those that somebody has, of which the log is to be told. */
  readonly #goneRun: SequenceRun | null
  readonly #heldRun: SequenceRun | null

  /** `keepsTransient`: the log is told of messages that need not be stored as well. */
  constructor(
    log: QueueLog | null,
    storage: QueueStorage,
    onLoaded: () => void,
    keepsTransient = false,
  ) {
    this.log = log
    this.#keepsTransient = keepsTransient
    this.firstNewSequence = log?.nextSequence ?? 0
    this.#nextSequence = this.firstNewSequence
    this.ready = new ReadyList(log, storage, onLoaded, keepsTransient)
    this.#goneRun = log && new SequenceRun((from, to) => log.settleStored(from, to))
    this.#heldRun = log && new SequenceRun((from, to) => log.deliverStored(from, to))
  }

  /** All messages that there are have lower ones. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** No message that comes gets a place up to that one: somebody has one there that was never stored. */
  passOver(sequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1)
  }

  /** A place for a message that comes now. */
  newSequence(): number {
    return this.#nextSequence++
  }

  /** Behind all others. `expiresAt` is in milliseconds since 1970; 0 is never. */
  push(message: Message, expiresAt: number, redelivered = false): PublishOutcome {
    const sequence = this.#nextSequence++
    const isLogged = this.log !== null && this.#isKept(message)
    const outcome = isLogged
      ? (this.log as QueueLog).enqueue(message, sequence, expiresAt)
      : ACCEPTED
    if (redelivered && isLogged) this.log?.deliver(message, sequence)
    this.ready.push(message, sequence, expiresAt, isLogged, redelivered)
    return outcome
  }

  /** Somebody takes a message that never was ready, and will say what becomes of it. */
  pushTaken(message: Message, sequence: number, expiresAt: number): PublishOutcome {
    if (expiresAt !== 0) this.#keepExpiry(sequence, expiresAt)
    const { log } = this
    if (log === null || !this.#isKept(message)) return ACCEPTED
    const outcome = log.enqueue(message, sequence, expiresAt)
    log.deliver(message, sequence)
    return outcome
  }

  /**
   * What `ready.shift` gave last has gone to somebody, for good or until it is settled. The log is told with
   * `flushTaken`.
   */
  taken(message: Message, noAck: boolean): void {
    const { expiresAt } = this.ready
    if (expiresAt !== 0 && !noAck) this.#keepExpiry(this.ready.sequence, expiresAt)
    if (this.log === null || (this.ready.redelivered && !noAck)) return
    const { sequence } = this.ready
    const run = noAck ? this.#goneRun : this.#heldRun
    if (message.logEntry === null) run?.add(sequence)
    else if (noAck) this.log.settle(message, sequence)
    else this.log.deliver(message, sequence)
  }

  /**
   * Takes out what was read, for those who had it in another process. Gives what was still there. Whoever
   * had the others before the last of these is gone: `passed` is what was read of them.
   */
  claim(
    read: readonly StoredMessage[],
    passed: readonly LoggedMessage[],
  ): readonly StoredMessage[] {
    const claimed = read.filter((place) => this.ready.remove(place))
    let last = -1
    for (const { sequence, expiresAt } of claimed) {
      if (expiresAt !== 0) this.#keepExpiry(sequence, expiresAt)
      last = Math.max(last, sequence)
    }
    this.ready.comeBack(last, passed)
    this.log?.deliverStored(0, last)
    return claimed
  }

  /** Somebody has taken out what was ready, and will say what becomes of it. */
  hold({ sequence, expiresAt }: TimedPlace): void {
    if (expiresAt !== 0) this.#keepExpiry(sequence, expiresAt)
  }

  flushTaken(): void {
    this.#goneRun?.flush()
    this.#heldRun?.flush()
  }

  /** It has left the queue. */
  settle(place: Place): void {
    this.settleAll([place])
  }

  settleAll(places: readonly Place[]): void {
    const { log } = this
    const run = this.#goneRun
    if (this.#expiries !== null) this.#forgetExpiries(places)
    if (log === null || run === null) return
    for (let index = 0; index < places.length; index++) {
      const { message, sequence } = places[index] as Place
      if (message.logEntry === null) run.add(sequence)
      else log.settle(message, sequence)
    }
    run.flush()
  }

  putBack({ message, sequence }: Place, isUnseen = false): void {
    const expiresAt = this.#expiries?.get(sequence) ?? 0
    if (expiresAt !== 0) this.#expiries?.delete(sequence)
    this.ready.putBack({ message, sequence, expiresAt }, isUnseen)
  }

  /** Drops what is ready, and says how many that were. */
  purge(): number {
    const { ready, log } = this
    const count = ready.length
    if (log !== null) {
      for (const { message, sequence } of ready.returned) log.settle(message, sequence)
      for (const [from, to] of ready.returnedRanges) log.settleStored(from, to)
      const { firstSequence } = ready
      if (firstSequence !== undefined) log.settleRange(firstSequence, this.#nextSequence - 1)
    }
    ready.clear()
    return count
  }

  /** Drops everything. */
  drop(): void {
    this.ready.clear()
    this.#expiries = null
    this.log?.drop()
  }

  #keepExpiry(sequence: number, expiresAt: number): void {
    this.#expiries ??= new Map()
    this.#expiries.set(sequence, expiresAt)
  }

  #forgetExpiries(places: readonly Place[]): void {
    for (const { sequence } of places) this.#expiries?.delete(sequence)
    if (this.#expiries?.size === 0) this.#expiries = null
  }

  #isKept(message: Message): boolean {
    return this.#keepsTransient || message.persistent
  }
}
