// Where messages go: default, direct and fanout exchanges, and what holds for all. Spec 3.1.3.

import {
  BASIC_PUBLISH,
  BASIC_RETURN,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  encodeBodyFrames,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

async function declare(
  broker: BrokerUnderTest,
  channel: RawChannel,
  type: string,
): Promise<string> {
  const exchange = broker.exchangeName()
  await channel.send(EXCHANGE_DECLARE, { exchange, type }).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

describe('the default exchange', () => {
  test('reaches every queue by its name', async ({ broker }) => {
    const channel = await broker.channel()
    const queues = [
      await channel.declareQueue(),
      await channel.declareQueue({ queue: broker.queueName() }),
    ]
    for (const queue of queues) channel.publish({ routingKey: queue, body: `to ${queue}` })
    for (const queue of queues) expect(await channel.drain(queue)).toEqual([`to ${queue}`])
  })

  test('no longer reaches a queue that is deleted', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    channel.publish({ routingKey: queue, mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
  })
})

describe('a direct exchange', () => {
  test('takes the keys as they are', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'direct')
    const plain = await channel.declareBoundQueue(exchange, 'a.b')
    const pattern = await channel.declareBoundQueue(exchange, 'a.*', '#')
    for (const routingKey of ['a.b', 'a.c', 'a.*', 'A.b', 'a.b ', '']) {
      channel.publish({ exchange, routingKey, body: routingKey })
    }
    expect(await channel.drain(plain)).toEqual(['a.b'])
    expect(await channel.drain(pattern)).toEqual(['a.*'])
  })

  test('reaches many queues by one key and one queue by many keys', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'direct')
    const first = await channel.declareBoundQueue(exchange, 'both', 'first')
    const second = await channel.declareBoundQueue(exchange, 'both', 'second')
    for (const routingKey of ['both', 'first', 'second']) {
      channel.publish({ exchange, routingKey, body: routingKey })
    }
    expect(await channel.drain(first)).toEqual(['both', 'first'])
    expect(await channel.drain(second)).toEqual(['both', 'second'])
  })

  test('takes keys that are not UTF-8 apart', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(exchange, 'é')
    const name = Buffer.concat([Buffer.from([exchange.length]), Buffer.from(exchange)])
    const publish = (key: string) => {
      const octets = [
        Buffer.from([0, 0]),
        name,
        Buffer.from([1]),
        Buffer.from(key, 'hex'),
        Buffer.from([1]),
      ]
      return channel.sendArguments(BASIC_PUBLISH, Buffer.concat(octets)).sendHeader(0)
    }
    await publish('e9').expectMessage(BASIC_RETURN)
    expect(await channel.drain(queue)).toEqual([])
  })
})

describe('a fanout exchange', () => {
  test('reaches every queue that is bound, whatever the keys', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'fanout')
    const bound = await channel.declareBoundQueue(exchange, 'a', 'b')
    const alsoBound = await channel.declareBoundQueue(exchange, '')
    const unbound = await channel.declareQueue()
    channel.publish({ exchange, routingKey: 'c', body: 'for all' })
    expect(await channel.drain(bound)).toEqual(['for all'])
    expect(await channel.drain(alsoBound)).toEqual(['for all'])
    expect(await channel.drain(unbound)).toEqual([])
  })

  test('reaches a queue until its last binding is gone', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, 'a', 'b')
    for (const routingKey of ['a', 'b']) {
      channel.publish({ exchange, body: `before ${routingKey}` })
      await channel.send(QUEUE_UNBIND, { queue, exchange, routingKey }).expect(QUEUE_UNBIND_OK)
    }
    channel.publish({ exchange, mandatory: true, body: 'after b' })
    await channel.expectMessage(BASIC_RETURN)
    expect(await channel.drain(queue)).toEqual(['before a', 'before b'])
  })
})

describe('an exchange that is deleted', () => {
  test('forgets its bindings', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, '')
    await channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'fanout' }).expect(EXCHANGE_DECLARE_OK)
    channel.publish({ exchange, mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
    expect(await channel.drain(queue)).toEqual([])
  })
})

describe('a queue', () => {
  test('keeps the order of one channel, by whatever exchange', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, '')
    const expected: string[] = []
    for (let n = 0; n < 200; n++) {
      expected.push(`${n}`)
      if (n % 3 === 0) channel.publish({ exchange, body: `${n}` })
      else channel.publish({ routingKey: queue, body: `${n}` })
    }
    await channel.consume(queue, { noAck: true })
    expect(await channel.bodies(expected.length)).toEqual(expected)
  })

  test('holds messages of any size, in order', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const sizes = [0, 1, 131_064, 131_065, 500_000, 2, 0]
    for (const size of sizes) {
      channel.send(BASIC_PUBLISH, { routingKey: queue }).sendHeader(size)
      channel.wire.write(encodeBodyFrames(1, Buffer.alloc(size, 'x'), 131_072))
    }
    const bodies = await channel.drain(queue)
    expect(bodies.map((body) => body.length)).toEqual(sizes)
  })
})
