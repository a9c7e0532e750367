// kombu: what it makes of AMQP, from simple queues to consumers that survive outages.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Link } from '../support/link.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('kombu')
const file = new URL('scenarios.py', import.meta.url)
const broker = await startBroker()
const { run } = pythonScenarios(file, broker.url)
afterAll(() => broker.close())

test('producers and consumers meet over an exchange', async () => {
  expect(await run('produced_and_consumed')).toEqual([
    ['image', { kind: 'image', size: 7 }],
    ['video', { kind: 'video', size: 7 }],
    ['video', { kind: 'video', size: 7 }],
  ])
})

test('bodies are serialised and compressed in each of its ways', async () => {
  expect(await run('serializers_and_compression')).toEqual([
    ['application/json', null, true],
    ['application/x-python-serialize', null, true],
    ['application/x-yaml', null, true],
    ['application/json', 'application/x-gzip', true],
    ['application/json', 'application/x-bz2', true],
  ])
})

test('a simple queue puts, counts, gets and acknowledges', async () => {
  expect(await run('simple_queue')).toEqual([3, [0, 1, 2], 0])
})

test('pools hand out connections and producers', async () => {
  expect(await run('pools')).toEqual([true, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
})

test('with confirm_publish, refused publishes are errors, and returned ones are told', async () => {
  expect(await run('confirmed')).toEqual([['NO_ROUTE'], 'kept'])
})

test('rejected and expired messages are dead-lettered', async () => {
  const letters = (await run('dead_letters')) as unknown[][]
  expect(letters.sort()).toEqual([
    ['expired', 'expired', 1, 'given.up'],
    ['rejected', 'rejected', 1, 'given.up'],
  ])
})

test("a queue's options are RabbitMQ's arguments", async () => {
  expect(await run('queue_options')).toEqual([
    [3, 2, 1, 0],
    406,
    "PRECONDITION_FAILED - inequivalent arg 'x-max-priority' for queue 'Q' in vhost '/': " +
      "received '4' but current is '3'",
  ])
})

test('a consumer holds as many messages as its prefetch limit allows', async () => {
  expect(await run('prefetch')).toEqual([3, 1, [0, 1, 2, 3]])
})

test('a broadcast reaches every receiver', async () => {
  expect(await run('broadcast')).toEqual([
    ['one', 'to all'],
    ['two', 'to all'],
  ])
})

test('a server answers requests to the queues that they name', async () => {
  expect(await run('rpc')).toEqual([
    ['c-3', { square: 9 }],
    ['c-9', { square: 81 }],
  ])
})

test('a consumer comes back after its connection was cut', async () => {
  const link = await Link.to(broker.url)
  const program = pythonScenarios(file, link.url).start('survives_outages')
  expect(await program.line()).toBe('consuming')
  program.say('first')
  expect(await program.line()).toBe('first')
  link.reset()
  expect(await program.line()).toBe('consuming')
  program.say('last')
  expect(await program.line()).toBe('last')
  expect(await program.ended).toMatchObject({ exitCode: 0 })
  await link.close()
})

test('a publish is retried over a new connection', async () => {
  const link = await Link.to(broker.url)
  const program = pythonScenarios(file, link.url).start('publish_is_retried')
  expect(await program.line()).toBe('published')
  link.reset()
  program.say('publish again')
  expect(await program.line()).toBe("['before', 'after']")
  expect(await program.ended).toMatchObject({ exitCode: 0 })
  await link.close()
})

test.ownBroker('a connection is to one virtual host', async () => {
  const tenant = await startBroker({ vhost: 'tenants/one' })
  const { run } = pythonScenarios(file, tenant.url)
  expect(await run('virtual_host', 'tenants/two')).toEqual([
    'tenants/one',
    'here',
    530,
    'NOT_ALLOWED - vhost tenants/two not found',
  ])
  await tenant.close()
})
