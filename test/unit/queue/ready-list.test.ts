// A consumer has taken a deep queue into memory, and goes: what comes back must not stay there.

import { beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { QueuedMessage } from '../../../src/queue/queue.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'

const COUNT = 10_000
const BUDGET_BYTES = 4000
const BODY_BYTES = 200
/** About 1,000 messages are in a block of the journal, and are read at once. */
const LOAD_BYTES = 800_000

const UNKNOWN = { lastConsumerLeft() {}, expired() {}, deadLetter() {} }

let log: LogFixture
let budget: MessageBudget
let logger: RecordingLogger
let queue: ClassicQueue

beforeEach(() => {
  log = new LogFixture()
  budget = new MessageBudget(BUDGET_BYTES)
  logger = new RecordingLogger()
  const properties = {
    durable: true,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: new Map(),
  }
  const storage = { budget, spill: null, clock: new FakeClock(), logger }
  queue = new ClassicQueue({
    name: 'q',
    vhostName: '/',
    properties,
    events: UNKNOWN,
    storage,
    logOf: () => log.queue,
  })
})

const nameOf = (message: Message) => bodyOf(message).toString().split('.')[0]
const NAMES = Array.from({ length: COUNT }, (_, n) => `m${n}`)

async function publishAll(): Promise<void> {
  for (const name of NAMES) {
    queue.publish(sampleMessage(name.padEnd(BODY_BYTES, '.'), { properties: { deliveryMode: 2 } }))
    // Else all of it would be one turn's.
    if (name.endsWith('99')) await log.storeTurn()
  }
  await log.storeAll()
}

async function takeAll(visit = (_: QueuedMessage) => {}): Promise<QueuedMessage[]> {
  const taken: QueuedMessage[] = []
  for (let waits = 0; queue.readyCount > 0; ) {
    const next = queue.get(false)
    if (next !== undefined) {
      taken.push(next)
      visit(next)
      continue
    }
    expect(queue.isLoading).toBe(true)
    if (++waits > COUNT) throw new Error('the queue does not come back')
    await microtasks()
  }
  return taken
}

describe('a deep queue that was taken and comes back', () => {
  beforeEach(async () => {
    await publishAll()
    queue.requeue(await takeAll())
  })

  it('takes no more memory than the budget allows', () => {
    expect([queue.readyCount, queue.unackedCount]).toEqual([COUNT, 0])
    expect(budget.usedBytes).toBeGreaterThan(0)
    expect(budget.usedBytes).toBeLessThanOrEqual(BUDGET_BYTES)
  })

  it('is handed out again in its order, redelivered, a load at a time', async () => {
    let mostBytes = 0
    const taken = await takeAll(() => {
      mostBytes = Math.max(mostBytes, budget.usedBytes)
    })
    expect(taken.map(({ message }) => nameOf(message))).toEqual(NAMES)
    expect(taken.every(({ redelivered }) => redelivered)).toBe(true)
    expect(mostBytes).toBeLessThanOrEqual(BUDGET_BYTES + LOAD_BYTES)
    expect(mostBytes).toBeGreaterThan(BUDGET_BYTES)
    queue.acknowledge(taken)
    expect([log.queue.count, budget.usedBytes, logger.lines]).toEqual([0, 0, []])
  })

  it('leaves nothing when it is purged', async () => {
    expect(queue.purge()).toBe(COUNT)
    expect([queue.readyCount, log.queue.count, budget.usedBytes]).toEqual([0, 0, 0])
    await log.storeAll()
    expect(await log.recovered()).toEqual([])
  })

  it('keeps what somebody has when it is purged', async () => {
    const [first, second] = [queue.get(false), queue.get(false)] as QueuedMessage[]
    queue.requeue([first as QueuedMessage])
    expect(queue.purge()).toBe(COUNT - 1)
    expect(log.queue.count).toBe(1)
    queue.requeue([second as QueuedMessage])
    expect((await takeAll()).map(({ message }) => nameOf(message))).toEqual(['m1'])
  })

  it('leaves nothing when it is deleted, even while it is being read', async () => {
    // What is in memory is taken, so that the next one must be read.
    while (queue.get(false) !== undefined);
    expect(queue.isLoading).toBe(true)
    queue.delete()
    await log.storeAll()
    expect([log.queue.count, budget.usedBytes, queue.readyCount]).toEqual([0, 0, 0])
  })
})
