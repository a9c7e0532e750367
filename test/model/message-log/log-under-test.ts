import { expect } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import type { Message } from '../../../src/message/message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import type { QueueLog, Ticket } from '../../../src/message-log/queue-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { type Held, HeldPlaces } from './held-places.ts'
import {
  type EnqueueOperation,
  type History,
  type Operation,
  SLOTS,
  SMALL_MESSAGE,
} from './log-operations.ts'
import { type Place, PlacesModel } from './places-model.ts'
import { placeOf, Reading, readAll } from './read-places.ts'
import { expectRecovered } from './recovered-places.ts'
import { StampsModel, stampOf } from './stamps-model.ts'
import type { TestJournal } from './test-journal.ts'

const RETRY_MS = 500
/** More rounds than anything takes that comes to an end. */
const MOST_ROUNDS = 2000

/** A log with its journal, and beside it the model; reopening begins with another log. */
export class LogUnderTest {
  readonly #untidyBytes: number
  readonly #stampLeast: number
  #journal: TestJournal
  #turn = new Turn()
  #clock = new FakeClock()
  #log: MessageLog
  #queues: { readonly id: number; readonly log: QueueLog; next: number }[] = []
  #model = new PlacesModel([])
  #stamps: StampsModel
  #held = new HeldPlaces()
  #failing: boolean[] = []
  /** What was found out while something was waited for. */
  readonly #faults: unknown[] = []
  #unanswered = 0
  #messageCount = 0
  #lastQueueId = 0

  constructor(
    journal: TestJournal,
    { untidyBytes, stampLeast }: Pick<History, 'untidyBytes' | 'stampLeast'>,
  ) {
    this.#untidyBytes = untidyBytes
    this.#stampLeast = stampLeast
    this.#stamps = new StampsModel(stampLeast)
    this.#journal = journal
    this.#log = this.#newLog()
    for (const slot of SLOTS) this.#useQueue(slot, ++this.#lastQueueId)
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'enqueue':
        this.#enqueue(operation)
        break
      case 'enqueueAgain': {
        const [held] = this.#held.pick([operation.place])
        if (held !== undefined) this.#place(operation.slot, held.message, held.place)
        break
      }
      case 'move': {
        const [held] = this.#held.pick([operation.place])
        if (held !== undefined) this.#move(operation.slot, held)
        break
      }
      case 'deliver':
        for (const held of this.#held.pick(operation.places)) this.#deliver(held)
        break
      case 'settle':
        for (const held of this.#held.pick(operation.places)) this.#settle(held)
        break
      case 'settleMost': {
        const [kept] = this.#held.pick([operation.but])
        for (const held of this.#held.all) if (held !== kept) this.#settle(held)
        break
      }
      case 'settleRange':
        this.#settleRange(operation.slot, ...this.#range(operation.slot, operation.ends))
        break
      case 'read':
        this.#read(operation.slot, ...this.#range(operation.slot, operation.ends))
        break
      case 'drop':
        this.#drop(operation.slot)
        break
      case 'endTurn':
        this.#turn.run()
        break
      case 'retry':
        this.#clock.advance(RETRY_MS)
        await this.#journal.advance('delay')
        break
      case 'journal':
        await this.#journal.advance(operation.outcome)
        break
      case 'truncates':
        this.#journal.setTruncates(operation.truncates)
        break
      case 'reopen':
        await this.reopen(operation.isThere)
        break
      default:
        operation satisfies never
    }
    this.#listen()
    expect(this.#failing).toEqual(this.#failing.map((_, n) => n % 2 === 0))
    this.#throwFaults()
  }

  /** The process ends, and the next one finds what it has left. */
  async reopen(isThere: boolean): Promise<void> {
    const { storedTicket } = this.#log
    this.#journal = await this.#journal.reopened(isThere)
    this.#turn = new Turn()
    this.#clock = new FakeClock()
    this.#unanswered = 0
    this.#log = this.#newLog()
    await this.#log.recover()
    this.#held = new HeldPlaces()
    // Not only those queues that are still there.
    for (let id = 1; id <= this.#lastQueueId; id++) await this.#findAgain(id)
    expectRecovered(this.#held.places, this.#model, storedTicket)
    this.#expectStamp(storedTicket)
    this.#log.keepOnly(new Set(this.#queues.map(({ id }) => id)))
    this.#model = new PlacesModel(this.#held.places, this.#model.noteCount)
    this.#model.addBytes(this.#log.bytes)
    for (const slot of SLOTS) this.#useQueue(slot, this.#queues[slot]!.id)
    for (const { place } of this.#held.all) {
      if (this.#logOf(place) === undefined) this.#forget(place)
    }
  }

  /** Waits until nothing more happens, and looks whether everything is as it should be then. */
  async rest(): Promise<void> {
    this.#journal.setTruncates(true)
    await this.#until(() => this.#isAtRest())
    for (const { id, log } of this.#queues) {
      const places = this.#held.places.filter(({ queueId }) => queueId === id)
      expect(log.count).toBe(places.length)
      const found = await readAll(log)
      expect(found.map((stored) => placeOf(id, stored))).toEqual(places)
    }
  }

  /** Settles everything and gives the journal time: then nothing may be left. */
  async drain(): Promise<void> {
    await this.rest()
    for (const held of this.#held.all) this.#settle(held)
    // What could not be removed before goes with what comes next.
    this.#enqueue({ ...SMALL_MESSAGE, slots: [1] })
    await this.rest()
    for (const held of this.#held.all) this.#settle(held)
    await this.#until(() => this.#isAtRest())
    if (this.#log.stamp !== undefined) {
      // That much is left, and no more than may be untidy.
      expect(this.#log.bytes).toBeLessThanOrEqual(this.#untidyBytes)
      await this.reopen(true)
      expect(this.#held.all).toEqual([])
      return
    }
    await this.#until(() => this.#isAtRest() && this.#log.bytes === 0)
    expect(this.#log.liveBytes).toBe(0)
    await this.#until(() => this.#journal.journal.bytes === 0)
  }

  async close(): Promise<void> {
    await this.#journal.journal.close()
  }

  #enqueue({ slots, isAtomic, ...sample }: EnqueueOperation): void {
    const { bodySize, frameMax, expiresAt, gap } = sample
    const name = `m${++this.#messageCount}.`
    const message = sampleMessage(name.padEnd(bodySize, '.'), { frameMax })
    this.#model.addBytes(bodySize)
    for (const slot of slots) {
      this.#queues[slot]!.next += gap
      this.#place(slot, message, { name, expiresAt })
    }
    if (!isAtomic) return
    this.#log.makeAtomic()
    this.#model.makeAtomic(this.#log.lastTicket)
  }

  #move(slot: number, held: Held): void {
    this.#log.makeAtomic()
    const to = this.#place(slot, held.message, held.place)
    // The batch that was meant has its ticket only now.
    this.#model.makeAtomic(this.#log.lastTicket)
    this.#settle(held)
    this.#model.noteMove(held.place, to)
  }

  #place(slot: number, message: Message, like: Pick<Place, 'name' | 'expiresAt'>): Place {
    const queue = this.#queues[slot]!
    const { name, expiresAt } = like
    const place = { queueId: queue.id, sequence: queue.next++, name, expiresAt, delivered: false }
    const ticket = queue.log.enqueue(message, place.sequence, expiresAt)
    expect(ticket).toBe(this.#log.lastTicket)
    this.#model.note(ticket, 'enqueue', place)
    this.#held.add(place, message)
    return place
  }

  #deliver(held: Held): void {
    const { place, message } = held
    this.#logOf(place)?.deliver(message, place.sequence)
    this.#model.note(this.#log.lastTicket, 'deliver', place)
    held.place = { ...place, delivered: true }
  }

  #settle({ place, message }: Held): void {
    this.#logOf(place)?.settle(message, place.sequence)
    this.#forget(place)
  }

  #settleRange(slot: number, from: number, to: number): void {
    const { id, log } = this.#queues[slot]!
    log.settleRange(from, to)
    for (const place of this.#held.between(id, from, to)) this.#forget(place)
  }

  #drop(slot: number): void {
    const { id, log } = this.#queues[slot]!
    log.drop()
    for (const place of this.#held.between(id, 0, Number.POSITIVE_INFINITY)) this.#forget(place)
    this.#useQueue(slot, ++this.#lastQueueId)
  }

  #forget(place: Place): void {
    this.#model.note(this.#log.lastTicket, 'settle', place)
    this.#held.remove(place)
  }

  #read(slot: number, from: number, to: number): void {
    const { id, log } = this.#queues[slot]!
    const reading = new Reading(this.#held, id, from, to)
    const theLog = this.#log
    this.#unanswered++
    log
      .read(from, to)
      .then((run) => {
        if (theLog !== this.#log) return
        this.#unanswered--
        reading.check(run)
      })
      .catch((error: unknown) => {
        if (theLog === this.#log) this.#faults.push(error)
      })
  }

  /** What is told to be safe is, and everybody is told once. */
  #listen(): void {
    const log = this.#log
    const ticket = log.lastTicket
    let isTold = false
    this.#unanswered++
    log.listen({
      stored: (stored) => {
        if (log !== this.#log) return
        this.#unanswered--
        if (isTold) this.#faults.push(new Error('somebody was told twice'))
        if (stored < ticket) this.#faults.push(new Error(`${stored} was told, not ${ticket}`))
        isTold = true
      },
    })
  }

  /** It claims nothing that is not there, and no less than what was told to be. */
  #expectStamp(storedTicket: Ticket): void {
    const stamp = stampOf(this.#log.stamp)
    this.#stamps.expectFound(stamp, storedTicket)
    this.#model.expectNoted(this.#held.places, stamp)
    this.#stamps = new StampsModel(this.#stampLeast, stamp)
  }

  async #findAgain(queueId: number): Promise<void> {
    for (const stored of await readAll(this.#log.queueLog(queueId))) {
      this.#held.add(placeOf(queueId, stored), stored.message)
    }
  }

  #useQueue(slot: number, id: number): void {
    const log = this.#log.queueLog(id)
    this.#queues[slot] = { id, log, next: log.nextSequence }
  }

  #newLog(): MessageLog {
    const failing: boolean[] = []
    this.#failing = failing
    const log: MessageLog = new MessageLog({
      journal: this.#journal.journal,
      turn: this.#turn,
      clock: this.#clock,
      logger: silentLogger,
      onFailing: (isFailing) => {
        failing.push(isFailing)
        if (failing === this.#failing) this.#model.wasRefused = true
      },
      onBehind() {},
      untidyBytes: this.#untidyBytes,
      // What another process still does is no matter.
      stamp: () =>
        log === this.#log ? this.#stamps.next(log.lastTicket, this.#model.noteCount) : undefined,
    })
    return log
  }

  #isAtRest(): boolean {
    const { bytes, liveBytes, lastTicket, storedTicket } = this.#log
    const isTidy = bytes <= this.#untidyBytes || bytes <= 4 * liveBytes
    return isTidy && lastTicket === storedTicket && this.#unanswered === 0
  }

  async #until(isReached: () => boolean): Promise<void> {
    for (let round = 0; !isReached(); round++) {
      if (round > MOST_ROUNDS) throw new Error('the log does not come to rest')
      this.#turn.run()
      this.#clock.advance(RETRY_MS)
      await this.#journal.wait()
      this.#throwFaults()
    }
  }

  #throwFaults(): void {
    if (this.#faults.length > 0) throw this.#faults[0]
  }

  #logOf({ queueId }: Place): QueueLog | undefined {
    return this.#queues.find(({ id }) => id === queueId)?.log
  }

  /** Between two places of a queue, or around them. */
  #range(slot: number, ends: readonly [number, number]): [from: number, to: number] {
    const { next } = this.#queues[slot]!
    const [from, to] = ends.map((end) => (next * 7 * end) % (next + 3)).sort((a, b) => a - b)
    return [from!, to!]
  }
}
