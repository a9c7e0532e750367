// The queues and exchanges that pika declares, and RabbitMQ's words when it must not.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('pika')
const broker = await startBroker()
const { run } = pythonScenarios(new URL('declaring.py', import.meta.url), broker.url)
afterAll(() => broker.close())

test('an exclusive queue is closed to others, and ends with its connection', async () => {
  expect(await run('exclusive_queue')).toEqual({
    locked: [405, expect.stringMatching(/^RESOURCE_LOCKED - .* locked queue 'Q' in vhost '\/'/)],
    gone: [404, "NOT_FOUND - no queue 'Q' in vhost '/'"],
  })
})

test('an auto-delete queue goes with its last consumer', async () => {
  expect(await run('auto_delete_queue')).toEqual([1, 404])
})

test('a passive declaration finds what is there, and names what is not', async () => {
  expect(await run('passive_declarations')).toEqual({
    found: [true, 1, 0],
    errors: [
      [404, "NOT_FOUND - no queue 'Q' in vhost '/'"],
      [404, "NOT_FOUND - no exchange 'Q' in vhost '/'"],
    ],
  })
})

test('mistakes raise exceptions with the codes and the words of RabbitMQ', async () => {
  const inequivalent = (what: string, of: string) =>
    `PRECONDITION_FAILED - inequivalent arg '${what}' for ${of} in vhost '/': received`
  expect(await run('channel_errors')).toEqual({
    'auto-delete': [
      406,
      `${inequivalent('auto_delete', "queue 'Q'")} 'true' but current is 'false'`,
    ],
    argument: [
      406,
      `${inequivalent('x-max-length', "queue 'Q'")} the value '5' of type 'signedint' ` +
        'but current is none',
    ],
    type: [406, `${inequivalent('type', "exchange 'X'")} 'fanout' but current is 'direct'`],
    'reserved queue': [
      403,
      "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
    ],
    'reserved exchange': [
      403,
      "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
    ],
    'bad argument': [
      406,
      "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'Q.new' in vhost '/': " +
        '{value_negative,-1}',
    ],
    publish: [404, "NOT_FOUND - no exchange 'X.missing' in vhost '/'"],
    acknowledge: [406, 'PRECONDITION_FAILED - unknown delivery tag 1'],
    'not empty': [406, "PRECONDITION_FAILED - queue 'Q' in vhost '/' not empty"],
  })
})
