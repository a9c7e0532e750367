// What a delayed message exchange keeps: when it goes on its way, and what there is of it after a crash.

import { fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { DelayQueue, type Room } from '../../../src/delayed/delay-queue.ts'
import { delayedId } from '../../../src/delayed/delayed-browsing.ts'
import { ACCEPTED, type PublishOutcome } from '../../../src/exchange/destination.ts'
import type { Message } from '../../../src/message/message.ts'
import type { QueueLog } from '../../../src/message-log/queue-log.ts'
import type { DelayedMessage } from '../../../src/queue/delays.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { NodeTickets } from '../../../src/sharding/node-tickets.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { ManualSpillStore } from '../queue/manual-spill-store.ts'

function messageFor(delayMs: number, body = `${delayMs}`, deliveryMode = 2): Message {
  const headers = fieldTableFromObject({ 'x-delay': delayMs })
  return sampleMessage(body, { properties: { deliveryMode, headers } })
}

/** A delay before a durable queue, of which only the log is there. */
class Fixture {
  readonly log: LogFixture
  readonly released: string[] = []
  readonly queue: DelayQueue
  readonly budget: MessageBudget
  readonly spillStore: ManualSpillStore = new ManualSpillStore()
  /** What there is where they go, for all or by their bodies. */
  roomFor: (body: string) => Room = () => 'now'
  readonly #tickets: NodeTickets | null
  #nextSequence = 0

  constructor(
    log = new LogFixture(),
    budgetBytes = 1_000_000,
    isDurable = true,
    tickets: NodeTickets | null = null,
  ) {
    this.log = log
    this.#tickets = tickets
    this.budget = new MessageBudget(budgetBytes)
    this.#nextSequence = log.other.nextSequence
    const spill = new Spill(this.spillStore, () => {})
    this.queue = new DelayQueue({
      owner: { exchange: 'e' },
      storage: { ...memoryOnly(), clock: log.clock, budget: this.budget, spill },
      log: isDurable ? log.queue : null,
      arrivals: tickets === null ? { stored: async () => log.log.settled() } : { tickets },
      release: (message) => this.#release(message, log.other),
      roomFor: (message) => this.roomFor(bodyOf(message).toString()),
    })
  }

  publish(...messages: Message[]): void {
    for (const message of messages) this.queue.publish(message)
  }

  /** What the next process finds, at the time at which this one began. */
  async restarted(): Promise<Fixture> {
    const fixture = new Fixture(await recover(this.log.journal))
    await microtasks()
    return fixture
  }

  #release(message: Message, target: QueueLog): PublishOutcome {
    this.released.push(bodyOf(message).toString())
    if (this.#tickets !== null) return this.#tickets.open()
    return message.persistent ? target.enqueue(message, this.#nextSequence++) : ACCEPTED
  }
}

describe('a delay', () => {
  it('releases messages when they are due, with one timer for all of them', () => {
    const { log, queue, released } = new Fixture(new LogFixture(), 1_000_000, false)
    for (const ms of [300, 100, 200, 100_000]) queue.publish(messageFor(ms))
    expect(log.clock.pendingCount).toBe(1)
    log.clock.advance(99)
    expect(released).toEqual([])
    log.clock.advance(1)
    expect(released).toEqual(['100'])
    log.clock.advance(200)
    expect(released).toEqual(['100', '200', '300'])
    expect(queue.messageCount).toBe(1)
    log.clock.advance(100_000)
    expect(released).toEqual(['100', '200', '300', '100000'])
    expect(log.clock.pendingCount).toBe(0)
  })

  it('releases a burst in several turns, in its order', () => {
    const { log, queue, released } = new Fixture(new LogFixture(), 1_000_000, false)
    for (let index = 0; index < 3500; index++) queue.publish(messageFor(500, `${index}`, 1))
    log.clock.advance(500)
    expect(released.length).toBeGreaterThan(0)
    expect(released.length).toBeLessThanOrEqual(1000)
    log.clock.advance(20)
    expect(released).toEqual(Array.from({ length: 3500 }, (_, index) => `${index}`))
  })

  it('does not go on before much of what it has released is stored', async () => {
    const { log, queue, released } = new Fixture()
    for (let index = 0; index < 6000; index++) queue.publish(messageFor(500, `${index}`))
    await log.storeAll()
    log.clock.advance(700)
    expect(released.length).toBe(4000)
    await log.storeAll()
    log.clock.advance(100)
    expect(released.length).toBe(6000)
  })

  it('goes on when much has arrived, whatever some of it waits for', async () => {
    const tickets = new NodeTickets(() => {})
    const { log, queue, released } = new Fixture(new LogFixture(), 1_000_000, true, tickets)
    for (let index = 0; index < 5000; index++) queue.publish(messageFor(500, `${index}`))
    await log.storeAll()
    log.clock.advance(700)
    expect(released.length).toBe(4000)
    // Of the others nothing is known: where they go, there is no owner.
    for (let ticket = 2001; ticket <= 4000; ticket++) tickets.settle(ticket, ACCEPTED)
    log.clock.advance(100)
    expect(released.length).toBe(5000)
  })

  it('gives the log the time at which a message is due, and a ticket to the publisher', async () => {
    const { log, queue } = new Fixture()
    const outcome = queue.publish(messageFor(500))
    expect(outcome).toBe(log.log.lastTicket)
    await log.storeAll()
    const { messages } = await log.queue.read(0, 0)
    expect(messages[0]?.expiresAt).toBe(log.clock.wallTime() + 500)
    expect(queue.publish(messageFor(500, 'transient', 1))).toBe(0)
  })

  it('keeps in memory no more than it may', async () => {
    const { log, queue, released, budget, spillStore } = new Fixture(
      new LogFixture(),
      100_000,
      false,
    )
    const body = (index: number): string => `${index} ${'x'.repeat(1000)}`
    for (let index = 0; index < 1000; index++) queue.publish(messageFor(1_000_000, body(index), 1))
    await spillStore.settle()
    expect(budget.usedBytes).toBeLessThan(400_000)
    expect(queue.messageCount).toBe(1000)
    for (let steps = 0; steps < 200; steps++) {
      log.clock.advance(10_000)
      await spillStore.settle()
    }
    expect(released).toEqual(Array.from({ length: 1000 }, (_, index) => body(index)))
    expect(budget.usedBytes).toBe(0)
    expect(spillStore.pages.size).toBe(0)
  })

  it('forgets its messages when it is deleted, in the log too', async () => {
    const fixture = new Fixture()
    fixture.publish(messageFor(100), messageFor(100_000))
    await fixture.log.storeAll()
    fixture.queue.delete()
    fixture.publish(messageFor(100, 'late'))
    fixture.log.clock.advance(200_000)
    expect(fixture.released).toEqual([])
    expect(fixture.log.clock.pendingCount).toBe(0)
    expect(fixture.budget.usedBytes).toBe(0)
    await fixture.log.storeAll()
    expect(await fixture.log.recovered()).toEqual([])
  })

  it('looks at the wall clock from time to time, which may be set', () => {
    const { log, queue, released } = new Fixture(new LogFixture(), 1_000_000, false)
    let aheadMs = 0
    const { clock } = log
    const wallTime = clock.wallTime.bind(clock)
    clock.wallTime = () => wallTime() + aheadMs
    queue.publish(messageFor(3_600_000))
    aheadMs = 3_600_000
    clock.advance(60_000)
    expect(released).toEqual(['3600000'])
  })
})

describe('a delay that is over while there is no room', () => {
  const MANY = { count: 100, bytes: 1_000_000 }
  const seen = async ({ queue }: Fixture) =>
    (await queue.read(0, MANY)).map(({ message }) => bodyOf(message).toString())

  it('keeps the messages as they are, and in their order, until there is', async () => {
    const fixture = new Fixture()
    const { log, queue, released } = fixture
    fixture.roomFor = () => (released.length < 1 ? 'now' : 'later')
    fixture.publish(messageFor(100, 'a'), messageFor(200, 'b'), messageFor(150, 'c'))
    await log.storeAll()
    log.clock.advance(500)
    await log.storeAll()
    expect(released).toEqual(['a'])
    const { lastTicket } = log.log
    const before = (await queue.read(0, MANY)).map(({ dueMs, sequence }) => [dueMs, sequence])
    for (let seconds = 0; seconds < 10; seconds++) {
      log.clock.advance(1000)
      await log.storeAll()
    }
    expect(log.log.lastTicket).toBe(lastTicket)
    const after = (await queue.read(0, MANY)).map(({ dueMs, sequence }) => [dueMs, sequence])
    expect(after).toEqual(before)
    expect(await seen(fixture)).toEqual(['c', 'b'])
    expect(queue.messageCount).toBe(2)
    expect(log.clock.pendingCount).toBe(1)
    fixture.roomFor = () => 'now'
    log.clock.advance(1000)
    expect(released).toEqual(['a', 'c', 'b'])
    await log.storeAll()
    expect((await log.recovered()).sort()).toEqual(['2/0 a', '2/1 c', '2/2 b'])
  })

  it('does not go on before much is stored, where there is room for a little at a time', async () => {
    const fixture = new Fixture()
    const { log, released } = fixture
    let room = 0
    fixture.roomFor = () => (released.length < room ? 'now' : 'later')
    for (let index = 0; index < 6000; index++) fixture.publish(messageFor(500, `${index}`))
    await log.storeAll()
    log.clock.advance(500)
    for (let steps = 0; steps < 20; steps++) {
      room += 500
      log.clock.advance(100)
    }
    expect(released.length).toBe(4000)
    await log.storeAll()
    log.clock.advance(1000)
    expect(released.length).toBe(6000)
  })

  it('does not keep back others for one that there never is room for', async () => {
    const fixture = new Fixture()
    const { log, queue, released } = fixture
    fixture.roomFor = (body) => (body === 'large' ? 'never' : 'now')
    fixture.publish(messageFor(100, 'large'), messageFor(200, 'small'))
    await log.storeAll()
    log.clock.advance(200)
    expect(released).toEqual(['small'])
    expect(await seen(fixture)).toEqual(['large'])
    fixture.roomFor = () => 'now'
    log.clock.advance(120_000)
    expect(released).toEqual(['small', 'large'])
    expect(queue.messageCount).toBe(0)
    await log.storeAll()
    expect((await log.recovered()).sort()).toEqual(['2/0 small', '2/1 large'])
  })

  it('has no room for one that is wanted before its time either', async () => {
    const fixture = new Fixture()
    const { log, queue, released } = fixture
    fixture.roomFor = () => 'later'
    fixture.publish(messageFor(60_000, 'm'))
    await log.storeAll()
    const [found] = await queue.read(0, MANY)
    const id = delayedId(found as DelayedMessage)
    expect(await queue.releaseNow(id)).toBe('refused')
    expect(await queue.find(id)).toMatchObject({ dueMs: log.clock.wallTime() + 60_000 })
    fixture.roomFor = () => 'now'
    expect(await queue.releaseNow(id)).toBe('released')
    expect(await queue.releaseNow(id)).toBe('missing')
    expect(released).toEqual(['m'])
  })
})

describe('after a crash, a delay', () => {
  it('still has what was not due, and releases it in its time', async () => {
    const before = new Fixture()
    before.publish(messageFor(300), messageFor(100), messageFor(200, 'transient', 1))
    await before.log.storeAll()
    const after = await before.restarted()
    expect(after.queue.messageCount).toBe(2)
    after.log.clock.advance(299)
    expect(after.released).toEqual(['100'])
    after.log.clock.advance(1)
    expect(after.released).toEqual(['100', '300'])
  })

  it('releases at once what was due meanwhile, in the order in which it was', async () => {
    const before = new Fixture()
    before.publish(messageFor(5000), messageFor(1000), messageFor(3000), messageFor(60_000))
    await before.log.storeAll()
    const log = await recover(before.log.journal)
    log.clock.advance(10_000)
    const after = new Fixture(log)
    await microtasks()
    expect(after.released).toEqual(['1000', '3000', '5000'])
  })

  it('reads many messages that are overdue without having them in memory at once', async () => {
    const before = new Fixture()
    for (let index = 0; index < 20_000; index++) before.publish(messageFor(1 + (index % 1000)))
    await before.log.storeAll()
    const log = await recover(before.log.journal)
    log.clock.advance(3_600_000)
    const after = new Fixture(log, 100_000)
    for (let steps = 0; steps < 400 && after.released.length < 20_000; steps++) {
      await microtasks()
      await after.spillStore.settle()
      await log.storeAll()
      log.clock.advance(10)
      expect(after.budget.usedBytes).toBeLessThan(8_000_000)
    }
    const dues = after.released.map(Number)
    expect(dues.length).toBe(20_000)
    expect(dues).toEqual(dues.toSorted((a, b) => a - b))
  })

  it('has a message, or the queue has it that it was released to, but not both', async () => {
    const fixture = new Fixture()
    fixture.publish(messageFor(100, 'm'))
    await fixture.log.storeAll()
    fixture.log.clock.advance(100)
    expect(fixture.released).toEqual(['m'])
    expect(await fixture.log.recovered()).toEqual(['1/0 m'])
    await fixture.log.storeAll()
    expect(await fixture.log.recovered()).toEqual(['2/0 m'])
  })

  it('does not have what was released before it was stored', async () => {
    const fixture = new Fixture()
    fixture.publish(messageFor(10, 'm'))
    fixture.log.clock.advance(10)
    expect(fixture.released).toEqual(['m'])
    await fixture.log.storeAll()
    expect(await fixture.log.recovered()).toEqual(['2/0 m'])
  })

  it('does not have what was released while it was being stored', async () => {
    const fixture = new Fixture()
    // Far enough away to be written to a page, which the log does not know.
    fixture.publish(messageFor(200, 'a'), messageFor(200, 'b'))
    fixture.log.turn.run()
    fixture.publish(messageFor(200, 'c'))
    fixture.log.clock.advance(200)
    await fixture.log.storeAll()
    fixture.log.clock.advance(100)
    await fixture.log.storeAll()
    fixture.log.clock.advance(100)
    await fixture.log.storeAll()
    expect(fixture.released).toEqual(['a', 'b', 'c'])
    expect((await fixture.log.recovered()).sort()).toEqual(['2/0 a', '2/1 b', '2/2 c'])
  })

  it('tries again to read what could not be read', async () => {
    const before = new Fixture()
    before.publish(messageFor(100))
    await before.log.storeAll()
    const log = await recover(before.log.journal)
    const { read } = log.queue
    let failures = 2
    log.queue.read = (from, to) =>
      failures-- > 0
        ? Promise.reject(new Error('the disk is broken'))
        : read.call(log.queue, from, to)
    const after = new Fixture(log)
    for (let seconds = 0; seconds < 3; seconds++) {
      await microtasks()
      log.clock.advance(1000)
    }
    await microtasks()
    expect(after.released).toEqual(['100'])
  })
})
