// Connections of @cloudamqp/amqp-client's low-level API, and the errors that end them.

import { AMQPClient, type AMQPMessage } from '@cloudamqp/amqp-client'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openClient } from './client.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('what the broker offers is negotiated down to what the client wants', async () => {
  const connection = await openClient(`${broker.url}?frameMax=16384&channelMax=5&heartbeat=30`)
  expect(connection).toMatchObject({ frameMax: 16_384, channelMax: 5, heartbeat: 30 })
  for (let i = 1; i <= 5; i++) expect((await connection.channel()).id).toBe(i)
  await expect(connection.channel()).rejects.toThrow('Max number of channels reached')
})

test('refused credentials and unknown virtual hosts are explained', async () => {
  const url = new URL(broker.url)
  url.password = 'wrong'
  await expect(new AMQPClient(url.href).connect()).rejects.toThrow(
    'connection closed: ACCESS_REFUSED - Login was refused using authentication mechanism ' +
      'PLAIN. For details see the broker logfile. (403)',
  )
  const vhost = unique('elsewhere')
  await expect(new AMQPClient(`${broker.url}/${vhost}`).connect()).rejects.toThrow(
    `connection closed: NOT_ALLOWED - vhost ${vhost} not found (530)`,
  )
})

test('a channel error ends its channel, rejects what is pending and spares the rest', async () => {
  const connection = await openClient(broker.url)
  const [failing, fine] = [await connection.channel(), await connection.channel()]
  const { name } = await fine.queueDeclare('')
  const reasons: string[] = []
  failing.onerror = (reason) => reasons.push(reason)
  const exchange = unique('missing')
  await failing.confirmSelect()
  await expect(failing.basicPublish(exchange, '', 'lost')).rejects.toThrow(
    `NOT_FOUND - no exchange '${exchange}' in vhost '/'`,
  )
  expect(failing.closed).toBe(true)
  expect(reasons).toHaveLength(1)
  await expect(failing.queueDeclare('')).rejects.toThrow('Channel is closed')

  await fine.basicPublish('', name, 'fine')
  expect((await fine.basicGet(name))?.bodyString()).toBe('fine')
  // The number of the closed channel is used again.
  expect((await connection.channel()).id).toBe(failing.id)
})

test('an error of the connection ends it with everything on it', async () => {
  const connection = await openClient(broker.url)
  const errors = new Inbox<Error>()
  connection.onerror = errors.push
  const channel = await connection.channel()
  const { name } = await channel.queueDeclare('')
  const consumer = await channel.basicConsume(name, { tag: 'mine' }, () => {})
  const ended = expect(consumer.wait()).rejects.toThrow('attempt to reuse consumer tag')
  await expect(channel.basicConsume(name, { tag: 'mine' }, () => {})).rejects.toThrow(
    "NOT_ALLOWED - attempt to reuse consumer tag 'mine' (530)",
  )
  await ended
  expect((await errors.next()).message).toContain('(530)')
  expect(connection.closed).toBe(true)
})

test('a consumer whose queue is deleted ends with an error', async () => {
  const connection = await openClient(broker.url)
  const channel = await connection.channel()
  const queue = scratch.queue('deleted')
  await channel.queueDeclare(queue)
  const consumer = await channel.basicConsume(queue, { noAck: false }, () => {})
  const ended = expect(consumer.wait()).rejects.toThrow('Consumer cancelled by the server')
  await (await connection.channel()).queueDelete(queue)
  await ended
})

test('the broker sends heartbeats in time for a client that only listens', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  // This client gives up after one silent interval, and answers heartbeats instead of timing its own.
  const connection = await openClient(`${link.url}?heartbeat=1`)
  const channel = await connection.channel()
  const { name } = await channel.queueDeclare('')
  const start = link.traffic()
  await vi.waitFor(
    () => {
      const now = link.traffic()
      expect(now.toClient - start.toClient).toBeGreaterThanOrEqual(5 * 8)
      expect(now.toBroker - start.toBroker).toBeGreaterThanOrEqual(4 * 8)
    },
    { timeout: 30_000 },
  )
  await channel.basicPublish('', name, 'alive')
  expect((await channel.basicGet(name))?.bodyString()).toBe('alive')
})

test('an updated secret is acknowledged', async () => {
  const connection = await openClient(broker.url)
  await connection.updateSecret('guest', 'rotation')
  expect((await connection.channel()).closed).toBe(false)
})

test('a closed connection resolves once the broker has agreed', async () => {
  const connection = await openClient(broker.url)
  const channel = await connection.channel()
  const { name } = await channel.queueDeclare('')
  const inbox = new Inbox<AMQPMessage>()
  const consumer = await channel.basicConsume(name, {}, inbox.push)
  const ended = consumer.wait()
  await connection.close('done')
  await ended
  expect(connection.closed).toBe(true)
  await expect(connection.channel()).rejects.toThrow('Connection closed')
})

ownBrokerTest('a broker that shuts down says so to connections and consumers', async () => {
  const doomed = await startBroker()
  const connection = await openClient(doomed.url)
  const errors = new Inbox<Error>()
  connection.onerror = errors.push
  const channel = await connection.channel()
  const { name } = await channel.queueDeclare('')
  const consumer = await channel.basicConsume(name, {}, () => {})
  const text = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown' (320)"
  const ended = expect(consumer.wait()).rejects.toThrow(text)
  await doomed.close()
  await ended
  expect((await errors.next()).message).toContain(text)
})
