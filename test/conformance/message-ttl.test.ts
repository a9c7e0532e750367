// x-message-ttl and expiration. https://www.rabbitmq.com/docs/ttl

import { BASIC_GET, BASIC_GET_EMPTY, BASIC_NACK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { hasReady } from '../support/has-ready.ts'
import { test } from '../support/raw-client-broker.ts'

describe('x-message-ttl', () => {
  test('lets messages go that were ready for that long', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue({ arguments: { 'x-message-ttl': 30 } })
    await channel.publishAll(queue, ['a', 'b']).confirmed(2)
    await hasReady(channel, queue, 0)
    await channel.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
  })

  test('of 0 lets through what somebody waits for', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue({ arguments: { 'x-message-ttl': 0 } })
    await channel.publishAll(queue, ['nobody']).confirmed(1)
    await hasReady(channel, queue, 0)
    const other = await (await broker.connect()).channel()
    await channel.consume(queue)
    other.publish({ routingKey: queue, body: 'somebody' })
    expect(await channel.bodies(1)).toEqual(['somebody'])
  })

  test('does not count while a message is unacknowledged', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue({ arguments: { 'x-message-ttl': 200 } })
    const clock = await channel.declareQueue({ arguments: { 'x-message-ttl': 300 } })
    await channel.publishAll(queue, ['held']).confirmed(1)
    expect(await channel.get(queue)).toMatchObject({ body: 'held' })
    await channel.publishAll(clock, ['a while']).confirmed(2, 1)
    await hasReady(channel, clock, 0)
    await channel.send(BASIC_NACK, { deliveryTag: 1, requeue: true }).expectNoDelivery(queue)
    await hasReady(channel, queue, 0)
  })
})

describe('expiration', () => {
  test('lets one message go, though the queue keeps others', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue, body: 'a', properties: { expiration: '20' } })
    await channel.publish({ routingKey: queue, body: 'b' }).confirmed(2)
    await hasReady(channel, queue, 1)
    expect(await channel.drain(queue)).toEqual(['b'])
  })

  test('counts when the message is at the head', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue()
    const clock = await channel.declareQueue({ arguments: { 'x-message-ttl': 60 } })
    channel.publish({ routingKey: queue, body: 'first' })
    channel.publish({ routingKey: queue, body: 'second', properties: { expiration: '1' } })
    await channel.publishAll(clock, ['a while']).confirmed(3)
    await hasReady(channel, clock, 0)
    expect((await channel.counts(queue)).messageCount).toBe(2)
    expect(await channel.drain(queue)).toEqual(['first'])
  })
})
