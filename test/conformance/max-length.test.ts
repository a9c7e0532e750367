// x-max-length, x-max-length-bytes, x-overflow. https://www.rabbitmq.com/docs/maxlength

import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { hasReady } from '../support/has-ready.ts'
import { test } from '../support/raw-client-broker.ts'

describe('a queue with a limit', () => {
  test('of messages drops what is at its head', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ arguments: { 'x-max-length': 2 } })
    channel.publishAll(queue, ['a', 'b', 'c', 'd'])
    expect(await channel.drain(queue)).toEqual(['c', 'd'])
  })

  test('of octets counts bodies, and drops until the rest fits', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ arguments: { 'x-max-length-bytes': 10 } })
    channel.publishAll(queue, ['123', '4567', '890'])
    await hasReady(channel, queue, 3)
    channel.publishAll(queue, ['abcd'])
    expect(await channel.drain(queue)).toEqual(['890', 'abcd'])
  })

  test('does not count what is unacknowledged', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ arguments: { 'x-max-length': 1 } })
    channel.publishAll(queue, ['held'])
    await channel.get(queue)
    channel.publishAll(queue, ['ready'])
    await hasReady(channel, queue, 1)
    expect(await channel.drain(queue)).toEqual(['ready'])
  })
})

describe('x-overflow', () => {
  test('reject-publish refuses what is one too many', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue({
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    })
    await channel.publish({ routingKey: queue, body: 'a' }).confirmed(1)
    const nack = await channel.publish({ routingKey: queue, body: 'b' }).expect(BASIC_NACK)
    expect([nack.deliveryTag, await channel.drain(queue)]).toEqual([2, ['a']])
    channel.publish({ routingKey: queue, body: 'c' })
    expect(await channel.expect(BASIC_ACK)).toMatchObject({ deliveryTag: 3 })
  })

  test('reject-publish refuses what one of several queues does not take', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const full = await channel.declareQueue({
      arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
    })
    const free = await channel.declareQueue()
    channel.publish({ routingKey: full, headers: { CC: [free] }, body: 'a' })
    expect(await channel.expect(BASIC_NACK)).toMatchObject({ deliveryTag: 1 })
    expect(await channel.drain(free)).toEqual(['a'])
  })

  test('reject-publish-dlx dead-letters what it refuses', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const dead = await channel.declareQueue()
    const queue = await channel.declareQueue({
      arguments: {
        'x-max-length': 0,
        'x-overflow': 'reject-publish-dlx',
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': dead,
      },
    })
    await channel.publish({ routingKey: queue, body: 'a' }).expect(BASIC_NACK)
    await hasReady(channel, dead, 1)
    expect(await channel.drain(dead)).toEqual(['a'])
  })
})
