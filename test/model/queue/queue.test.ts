// The queue engine against a model of arrays: whatever happens to both, both tell the same story.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { QueueModel } from './queue-model.ts'
import { type Operation, operations, Performer, queueSketch } from './queue-operations.ts'
import type { QueueSketch } from './queue-system.ts'
import { QueueUnderTest } from './queue-under-test.ts'

/** Nowhere else to put messages, and little memory for those that are objects. */
function inPages(sketch: QueueSketch = {}): QueueUnderTest {
  const clock = new FakeClock()
  const storage = { ...memoryOnly(), clock, budget: new MessageBudget(2000) }
  return new QueueUnderTest({ sketch, clock, storage })
}

function run(
  history: readonly Operation[],
  queue = new QueueUnderTest(),
  sketch: QueueSketch = {},
): { queue: QueueUnderTest; model: QueueModel } {
  const model = new QueueModel(sketch)
  const performers = [new Performer(queue), new Performer(model)]
  for (const operation of history) {
    for (const performer of performers) performer.perform(operation)
    expect(queue.events).toEqual(model.events)
    expect(queue.held).toEqual(model.held)
    expect(queue.counts).toEqual(model.counts)
    // This is the one rule of the queue, and so checked without the model.
    const oneIsServed = sketch.singleActive === true
    if (queue.counts.ready > 0 && !oneIsServed) expect(queue.takers).toEqual([])
  }
  return { queue, model }
}

describe('the queue engine', () => {
  it('hands out, takes back and counts messages as the model does', () => {
    const tellsTheSame = (history: Operation[]) => void run(history)
    fc.assert(fc.property(operations, tellsTheSame), { numRuns: 500 })
  })

  it('does so with messages that are mostly bytes in pages', () => {
    const tellsTheSame = (history: Operation[]) => void run(history, inPages())
    fc.assert(fc.property(operations, tellsTheSame), { numRuns: 300 })
  })

  it('lets go of messages as the model does, and gives them in its order', () => {
    fc.assert(
      fc.property(operations, queueSketch, (history, sketch) => {
        run(history, new QueueUnderTest({ sketch }), sketch)
      }),
      { numRuns: 600 },
    )
  })

  it('does so with messages that are mostly bytes in pages, too', () => {
    fc.assert(
      fc.property(operations, queueSketch, (history, sketch) => {
        run(history, inPages(sketch), sketch)
      }),
      { numRuns: 500 },
    )
  })

  it('lets go of everything when it is deleted, at whatever moment', () => {
    fc.assert(
      fc.property(operations, operations, (before, after) => {
        const noConsumers = after.filter((operation) => operation.do !== 'consume')
        const { queue } = run([...before, { do: 'delete' }, ...noConsumers])
        expect(queue.counts).toMatchObject({ ready: 0, consumers: 0 })
      }),
      { numRuns: 200 },
    )
  })
})

describe('what leaves the queue engine', () => {
  /** Everything that is still there, or was ever handed out, by name. */
  function everyMessage(history: readonly Operation[]): { first: string[]; again: string[] } {
    const { queue } = run(history)
    while (queue.counts.ready > 0) queue.get(false)
    const given = queue.events.filter((event) => event.includes(' to '))
    const names = (events: string[]) => events.map((event) => event.split(' ')[0] as string)
    return {
      first: names(given.filter((event) => !event.endsWith('redelivered'))),
      again: names(given.filter((event) => event.endsWith('redelivered'))),
    }
  }

  it('is every message once, and again only after it came back', () => {
    const plain = operations.map((history) =>
      history
        .filter((op) => op.do !== 'purge' && !(op.do === 'settle' && op.how === 'putBack'))
        .map((op) => (op.do === 'publish' ? { ...op, expirationMs: undefined } : op)),
    )
    fc.assert(
      fc.property(plain, (history) => {
        const published = history.reduce((sum, op) => sum + (op.do === 'publish' ? op.count : 0), 0)
        const { first, again } = everyMessage(history)
        expect(first).toEqual(Array.from({ length: published }, (_, index) => `m${index + 1}`))
        expect(again.filter((name) => !first.includes(name))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

describe('whose turn it is', () => {
  const sketch = { noAck: true, exclusive: false, prefetchCount: 0, link: 0, priority: 0 }

  function shares(queue: QueueUnderTest, name: string): number {
    return queue.events.filter((event) => event.endsWith(` to ${name}`)).length
  }

  it('passes round among equals, so that their shares differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat({ max: 60 }), (consumers, messages) => {
        const queue = new QueueUnderTest()
        const names = Array.from({ length: consumers }, (_, index) => `c${index}`)
        for (const name of names) {
          queue.consume({ ...sketch, name })
          queue.start(name)
        }
        for (let message = 0; message < messages; message++) queue.publish(`m${message}`)
        const counts = names.map((name) => shares(queue, name))
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        expect(counts.reduce((sum, count) => sum + count)).toBe(messages)
      }),
    )
  })

  it('comes to a lower priority only for what the higher ones cannot take', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat({ max: 20 }),
        (priorities, prefetchCount, messages) => {
          const queue = new QueueUnderTest()
          for (const priority of priorities) {
            const name = `p${priority}`
            queue.consume({ ...sketch, name, priority, prefetchCount, noAck: false })
            queue.start(name)
          }
          for (let message = 0; message < messages; message++) queue.publish(`m${message}`)
          let left = messages
          for (const priority of priorities.toSorted((a, b) => b - a)) {
            const share = Math.min(prefetchCount, left)
            expect(shares(queue, `p${priority}`)).toBe(share)
            left -= share
          }
          expect(queue.counts.ready).toBe(left)
        },
      ),
    )
  })
})
