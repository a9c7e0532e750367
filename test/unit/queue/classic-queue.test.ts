// Who waits for messages that are being read back, and how much of a queue is in memory.

import { beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { QueueConsumer } from '../../../src/queue/queue.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { ManualSpillStore } from './manual-spill-store.ts'

const KIB = 1024
const MIB = 1024 * KIB

let log: LogFixture
let store: ManualSpillStore
let budget: MessageBudget

beforeEach(() => {
  log = new LogFixture()
  store = new ManualSpillStore()
  budget = new MessageBudget(0)
})

/** A durable queue. What is behind the window must be read back, unless it is in the open page. */
function newQueue(): ClassicQueue {
  const storage = {
    budget,
    spill: new Spill(store, () => {}),
    clock: new FakeClock(),
    logger: new RecordingLogger(),
  }
  const properties = {
    durable: true,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: new Map(),
  }
  const events = { lastConsumerLeft() {}, expired() {}, deadLetter() {} }
  const logOf = () => log.queue
  return new ClassicQueue({ name: 'q', vhostName: '/', properties, events, storage, logOf })
}

const persistent = { properties: { deliveryMode: 2 } }

function publish(queue: ClassicQueue, count: number, bytes = 10): void {
  for (let n = 0; n < count; n++) queue.publish(sampleMessage(`m${n}.`.padEnd(bytes), persistent))
}

const nameOf = (message: Message | undefined) => message && bodyOf(message).toString().split('.')[0]

/** Whether somebody who waits has been told to go on. */
function watch(queue: ClassicQueue): () => Promise<boolean> {
  let isOver = false
  void queue.whenLoaded().then(() => {
    isOver = true
  })
  return async () => {
    await microtasks()
    return isOver
  }
}

class Consumer implements QueueConsumer {
  readonly noAck = false
  readonly priority = 0
  readonly prefetchCount = 0
  readonly arguments = new Map()
  readonly taken: string[] = []
  credit: number

  constructor(credit: number) {
    this.credit = credit
  }

  canTake(): boolean {
    return this.credit > 0
  }

  deliver(message: Message, _: number, redelivered: boolean): void {
    this.credit--
    this.taken.push(`${nameOf(message)}${redelivered ? ' again' : ''}`)
  }

  cancelled(): void {}
}

describe('whoever waits for a message that is being read', () => {
  it('goes on when it is there', async () => {
    const queue = newQueue()
    publish(queue, 2)
    expect([queue.get(false), queue.isLoading]).toEqual([undefined, true])
    const isOver = watch(queue)
    expect(await isOver()).toBe(false)
    await log.storeAll()
    expect(await isOver()).toBe(true)
    expect(queue.isLoading).toBe(false)
    expect(nameOf(queue.get(false)?.message)).toBe('m0')
  })

  it('goes on when the queue is purged', async () => {
    const queue = newQueue()
    publish(queue, 2)
    expect(queue.isLoading).toBe(true)
    const isOver = watch(queue)
    expect(queue.purge()).toBe(2)
    expect(await isOver()).toBe(true)
    expect([queue.isLoading, queue.get(false), queue.readyCount]).toEqual([false, undefined, 0])
    await log.storeAll()
    expect([queue.readyCount, log.queue.count]).toEqual([0, 0])
  })

  it('goes on when the queue is deleted', async () => {
    const queue = newQueue()
    publish(queue, 2)
    expect(queue.isLoading).toBe(true)
    const isOver = watch(queue)
    queue.delete()
    expect(await isOver()).toBe(true)
    expect([queue.isLoading, queue.get(false), queue.readyCount]).toEqual([false, undefined, 0])
  })

  it('finds nothing when a consumer has taken what was there', async () => {
    const queue = newQueue()
    publish(queue, 2)
    const consumer = new Consumer(2)
    queue.consume(consumer, false)
    const isOver = watch(queue)
    await log.storeAll()
    expect(await isOver()).toBe(true)
    expect(consumer.taken).toEqual(['m0', 'm1'])
    expect([queue.isLoading, queue.get(false)]).toEqual([false, undefined])
  })
})

describe('a consumer', () => {
  it('gets what comes back first, and what is behind when it was read', async () => {
    budget = new MessageBudget(1400)
    const queue = newQueue()
    publish(queue, 4)
    const [first, second] = [queue.get(false)!, queue.get(false)!]
    expect(second.redelivered).toBe(false)
    const consumer = new Consumer(9)
    queue.requeue([second, first])
    queue.consume(consumer, false)
    expect(consumer.taken).toEqual(['m0 again', 'm1 again'])
    await log.storeAll()
    await microtasks()
    expect(consumer.taken).toEqual(['m0 again', 'm1 again', 'm2', 'm3'])
    expect(queue.readyCount).toBe(0)
  })

  it('that left meanwhile gets nothing, and another one does', async () => {
    const queue = newQueue()
    publish(queue, 2)
    const [gone, other] = [new Consumer(9), new Consumer(9)]
    queue.consume(gone, false)
    queue.cancel(gone)
    queue.consume(other, false)
    await log.storeAll()
    expect([gone.taken, other.taken]).toEqual([[], ['m0', 'm1']])
  })
})

describe('how much of a queue is in memory', () => {
  /** Messages of a block of the journal each. */
  const LARGE = 300 * KIB

  it('is a stock for consumers while there is room', async () => {
    budget = new MessageBudget(2 * MIB)
    const queue = newQueue()
    publish(queue, 9, LARGE)
    await log.storeAll()
    for (let taken = 0; taken < 4; taken += queue.get(true) === undefined ? 0 : 1) {
      await microtasks()
    }
    await microtasks()
    expect(budget.usedBytes).toBeGreaterThan(LARGE)
    expect(budget.usedBytes).toBeLessThan(512 * KIB + 2 * LARGE)
  })

  it('is what is read at once when there is none', async () => {
    const queue = newQueue()
    publish(queue, 9, LARGE)
    await log.storeAll()
    for (let left = 9; left > 0; left--) {
      expect(queue.isLoading).toBe(true)
      await microtasks()
      expect(queue.isLoading).toBe(false)
      await microtasks()
      expect(budget.usedBytes).toBeLessThan(2 * LARGE)
      queue.get(true)
    }
    expect(budget.usedBytes).toBe(0)
  })

  it('is nothing when it was purged or deleted', async () => {
    budget = new MessageBudget(MIB)
    const queue = newQueue()
    publish(queue, 9, LARGE)
    const taken = queue.get(false)!
    queue.requeue([taken])
    queue.purge()
    expect(budget.usedBytes).toBe(0)
    publish(queue, 9, LARGE)
    queue.delete()
    expect(budget.usedBytes).toBe(0)
  })
})
