// amqplib's connections: getting in, staying in, being let down, going.

import { connect, credentials, type ServerProperties } from 'amqplib'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../test/support/eventually.ts'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { channelError, consumeInto, openChannel, openConnection, texts } from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('the broker introduces itself with what clients test for', async () => {
  const { connection } = await openConnection(broker.url)
  const properties = connection.serverProperties as ServerProperties & { capabilities: unknown }
  expect(properties).toMatchObject({
    product: expect.any(String),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    platform: expect.any(String),
    information: expect.any(String),
  })
  expect(properties.capabilities).toMatchObject({
    publisher_confirms: true,
    exchange_exchange_bindings: true,
    'basic.nack': true,
    consumer_cancel_notify: true,
    'connection.blocked': true,
    consumer_priorities: true,
    authentication_failure_close: true,
    per_consumer_qos: true,
    direct_reply_to: true,
  })
})

test('credentials may come as URL, object, PLAIN or AMQPLAIN', async () => {
  const { hostname, port } = new URL(broker.url)
  const place = { hostname, port: Number(port) }
  await openConnection({ ...place, username: 'guest', password: 'guest', vhost: '/' })
  await openConnection(place, { credentials: credentials.plain('guest', 'guest') })
  await openConnection(place, { credentials: credentials.amqplain('guest', 'guest') })
})

test('a wrong password is refused with 403', async () => {
  const url = new URL(broker.url)
  url.password = 'wrong'
  await expect(connect(url.href)).rejects.toThrow(
    '403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using ' +
      'authentication mechanism PLAIN. For details see the broker logfile."',
  )
})

test('a virtual host that does not exist is refused', async () => {
  await expect(connect(`${broker.url}/${unique('elsewhere')}`)).rejects.toThrow(
    'Expected ConnectionOpenOk; got <ConnectionClose channel:0>',
  )
})

test('the default virtual host is found by its escaped name', async () => {
  const channel = await openChannel(`${broker.url}/%2f`)
  await channel.checkExchange('amq.direct')
})

test('the limits that a client asks for hold', async () => {
  const connection = await openConnection(`${broker.url}?channelMax=3&frameMax=8192&heartbeat=5`)
  for (let i = 0; i < 3; i++) await connection.createChannel()
  await expect(connection.createChannel()).rejects.toThrow('No channels left to allocate')
})

test('an updated secret is acknowledged, and the connection goes on', async () => {
  const connection = await openConnection(broker.url)
  await connection.updateSecret(Buffer.from('guest'), 'the token was about to expire')
  const channel = await connection.createChannel()
  await channel.checkExchange('amq.direct')
})

test('a closed connection takes its channels, consumers and exclusive queues along', async () => {
  const queue = scratch.queue('shared')
  const watcher = await openChannel(broker.url)
  await watcher.assertQueue(queue)
  const connection = await openConnection(broker.url)
  for (let i = 0; i < 3; i++) await consumeInto(await connection.createChannel(), queue)
  expect((await watcher.checkQueue(queue)).consumerCount).toBe(3)

  const closed = new Promise((resolve) => connection.on('close', resolve))
  await connection.close()
  expect(await closed).toBeUndefined()
  await eventually(async () => expect((await watcher.checkQueue(queue)).consumerCount).toBe(0))
})

test('heartbeats of both sides keep an idle connection open', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const connection = await openConnection(`${link.url}?heartbeat=1`)
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const { inbox } = await consumeInto(channel, queue, { noAck: true })

  // Six heartbeats of eight bytes, sent every interval or twice in it: more than the two intervals
  // of silence that either side would bear.
  const start = link.traffic()
  await vi.waitFor(
    () => {
      const now = link.traffic()
      expect(now.toBroker - start.toBroker).toBeGreaterThanOrEqual(48)
      expect(now.toClient - start.toClient).toBeGreaterThanOrEqual(48)
    },
    { timeout: 30_000 },
  )
  channel.sendToQueue(queue, Buffer.from('still here'))
  expect(texts([await inbox.next()])).toEqual(['still here'])
})

test('the broker drops a client that has gone silent, and frees what it held', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const queue = scratch.queue('silent')
  const connection = await openConnection(`${link.url}?heartbeat=1`)
  const channel = await connection.createChannel()
  await channel.assertQueue(queue)
  channel.sendToQueue(queue, Buffer.from('taken'))
  const { inbox } = await consumeInto(channel, queue)
  await inbox.next()

  const heartbeatError = new Promise<Error>((resolve) => connection.on('error', resolve))
  link.freeze()
  const other = await openChannel(broker.url)
  const again = await consumeInto(other, queue)
  const message = await again.inbox.next()
  expect(message?.fields.redelivered).toBe(true)
  // The client notices the same from its side.
  expect((await heartbeatError).message).toBe('Heartbeat timeout')
})

test('a broken network is an error to the client and a close to the broker', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const queue = scratch.queue('broken')
  const connection = await openConnection(link.url)
  const channel = await connection.createChannel()
  await channel.assertQueue(queue, { exclusive: true })

  const failed = new Promise<Error>((resolve) => connection.on('error', resolve))
  await link.cut()
  expect(await failed).toBeInstanceOf(Error)
  await eventually(async () => {
    const other = await openChannel(broker.url)
    other.on('error', () => {})
    await other.assertQueue(queue, { exclusive: true })
  })
})

ownBrokerTest('a broker that shuts down closes every connection with 320', async () => {
  const doomed = await startBroker()
  onTestFinished(() => doomed.close())
  const connections = await Promise.all([1, 2, 3].map(() => openConnection(doomed.url)))
  const errors: Error[] = []
  const closes = connections.map((connection) => {
    connection.on('error', (error) => errors.push(error))
    return new Promise<Error | undefined>((resolve) => connection.on('close', resolve))
  })
  const channel = await (connections[0] as (typeof connections)[0]).createConfirmChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  channel.sendToQueue(queue, Buffer.from('last words'))
  await channel.waitForConfirms()

  await doomed.close()
  for (const error of await Promise.all(closes)) {
    expect(error).toMatchObject({ code: 320 })
    expect(error?.message).toContain(
      "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
    )
  }
  // amqplib does not take an orderly shutdown for an error.
  expect(errors).toEqual([])
  await expect(connect(doomed.url)).rejects.toThrow('ECONNREFUSED')
})

test('closing a channel waits for the broker, and nothing can be done on it after that', async () => {
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  await channel.close()
  expect(() => channel.sendToQueue('any', Buffer.from('late'))).toThrow('Channel closed')

  const failing = await connection.createChannel()
  const error = channelError(failing)
  failing.ack({ fields: { deliveryTag: 99 } } as never)
  await error
  await expect(failing.close()).rejects.toThrow('Channel closed')
})
