// How pika's connections open, are refused, fall silent, and end.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Link } from '../support/link.ts'
import { peerTest } from '../support/peer-test.ts'
import { pythonScenarios } from '../support/python.ts'

const test = peerTest('pika')
const file = new URL('connecting.py', import.meta.url)
const broker = await startBroker()
const { run, start } = pythonScenarios(file, broker.url)
afterAll(() => broker.close())

test('blocking and select connections open, and are closed', async () => {
  expect(await run('blocking_and_select')).toEqual({
    blocking: true,
    select: ['open', 'channel', [200, 'Normal shutdown']],
  })
})

test('it finds the extensions that it asks for', async () => {
  expect(await run('capabilities')).toEqual({
    basic_nack: true,
    consumer_cancel_notify: true,
    exchange_exchange_bindings: true,
    publisher_confirms: true,
  })
})

test('a wrong password is an authentication error', async () => {
  const [isAuthenticationError, text] = (await run('wrong_password')) as [boolean, string]
  expect(isAuthenticationError).toBe(true)
  expect(text).toContain('ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN')
})

test('a missing virtual host is named', async () => {
  expect(await run('missing_virtual_host')).toEqual([
    true,
    "ConnectionClosedByBroker: (530) 'NOT_ALLOWED - vhost nowhere not found'",
  ])
})

test('bodies are cut to small frames', async () => {
  expect(await run('small_frames', '20000')).toBe(true)
})

test('the number of channels is negotiated', async () => {
  expect(await run('channel_limit')).toEqual([1, 2, 3])
})

test('an error ends a channel and leaves its sisters alone', async () => {
  expect(await run('channel_errors_leave_the_connection')).toBe('alive')
})

test.ownBroker('callbacks tell a publisher that it is blocked, and that it is not', async () => {
  const program = start('blocked')
  expect(await program.line()).toBe('connected')
  broker.setAlarm(true)
  program.say('publish')
  expect(await program.line()).toBe('blocked: low on memory')
  broker.setAlarm(false)
  expect(await program.line()).toBe('unblocked')
  expect(await program.line()).toBe('held back')
  expect(await program.ended).toMatchObject({ exitCode: 0 })
})

test('heartbeats keep a connection on which nothing else happens', async () => {
  const link = await Link.to(broker.url)
  const program = pythonScenarios(file, link.url).start('heartbeats')
  expect(await program.line()).toBe('connected')
  const before = link.traffic()
  // A heartbeat has 8 octets, two come a second: both ends would have given up without them.
  const heard = () => link.traffic().toClient - before.toClient
  await expect.poll(heard, { timeout: 30_000 }).toBeGreaterThanOrEqual(8 * 8)
  expect(link.traffic().toBroker - before.toBroker).toBeGreaterThanOrEqual(3 * 8)
  program.say('enough')
  expect(await program.line()).toBe('still connected')
  expect(await program.ended).toMatchObject({ exitCode: 0 })
  await link.close()
})

test.ownBroker('a consumer hears that its broker stops', async () => {
  const stopping = await startBroker()
  const program = pythonScenarios(file, stopping.url).start('broker_stops')
  expect(await program.line()).toBe('consuming')
  await stopping.close()
  expect(JSON.parse(await program.line())).toEqual([
    320,
    "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
  ])
})
