// Line ends are taken out of the names of queues and exchanges where these are declared, deleted,
// bound and unbound. So RabbitMQ does, for the sake of names that were read from a file.

import {
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  EXCHANGE_UNBIND,
  EXCHANGE_UNBIND_OK,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** The name as it stands in a file: line ends within it go, too. */
const asInFile = (name: string): string => `${name.slice(0, 4)}\n${name.slice(4)}\r\n`

async function declareFanout(broker: BrokerUnderTest, channel: RawChannel): Promise<string> {
  const exchange = broker.exchangeName()
  const fields = { exchange: asInFile(exchange), type: 'fanout' }
  await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

describe('line ends are taken out of the names', () => {
  test('in queue.declare', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    expect(await channel.declareQueue({ queue: asInFile(queue) })).toBe(queue)
  })

  test('in queue.bind and queue.unbind', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareFanout(broker, channel)
    const queue = await channel.declareQueue()
    const binding = { queue: asInFile(queue), exchange: asInFile(exchange) }
    await channel.send(QUEUE_BIND, binding).expect(QUEUE_BIND_OK)
    channel.publish({ exchange, body: 'bound' })
    expect(await channel.drain(queue)).toEqual(['bound'])
    await channel.send(QUEUE_UNBIND, binding).expect(QUEUE_UNBIND_OK)
    channel.publish({ exchange, body: 'unbound' })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('in exchange.bind and exchange.unbind', async ({ broker }) => {
    const channel = await broker.channel()
    const source = await declareFanout(broker, channel)
    const destination = await declareFanout(broker, channel)
    const queue = await channel.declareBoundQueue(destination, '')
    const binding = { source: asInFile(source), destination: asInFile(destination) }
    await channel.send(EXCHANGE_BIND, binding).expect(EXCHANGE_BIND_OK)
    channel.publish({ exchange: source, body: 'bound' })
    expect(await channel.drain(queue)).toEqual(['bound'])
    await channel.send(EXCHANGE_UNBIND, binding).expect(EXCHANGE_UNBIND_OK)
    channel.publish({ exchange: source, body: 'unbound' })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('in queue.delete', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const ok = channel.publish({ routingKey: queue }).send(QUEUE_DELETE, { queue: asInFile(queue) })
    expect(await ok.expect(QUEUE_DELETE_OK)).toMatchObject({ messageCount: 1 })
    const text = `NOT_FOUND - no queue '${queue}' in vhost '/'`
    await channel
      .send(QUEUE_DECLARE, { queue, passive: true })
      .expectClose(404, text, QUEUE_DECLARE)
  })

  test('in exchange.delete', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareFanout(broker, channel)
    const fields = { exchange: asInFile(exchange) }
    await channel.send(EXCHANGE_DELETE, fields).expect(EXCHANGE_DELETE_OK)
    channel.send(EXCHANGE_DECLARE, { exchange, passive: true })
    const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_DECLARE)
  })
})

test('line ends are left in the names that queue.purge is given', async ({ broker }) => {
  const channel = await broker.channel()
  const queue = `${await channel.declareQueue()}\n`
  const text = `NOT_FOUND - no queue '${queue}' in vhost '/'`
  await channel.send(QUEUE_PURGE, { queue }).expectClose(404, text, QUEUE_PURGE)
})
