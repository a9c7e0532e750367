import { beforeEach, describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { ReturnedMessages } from '../../../src/queue/returned-messages.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'

const RETRY_MS = 1000

let log: LogFixture
let clock: FakeClock
let logger: RecordingLogger
let budget: MessageBudget
let returned: ReturnedMessages
let loadedCount: number
let nextSequence: number

function begin(budgetBytes: number): void {
  budget = new MessageBudget(budgetBytes)
  const storage = { budget, spill: null, clock, logger }
  returned = new ReturnedMessages(log.queue, storage, () => loadedCount++)
}

beforeEach(() => {
  log = new LogFixture()
  clock = new FakeClock()
  logger = new RecordingLogger()
  loadedCount = 0
  nextSequence = 0
  begin(0)
})

/** A message that somebody has. */
function taken(kind: 'logged' | 'transient' = 'logged') {
  const sequence = nextSequence++
  const deliveryMode = kind === 'logged' ? 2 : 1
  const message = sampleMessage(`${sequence}`, { properties: { deliveryMode } })
  if (kind === 'logged') log.queue.enqueue(message, sequence)
  return { message, sequence, expiresAt: 0 }
}

const push = (places: Iterable<ReturnType<typeof taken>>) => {
  for (const place of places) returned.push(place, 0)
}

function takeFromMemory(): number[] {
  const sequences: number[] = []
  for (let place = returned.shift(); place !== undefined; place = returned.shift()) {
    expect(bodyOf(place.message).toString()).toBe(`${place.sequence}`)
    sequences.push(place.sequence)
  }
  return sequences
}

/** Takes all there is, as a queue does. */
async function takeAll(): Promise<number[]> {
  const sequences: number[] = []
  for (let round = 0; returned.length > 0; round++) {
    if (round > 100) throw new Error(`${returned.length} messages do not come back`)
    sequences.push(...takeFromMemory())
    await log.storeAll()
    await microtasks()
  }
  return sequences
}

describe('messages that came back', () => {
  it('are taken in their order, in memory or not, and leave nothing', async () => {
    const places = Array.from({ length: 9 }, (_, n) => taken(n % 3 === 1 ? 'transient' : 'logged'))
    await log.storeAll()
    push([5, 0, 8, 1, 3, 7, 2, 6, 4].map((n) => places[n] as (typeof places)[0]))
    expect(returned.length).toBe(9)
    expect([...returned.places].map(({ sequence }) => sequence).sort()).toEqual([1, 4, 5, 7])
    expect([...returned.ranges()]).toEqual([
      [0, 0],
      [2, 3],
      [6, 6],
      [8, 8],
    ])
    expect(await takeAll()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect([returned.bytes, budget.usedBytes, logger.lines]).toEqual([0, 0, []])
  })

  it('stay in memory while the budget has room', async () => {
    begin(100_000)
    const places = [taken(), taken(), taken()]
    await log.storeAll()
    push(places)
    expect(takeFromMemory()).toEqual([0, 1, 2])
    expect(log.journal.reads).toEqual([])
  })

  it('are not read back when they come and go one at a time, however little room there is', async () => {
    const place = taken()
    await log.storeAll()
    for (let n = 0; n < 3; n++) {
      push([place])
      expect(returned.isLoading).toBe(false)
      expect(returned.shift()).toEqual(place)
    }
  })

  it('stay in memory as long as the log has no record of them', async () => {
    const places = [taken(), taken()]
    push(places)
    expect([...returned.places]).toEqual(places)
    await log.storeAll()
    expect(takeFromMemory()).toEqual([0, 1])
  })

  it('are read back alone, of all that stands beside them', async () => {
    const places = Array.from({ length: 6 }, () => taken())
    await log.storeAll()
    push([places[5], places[1], places[4]].map((place) => place as (typeof places)[0]))
    expect(await takeAll()).toEqual([1, 4, 5])
    expect(log.queue.count).toBe(6)
  })

  it('may come back while others are being read', async () => {
    const places = Array.from({ length: 6 }, () => taken())
    await log.storeAll()
    push([places[5], places[2], places[4]].map((place) => place as (typeof places)[0]))
    expect([returned.isLoading, returned.shift()]).toEqual([true, undefined])
    push([places[3], places[0]].map((place) => place as (typeof places)[0]))
    expect(await takeAll()).toEqual([0, 2, 3, 4, 5])
    expect(logger.lines).toEqual([])
  })

  it('are read back again a second after that failed', async () => {
    const places = [taken(), taken()]
    await log.storeAll()
    push(places.reverse())
    log.journal.isReadable = false
    expect(returned.isLoading).toBe(true)
    await microtasks()
    log.journal.isReadable = true
    expect([returned.isLoading, loadedCount, log.journal.reads.length]).toEqual([true, 0, 1])
    clock.advance(RETRY_MS)
    expect(loadedCount).toBe(1)
    expect(await takeAll()).toEqual([0, 1])
    expect(logger.lines.map(([, line]) => line)).toEqual([
      'Messages of a queue could not be read back',
    ])
  })

  it('are counted off and reported when they are missing from the log', async () => {
    const places = Array.from({ length: 5 }, () => taken())
    await log.storeAll()
    push(places.reverse())
    log.queue.settleRange(1, 2)
    expect(await takeAll()).toEqual([0, 3, 4])
    expect(logger.lines).toEqual([
      ['error', 'Messages of a queue are missing from the store', { count: 2 }],
    ])
  })

  it('are no more when they were cleared, even while they are being read', async () => {
    const places = [taken(), taken(), taken()]
    await log.storeAll()
    push(places.reverse())
    expect(returned.isLoading).toBe(true)
    returned.clear()
    await microtasks()
    expect([returned.length, [...returned.ranges()], budget.usedBytes]).toEqual([0, [], 0])
    expect([returned.isLoading, loadedCount, logger.lines]).toEqual([false, 0, []])
    push([taken('transient')])
    expect(takeFromMemory()).toEqual([3])
  })
})
