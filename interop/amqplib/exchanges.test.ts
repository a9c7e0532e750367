// Exchanges and bindings as programs manage them with amqplib.

import type { Channel } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { channelError, getOne, openChannel, openConnection } from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** An exclusive queue, bound by each of the keys. */
async function boundQueue(channel: Channel, exchange: string, ...keys: string[]): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const key of keys) await channel.bindQueue(queue, exchange, key)
  return queue
}

/** All that is in the queue; a declare before this call has settled what was published. */
async function drain(channel: Channel, queue: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const message = await channel.get(queue, { noAck: true })
    if (message === false) return bodies
    bodies.push(message.content.toString())
  }
}

test('every exchange that RabbitMQ predeclares is there, and is not to be deleted', async () => {
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  const names = ['direct', 'fanout', 'topic', 'headers', 'match', 'rabbitmq.trace']
  for (const name of names) await channel.checkExchange(`amq.${name}`)
  expect(await channel.assertExchange('amq.topic', 'topic')).toEqual({ exchange: 'amq.topic' })

  channel.on('error', () => {})
  await expect(channel.deleteExchange('amq.direct')).rejects.toThrow('403 (ACCESS-REFUSED)')
})

test('a headers exchange matches all, or any, of the given headers', async () => {
  const exchange = scratch.exchange('reports')
  const channel = await openChannel(broker.url)
  await channel.assertExchange(exchange, 'headers', { durable: false })
  const bindings = {
    all: { 'x-match': 'all', format: 'pdf', type: 'report' },
    any: { 'x-match': 'any', format: 'pdf', type: 'log' },
    unsaid: { format: 'zip' },
    number: { 'x-match': 'all', version: 2, final: true },
  }
  const queues = new Map<string, string>()
  for (const [name, args] of Object.entries(bindings)) {
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, exchange, '', args)
    queues.set(name, queue)
  }

  const messages = {
    a: { format: 'pdf', type: 'report', extra: 'yes' },
    b: { format: 'pdf', type: 'invoice' },
    c: { format: 'zip', type: 'log' },
    d: { version: 2, final: true },
    e: { version: '2', final: true },
    f: {},
  }
  for (const [body, headers] of Object.entries(messages))
    channel.publish(exchange, 'ignored', Buffer.from(body), { headers })

  const got: Record<string, string[]> = {}
  for (const [name, queue] of queues) got[name] = await drain(channel, queue)
  expect(got).toEqual({ all: ['a'], any: ['a', 'b', 'c'], unsaid: ['c'], number: ['d'] })
})

test('exchanges bound to exchanges route on, each queue gets one copy, unbinding ends it', async () => {
  const channel = await openChannel(broker.url)
  const [all, europe, audit] = ['all', 'europe', 'audit'].map((name) => scratch.exchange(name)) as [
    string,
    string,
    string,
  ]
  await channel.assertExchange(all, 'topic', { durable: false })
  await channel.assertExchange(europe, 'topic', { durable: false })
  await channel.assertExchange(audit, 'fanout', { durable: false })
  await channel.bindExchange(europe, all, 'europe.#')
  await channel.bindExchange(audit, all, '#')
  await channel.bindExchange(audit, europe, '#')
  // A cycle is legal and must come to an end.
  await channel.bindExchange(all, europe, 'europe.cycle')
  const orders = await boundQueue(channel, europe, '*.order')
  const log = await boundQueue(channel, audit, '')

  for (const key of ['europe.order', 'asia.order', 'europe.cycle'])
    channel.publish(all, key, Buffer.from(key))
  expect(await drain(channel, orders)).toEqual(['europe.order'])
  expect(await drain(channel, log)).toEqual(['europe.order', 'asia.order', 'europe.cycle'])

  await channel.unbindExchange(europe, all, 'europe.#')
  channel.publish(all, 'europe.order', Buffer.from('late'))
  expect(await drain(channel, orders)).toEqual([])
  expect(await drain(channel, log)).toEqual(['late'])
})

test('what an exchange cannot route goes to its alternate exchange', async () => {
  const [main, spare] = [scratch.exchange('main'), scratch.exchange('spare')]
  const channel = await openChannel(broker.url)
  await channel.assertExchange(spare, 'fanout', { durable: false })
  await channel.assertExchange(main, 'direct', { durable: false, alternateExchange: spare })
  const known = await boundQueue(channel, main, 'known')
  const unrouted = await boundQueue(channel, spare, '')

  const returned: string[] = []
  channel.on('return', (message) => returned.push(message.fields.routingKey))
  for (const key of ['known', 'unknown'])
    channel.publish(main, key, Buffer.from(key), { mandatory: true })
  expect(await drain(channel, known)).toEqual(['known'])
  expect(await drain(channel, unrouted)).toEqual(['unknown'])
  expect(returned).toEqual([])
})

test('unbinding stops the routing of that key only, and of an unknown binding is no error', async () => {
  const exchange = scratch.exchange('prices')
  const channel = await openChannel(broker.url)
  await channel.assertExchange(exchange, 'direct', { durable: false })
  const queue = await boundQueue(channel, exchange, 'gold', 'silver', 'gold')
  await channel.unbindQueue(queue, exchange, 'gold')
  await channel.unbindQueue(queue, exchange, 'copper')
  for (const key of ['gold', 'silver']) channel.publish(exchange, key, Buffer.from(key))
  expect(await drain(channel, queue)).toEqual(['silver'])
})

test('an auto-delete exchange goes with its last binding', async () => {
  const exchange = scratch.exchange('passing')
  const channel = await openChannel(broker.url)
  await channel.assertExchange(exchange, 'topic', { durable: false, autoDelete: true })
  const queue = await boundQueue(channel, exchange, 'a', 'b')
  await channel.unbindQueue(queue, exchange, 'a')
  await channel.checkExchange(exchange)
  await channel.deleteQueue(queue)

  const error = channelError(channel)
  await expect(channel.checkExchange(exchange)).rejects.toThrow(
    `NOT_FOUND - no exchange '${exchange}' in vhost '/'`,
  )
  expect((await error).code).toBe(404)
})

test('an internal exchange takes messages from exchanges and not from publishers', async () => {
  const [front, inner] = [scratch.exchange('front'), scratch.exchange('inner')]
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  await channel.assertExchange(front, 'fanout', { durable: false })
  await channel.assertExchange(inner, 'fanout', { durable: false, internal: true })
  await channel.bindExchange(inner, front, '')
  const queue = await boundQueue(channel, inner, '')
  channel.publish(front, '', Buffer.from('through the door'))
  expect(await drain(channel, queue)).toEqual(['through the door'])

  const intruder = await connection.createChannel()
  const error = channelError(intruder)
  intruder.publish(inner, '', Buffer.from('through the window'))
  expect(await error).toMatchObject({ code: 403 })
  expect((await error).message).toContain(`cannot publish to internal exchange '${inner}'`)
})

test('deleteExchange with ifUnused spares an exchange that has bindings', async () => {
  const exchange = scratch.exchange('spared')
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  await channel.assertExchange(exchange, 'direct', { durable: false })
  const queue = await boundQueue(channel, exchange, 'key')

  const eager = await connection.createChannel()
  eager.on('error', () => {})
  await expect(eager.deleteExchange(exchange, { ifUnused: true })).rejects.toThrow(
    `PRECONDITION_FAILED - exchange '${exchange}' in vhost '/' in use`,
  )
  await channel.unbindQueue(queue, exchange, 'key')
  await channel.deleteExchange(exchange, { ifUnused: true })
  await channel.deleteExchange(exchange)
})

test('an exchange cannot be asserted again as another type', async () => {
  const exchange = scratch.exchange('typed')
  const channel = await openChannel(broker.url)
  await channel.assertExchange(exchange, 'direct', { durable: false })
  channel.on('error', () => {})
  await expect(channel.assertExchange(exchange, 'fanout', { durable: false })).rejects.toThrow(
    `inequivalent arg 'type' for exchange '${exchange}' in vhost '/': ` +
      `received 'fanout' but current is 'direct'`,
  )
})

test('binding needs both ends, and the source is missed first', async () => {
  const connection = await openConnection(broker.url)
  const [queue, exchange] = [unique('nowhere'), unique('nowhere')]
  const both = await connection.createChannel()
  both.on('error', () => {})
  await expect(both.bindQueue(queue, exchange, '')).rejects.toThrow(`no exchange '${exchange}'`)
  const one = await connection.createChannel()
  one.on('error', () => {})
  await expect(one.bindQueue(queue, 'amq.direct', '')).rejects.toThrow(`no queue '${queue}'`)
})

test('CC and BCC name further routing keys, and receivers do not see BCC', async () => {
  const channel = await openChannel(broker.url)
  const queues: string[] = []
  for (let i = 0; i < 4; i++)
    queues.push((await channel.assertQueue('', { exclusive: true })).queue)
  const [to, cc, bcc, none] = queues as [string, string, string, string]
  channel.sendToQueue(to, Buffer.from('minutes'), { CC: [cc, to], BCC: bcc })

  for (const queue of [to, cc, bcc]) {
    const message = await getOne(channel, queue)
    expect(message.fields.routingKey).toBe(to)
    expect(message.properties.headers).toEqual({ CC: [cc, to] })
    expect(await channel.get(queue)).toBe(false)
  }
  expect(await channel.get(none)).toBe(false)
})
