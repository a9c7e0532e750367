// py-amqp by itself, the library below kombu and Celery.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('py-amqp')
const broker = await startBroker()
const { run, start } = pythonScenarios(new URL('scenarios.py', import.meta.url), broker.url)
afterAll(() => broker.close())

test('it logs in with PLAIN and AMQPLAIN, and learns why it may not', async () => {
  expect(await run('logins')).toEqual({
    logins: [true, true],
    refusal: [
      403,
      'ACCESS_REFUSED - Login was refused using authentication mechanism AMQPLAIN. ' +
        'For details see the broker logfile.',
    ],
    lost: [530, 'NOT_ALLOWED - vhost nowhere not found'],
  })
})

test('headers, properties and bodies come back as they were sent', async () => {
  expect(await run('messages')).toEqual({
    headers: [],
    properties: {
      content_type: 'text/plain',
      content_encoding: 'utf-8',
      delivery_mode: 2,
      priority: 3,
      correlation_id: 'c-1',
      expiration: '60000',
      message_id: 'm-1',
    },
    body: 'grün',
    large: true,
  })
})

test('publishes are confirmed, refused, and returned', async () => {
  expect(await run('confirms')).toEqual({ returned: [[312, 'NO_ROUTE']], kept: 'kept' })
})

test('a consumer gets all within its prefetch limit, and what it rejects again', async () => {
  expect(await run('consuming')).toEqual([
    ['0', false],
    ['1', false],
    ['2', false],
    ['3', false],
    ['3', true],
    ['4', false],
    ['5', false],
  ])
})

test('a channel recovers what it did not acknowledge', async () => {
  expect(await run('recover')).toEqual([false, true])
})

test('a consumer is told when its queue is deleted', async () => {
  expect(await run('cancelled')).toBe(true)
})

test('errors have their classes, and leave the connection open', async () => {
  expect(await run('channel_errors')).toEqual([
    [
      [404, "NOT_FOUND - no queue 'Q.missing' in vhost '/'"],
      [406, expect.stringContaining("inequivalent arg 'x-max-length' for queue 'Q'")],
      [403, "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'"],
      [405, expect.stringContaining("exclusive access to locked queue 'Q'")],
    ],
    true,
    true,
  ])
})

test('heartbeats go both ways', async () => {
  expect(await run('heartbeats')).toEqual([1, true])
})

test('transactions are committed and rolled back', async () => {
  expect(await run('transactions')).toEqual(['yes', null])
})

test('exchanges are bound to exchanges', async () => {
  expect(await run('exchanges')).toEqual(['over two', null])
})

test.ownBroker('a publisher is told that it is blocked, and that it is not', async () => {
  const program = start('blocked')
  expect(await program.line()).toBe('connected')
  broker.setAlarm(true)
  program.say('publish')
  // It has its own words, whatever the broker says.
  expect(await program.line()).toBe('blocked: connection blocked, see broker logs')
  broker.setAlarm(false)
  expect(await program.line()).toBe('unblocked')
  expect(await program.line()).toBe('held back')
  expect(await program.ended).toMatchObject({ exitCode: 0 })
})
