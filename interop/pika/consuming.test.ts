// What pika's consumers receive, and what becomes of what they do not acknowledge.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('pika')
const broker = await startBroker()
const { run } = pythonScenarios(new URL('consuming.py', import.meta.url), broker.url)
afterAll(() => broker.close())

test('a consumer holds as many messages as its prefetch limit allows', async () => {
  expect(await run('prefetch')).toEqual([3, 1, 0])
})

test('what is requeued comes again, and what is rejected is dead-lettered', async () => {
  expect(await run('requeued_and_rejected')).toEqual({
    seen: [
      ['twice', false],
      ['twice', true],
    ],
    dead: 'twice',
    reason: 'rejected',
    count: 1,
    queue: true,
    first: 'rejected',
  })
})

test('what was not acknowledged comes back when its connection ends', async () => {
  expect(await run('lost_with_its_connection')).toEqual(['pending', true])
})

test('a consumer is told when its queue is deleted', async () => {
  expect(await run('cancelled_by_the_broker')).toBe(true)
})

test('a message is retried over a queue that expires, and its deaths are counted', async () => {
  expect(await run('retried_until_given_up', '3')).toEqual({
    attempts: [
      [],
      ...[1, 2, 3].map((count) => [
        ['expired', count],
        ['rejected', count],
      ]),
    ],
    left: [0, 0],
    parked: 'fails',
  })
})

test('a message that expires is dead-lettered without its expiration', async () => {
  expect(await run('expired')).toEqual(['short', 'expired', '1', null])
})

test('a queue with priorities gives the urgent first, and in order otherwise', async () => {
  expect(await run('priorities')).toEqual(['high', 'beyond', 'mid', 'low', 'none'])
})

test('one consumer is active at a time, and the next takes over when it is cancelled', async () => {
  expect(await run('single_active_consumer')).toEqual([
    ['first', 'a'],
    ['first', 'b'],
    ['first', 'c'],
    ['second', 'd'],
  ])
})

test('a server answers straight to the requester', async () => {
  expect(await run('direct_reply')).toEqual([['7', 'HELLO']])
})

test('threads work, and the connection acknowledges for them', async () => {
  expect(await run('acknowledged_from_threads', '30')).toEqual([true, 0])
})

test('a select connection declares, binds, publishes and consumes by callbacks', async () => {
  expect(await run('select_consumer', '100')).toBe(true)
})
