import { expect } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import type { Message } from '../../../src/message/message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import type { QueueLog, Ticket } from '../../../src/message-log/queue-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { ManualJournal, microtasks } from '../../unit/message-log/manual-journal.ts'
import { type Operation, QUEUE_IDS } from './log-operations.ts'
import { type PlaceModel, QueuesModel } from './queues-model.ts'

/** So little that stragglers appear after a few records. */
const UNTIDY_BYTES = 600
const RETRY_MS = 500

interface HeldPlace extends PlaceModel {
  readonly message: Message
}

/** A log with its journal, and beside it the model; reopening begins with another log. */
export class LogUnderTest {
  #journal = new ManualJournal()
  #turn = new Turn()
  #clock = new FakeClock()
  #log: MessageLog = this.#newLog()
  #queues = new Map<number, QueueLog>()
  #model = new QueuesModel([])
  #held: HeldPlace[] = []
  #told: Ticket[] = []
  #failing: boolean[] = []
  #messageCount = 0
  /** Whether the record that is being written is there already, although that was denied. */
  #isDoubtfulThere = false

  constructor() {
    for (const id of QUEUE_IDS) this.#queues.set(id, this.#log.queueLog(id))
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'enqueue':
        this.#enqueue(operation.queueIds, operation.bodySize)
        break
      case 'enqueueAgain': {
        const [place] = this.#pick([operation.place])
        if (place !== undefined) this.#place(operation.queueId, place.message, place.body)
        break
      }
      case 'deliver':
        for (const place of this.#pick(operation.places)) this.#deliver(place)
        break
      case 'settle':
        for (const place of this.#pick(operation.places)) this.#settle(place)
        break
      case 'settleMost': {
        const [kept] = this.#pick([operation.but])
        for (const place of this.#held.filter((each) => each !== kept)) this.#settle(place)
        break
      }
      case 'endTurn':
        this.#turn.run()
        break
      case 'retry':
        this.#clock.advance(RETRY_MS)
        await microtasks()
        break
      case 'journal':
        if (this.#journal.pendingCount === 0) break
        if (operation.outcome === 'doubt') this.#isDoubtfulThere = true
        if (operation.outcome === 'store') this.#isDoubtfulThere = false
        await this.#journal.settle(operation.outcome)
        break
      case 'truncates':
        this.#journal.truncates = operation.truncates
        break
      case 'reopen':
        await this.#reopen(operation.isThere)
        break
      default:
        operation satisfies never
    }
    this.#check()
  }

  /** Settles everything and gives the journal time: then nothing may be left. */
  async drain(): Promise<void> {
    for (const place of [...this.#held]) this.#settle(place)
    await this.#untilStored()
    // What could not be removed before goes with what comes next.
    this.#journal.truncates = true
    this.#enqueue([1], 10)
    await this.#untilStored()
    for (const place of [...this.#held]) this.#settle(place)
    await this.#untilStored()
    expect(this.#journal.records).toEqual([])
    expect([this.#log.bytes, this.#log.liveBytes]).toEqual([0, 0])
  }

  #enqueue(queueIds: readonly number[], bodySize: number): void {
    const body = `m${++this.#messageCount}`
    const message = sampleMessage(body.padEnd(bodySize, '.'))
    for (const queueId of queueIds) this.#place(queueId, message, body)
  }

  #place(queueId: number, message: Message, body: string): void {
    const sequences = this.#held.filter((place) => place.queueId === queueId)
    // After all that are left, so that sequences are used again: a queue that was restored knows of
    // no others than those, and the log cares as little which were there before.
    const sequence = Math.max(-1, ...sequences.map((held) => held.sequence)) + 1
    const place = { queueId, sequence, body, delivered: false, message }
    const ticket = this.#queues.get(queueId)!.enqueue(message, sequence)
    expect(ticket).toBe(this.#log.lastTicket)
    this.#model.note(ticket, 'enqueue', sketch(place))
    this.#held.push(place)
  }

  #deliver(place: HeldPlace): void {
    this.#queues.get(place.queueId)!.deliver(place.message, place.sequence)
    this.#model.note(this.#log.lastTicket, 'deliver', sketch(place))
  }

  #settle(place: HeldPlace): void {
    this.#queues.get(place.queueId)!.settle(place.message, place.sequence)
    this.#model.note(this.#log.lastTicket, 'settle', sketch(place))
    this.#held = this.#held.filter((other) => other !== place)
  }

  /** No place twice. */
  #pick(picks: readonly number[]): HeldPlace[] {
    if (this.#held.length === 0) return []
    const picked = picks.map((pick) => this.#held[pick % this.#held.length]!)
    return [...new Set(picked)]
  }

  async #reopen(isThere: boolean): Promise<void> {
    if (isThere && this.#journal.pendingCount > 0) {
      // Seen from the next process it makes no difference whether this one still heard of it.
      await this.#journal.settle('doubt')
      this.#isDoubtfulThere = true
    }
    const storedTicket = this.#log.storedTicket + (this.#isDoubtfulThere ? 1 : 0)
    const expected = this.#model.contents(storedTicket)
    this.#journal = this.#journal.reopened()
    this.#turn = new Turn()
    this.#clock = new FakeClock()
    this.#log = this.#newLog()
    this.#told = []
    this.#failing = []
    this.#isDoubtfulThere = false
    this.#held = []
    await this.#log.recover((queueId, sequence, message, delivered) => {
      const [body = ''] = bodyOf(message).toString().split('.')
      this.#held.push({ queueId, sequence, body, delivered, message })
      return true
    })
    expect(this.#held.map(sketch)).toEqual(expected)
    for (const id of QUEUE_IDS) this.#queues.set(id, this.#log.queueLog(id))
    this.#model = new QueuesModel(expected)
  }

  #newLog(): MessageLog {
    const log = new MessageLog({
      journal: this.#journal,
      turn: this.#turn,
      clock: this.#clock,
      logger: silentLogger,
      onFailing: (failing) => this.#failing.push(failing),
      untidyBytes: UNTIDY_BYTES,
    })
    log.listen({ stored: (ticket) => this.#told.push(ticket) })
    return log
  }

  /** What must be so at any moment. */
  #check(): void {
    expect(this.#journal.pendingCount).toBeLessThanOrEqual(1)
    // Each ticket once, none left out, and none too early.
    expect(this.#told).toEqual(Array.from({ length: this.#log.storedTicket }, (_, n) => n + 1))
    expect(this.#failing).toEqual(this.#failing.map((_, n) => n % 2 === 0))
    expect(this.#held.map(sketch).sort(byPlace)).toEqual(
      this.#model.contents().map((place) => ({ ...place, delivered: expect.any(Boolean) })),
    )
  }

  async #untilStored(): Promise<void> {
    for (let round = 0; round < 1000; round++) {
      this.#turn.run()
      this.#clock.advance(RETRY_MS)
      await microtasks()
      if (this.#journal.pendingCount > 0) await this.#journal.settle('store')
      else if (this.#log.lastTicket === this.#log.storedTicket) return
    }
    throw new Error('the log does not come to rest')
  }
}

function sketch({ queueId, sequence, body, delivered }: PlaceModel): PlaceModel {
  return { queueId, sequence, body, delivered }
}

function byPlace(a: PlaceModel, b: PlaceModel): number {
  return a.queueId - b.queueId || a.sequence - b.sequence
}
