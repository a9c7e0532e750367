// What is delayed comes when it is due, in that order, and never before: against a sorted list.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { delayedId, findDelayed, readDelayed } from '../../../src/delayed/delayed-browsing.ts'
import { DelayedMessages } from '../../../src/delayed/delayed-messages.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { memoryOnly, type QueueStorage } from '../../../src/queue/queue-storage.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { ManualSpillStore } from '../../unit/queue/manual-spill-store.ts'

const START_MS = 1_790_000_000_123
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

type Operation =
  | {
      readonly kind: 'push'
      readonly delayMs: number
      readonly count: number
      readonly size: number
    }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'settle' }
  /** Somebody looks at some, or takes one out; modulo how many there are. */
  | { readonly kind: 'look'; readonly from: number; readonly count: number }
  | { readonly kind: 'takeOut'; readonly index: number }
  | { readonly kind: 'clear' }

const duration = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: 10_000 }),
  fc.integer({ min: 0, max: 3 * HOUR_MS }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
)
// Late ones too: those that were due while nobody was there.
const delay = fc.oneof({ weight: 9, arbitrary: duration }, fc.constant(-20 * MINUTE_MS))
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      delayMs: delay,
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 600 })),
      size: fc.constantFrom(0, 10, 300, 20_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: duration }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      from: fc.nat(),
      count: fc.integer({ min: 1, max: 500 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('takeOut' as const), index: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)

interface Expected {
  readonly sequence: number
  readonly dueMs: number
}

const inOrder = (a: Expected, b: Expected): number => a.dueMs - b.dueMs || a.sequence - b.sequence

class System {
  nowMs = START_MS
  readonly #spillStore: ManualSpillStore | null
  readonly budget: MessageBudget
  readonly #messages: DelayedMessages
  #nextSequence = 0
  #expected: Expected[] = []

  constructor(budgetBytes: number | null) {
    const clock = new FakeClock(START_MS)
    this.#spillStore = budgetBytes === null ? null : new ManualSpillStore()
    const spill = this.#spillStore === null ? null : new Spill(this.#spillStore, () => {})
    this.budget = new MessageBudget(budgetBytes ?? Number.POSITIVE_INFINITY)
    const storage: QueueStorage = { ...memoryOnly(), clock, budget: this.budget, spill }
    this.#messages = new DelayedMessages(storage, () => {})
  }

  async run(operations: readonly Operation[]): Promise<void> {
    for (const one of operations) await this.#do(one)
    await this.#settle()
    // Everything comes, if one does what one is told when one is told.
    for (let steps = 0; this.#messages.nextMs < Number.POSITIVE_INFINITY; steps++) {
      expect(steps).toBeLessThan(20_000)
      this.nowMs = Math.max(this.nowMs, this.#messages.nextMs)
      this.#take()
      await this.#settle()
    }
    expect(this.#expected).toEqual([])
    expect(this.#messages.length).toBe(0)
    expect(this.budget.usedBytes).toBe(0)
    expect(this.#spillStore?.pages.size ?? 0).toBe(0)
  }

  async #do(one: Operation): Promise<void> {
    switch (one.kind) {
      case 'push':
        for (let count = 0; count < one.count; count++) this.#push(one.delayMs, one.size)
        break
      case 'pass':
        this.nowMs += one.ms
        this.#take()
        break
      case 'settle':
        await this.#settle()
        this.#take()
        break
      case 'look':
        await this.#look(one.from % (this.#expected.length + 1), one.count)
        break
      case 'takeOut':
        await this.#takeOut(one.index % Math.max(1, this.#expected.length))
        break
      case 'clear':
        this.#messages.clear()
        this.#expected = []
        break
      default:
        one satisfies never
    }
    expect(this.#messages.length).toBe(this.#expected.length)
  }

  #push(delayMs: number, size: number): void {
    const sequence = this.#nextSequence++
    const dueMs = this.nowMs + delayMs
    const message = sampleMessage(Buffer.alloc(size, sequence))
    this.#messages.push(message, sequence, dueMs, this.nowMs)
    this.#expected.push({ sequence, dueMs })
  }

  /** What is overdue is not shown, as it is on its way; the rest is, in order where it is little. */
  async #look(from: number, count: number): Promise<void> {
    const bytes = Number.POSITIVE_INFINITY
    const reading = readDelayed(this.#messages, this.nowMs, from, { count, bytes })
    const seen = (await this.#settled(reading)).map(({ sequence, dueMs }) => ({ sequence, dueMs }))
    const delayed = this.#expected.filter(({ dueMs }) => dueMs > this.nowMs).sort(inOrder)
    const isLittle = this.#messages.length <= 2000 && this.#bytes < 8_000_000
    if (isLittle && delayed.length === this.#expected.length) {
      expect(seen).toEqual(delayed.slice(from, from + count))
      return
    }
    expect(delayed).toEqual(expect.arrayContaining(seen))
    expect(new Set(seen.map(({ sequence }) => sequence)).size).toBe(seen.length)
  }

  async #takeOut(index: number): Promise<void> {
    const expected = this.#expected[index]
    if (expected === undefined) return
    const id = delayedId({ ...expected, message: sampleMessage('') })
    let isRemoved: boolean | undefined = false
    // It may come nearer in the moment when it has been found.
    for (let tries = 0; isRemoved === false; tries++) {
      expect(tries).toBeLessThan(10)
      const found = await this.#settled(findDelayed(this.#messages, id))
      expect(found?.delayed).toMatchObject(expected)
      isRemoved = found?.remove()
      expect(isRemoved && found?.remove()).toBe(false)
    }
    expect(await this.#settled(findDelayed(this.#messages, id))).toBeUndefined()
    this.#expected.splice(index, 1)
  }

  get #bytes(): number {
    return this.budget.usedBytes + (this.#spillStore?.bytes ?? 0)
  }

  async #settled<Result>(promise: Promise<Result>): Promise<Result> {
    let isOver = false
    const result = promise.finally(() => {
      isOver = true
    })
    while (!isOver) {
      await this.#settle()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return result
  }

  async #settle(): Promise<void> {
    await this.#spillStore?.settle()
  }

  #take(): void {
    this.#expected.sort(inOrder)
    let taken = 0
    // A late message may come behind others that were due after it, if they had been taken by then.
    for (let busy = true; busy; busy = this.#messages.nextMs <= this.nowMs) {
      this.#messages.advance(this.nowMs)
      for (let next = this.#messages.shift(this.nowMs); next !== undefined; taken++) {
        const { sequence, dueMs } = this.#expected[taken] as Expected
        expect([next.sequence, next.dueMs]).toEqual([sequence, dueMs])
        expect(dueMs).toBeLessThanOrEqual(this.nowMs)
        const { message } = next
        if (message.bodySize > 0) expect(message.buffer[message.end - 2]).toBe(sequence & 0xff)
        next = this.#messages.shift(this.nowMs)
      }
    }
    this.#expected.splice(0, taken)
  }
}

describe('delayed messages', () => {
  it.each([
    ['in memory', null],
    ['on disk, but for what is near', 0],
    ['partly on disk', 200_000],
  ] as const)('come in the order in which they are due, being %s', async (_, budgetBytes) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40, size: 'max' }), async (operations) => {
        await new System(budgetBytes).run(operations)
      }),
      { numRuns: 40 },
    )
  })
})
