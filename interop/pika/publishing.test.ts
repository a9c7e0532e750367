// What pika's publishers send, and what they are told about it.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('pika')
const broker = await startBroker()
const { run } = pythonScenarios(new URL('publishing.py', import.meta.url), broker.url)
afterAll(() => broker.close())

test('headers of every type that it has come back with value and type', async () => {
  const isSame = (await run('every_header_type')) as Record<string, boolean>
  expect(Object.keys(isSame)).toHaveLength(11)
  expect(Object.entries(isSame).filter(([, same]) => !same)).toEqual([])
})

test('all fourteen properties come back', async () => {
  expect(await run('every_property')).toEqual({
    content_type: 'application/json',
    content_encoding: 'utf-8',
    headers: { k: 'v' },
    delivery_mode: 2,
    priority: 9,
    correlation_id: 'c-1',
    reply_to: 'answers',
    expiration: '60000',
    message_id: 'm-1',
    timestamp: 1_700_000_000,
    type: 'greeting',
    user_id: 'guest',
    app_id: 'tests',
    cluster_id: 'one',
  })
})

test('bodies of every size come back, from none to several megabytes', async () => {
  expect(await run('large_bodies')).toEqual([
    [0, true],
    [1, true],
    [131_064, true],
    [131_065, true],
    [5_000_000, true],
  ])
})

test('each publish waits for its confirm, and an unroutable one raises what was returned', async () => {
  expect(await run('confirmed_and_returned')).toEqual({
    ready: 20,
    code: 312,
    text: 'NO_ROUTE',
    key: true,
    id: 'lost',
    body: 'nobody',
  })
})

test('without confirms, a callback gets what is returned', async () => {
  expect(await run('returned_without_confirms')).toEqual([[312, 'back']])
})

test('a full queue refuses a publish, and takes the next when there is room', async () => {
  expect(await run('refused_by_a_full_queue')).toEqual({
    refusal: '0 message(s) NACKed',
    kept: ['0', '1', 'fits again'],
  })
})

test('a select connection gets each of its publishes confirmed once', async () => {
  expect(await run('asynchronous_confirms', '500')).toEqual({ unconfirmed: 0, nacked: 0 })
})

test('transactions are committed and rolled back', async () => {
  expect(await run('transactions')).toEqual([0, 0, 1])
})

test('messages find their way over topics, headers and exchanges bound to exchanges', async () => {
  expect(await run('routing')).toEqual({
    errors: ['disk', 'broken picture'],
    pictures: ['picture', 'broken picture'],
  })
})
