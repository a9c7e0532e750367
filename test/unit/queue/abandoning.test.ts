import { expect, it } from 'vitest'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { sampleMessage } from '../../support/sample-message.ts'

it('a queue that is another process’s now keeps none of the memory that queues share', () => {
  const budget = new MessageBudget(1024 * 1024)
  const queue = new ClassicQueue({
    name: 'q',
    vhostName: '/',
    properties: { durable: true, exclusiveOwner: null, autoDelete: false, arguments: new Map() },
    events: { lastConsumerLeft() {}, expired() {}, deadLetter() {} },
    storage: { ...memoryOnly(), budget },
  })
  for (let count = 0; count < 100; count++) queue.publish(sampleMessage('x'.repeat(100)))
  queue.get(false)
  expect(budget.usedBytes).toBeGreaterThan(0)
  queue.abandon()
  expect(budget.usedBytes).toBe(0)
})
