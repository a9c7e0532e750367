// https://www.rabbitmq.com/docs/dlx

import { BASIC_NACK, BASIC_REJECT, type FieldTable, fieldTableToObject } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { hasReady } from '../support/has-ready.ts'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** A queue whose dead messages go to that queue. */
function declareTo(channel: RawChannel, dead: string, more: Record<string, unknown> = {}) {
  return channel.declareQueue({
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead, ...more },
  })
}

const headersOf = (headers: FieldTable | undefined) => fieldTableToObject(headers as FieldTable)

describe('a dead message', () => {
  test('says in x-death how it died', async ({ broker }) => {
    const channel = await broker.channel()
    const dead = await channel.declareQueue()
    const queue = await declareTo(channel, dead)
    channel.publish({ routingKey: queue, body: 'a', properties: { messageId: '1' } })
    await channel.get(queue)
    channel.send(BASIC_REJECT, { deliveryTag: 1, requeue: false })
    await hasReady(channel, dead, 1)
    const { properties, exchange, routingKey, redelivered, body } = await channel.get(dead)
    expect({ exchange, routingKey, redelivered, body }).toEqual({
      exchange: '',
      routingKey: dead,
      redelivered: false,
      body: 'a',
    })
    expect(properties.messageId).toBe('1')
    expect(headersOf(properties.headers)).toMatchObject({
      'x-death': [
        {
          count: 1,
          exchange: '',
          queue,
          reason: 'rejected',
          'routing-keys': [queue],
          time: expect.any(Date),
        },
      ],
      'x-first-death-exchange': '',
      'x-first-death-queue': queue,
      'x-first-death-reason': 'rejected',
    })
  })

  test('of old age has no expiration any more, and says which it had', async ({ broker }) => {
    const channel = await broker.channel()
    const dead = await channel.declareQueue()
    const queue = await declareTo(channel, dead)
    channel.publish({ routingKey: queue, body: 'a', properties: { expiration: '10' } })
    await hasReady(channel, dead, 1)
    const { properties } = await channel.get(dead)
    expect(properties.expiration).toBeUndefined()
    expect(headersOf(properties.headers)).toMatchObject({
      'x-death': [{ reason: 'expired', 'original-expiration': '10' }],
    })
  })

  test('that was one too many says so', async ({ broker }) => {
    const channel = await broker.channel()
    const dead = await channel.declareQueue()
    const queue = await declareTo(channel, dead, { 'x-max-length': 1 })
    channel.publishAll(queue, ['a', 'b'])
    await hasReady(channel, dead, 1)
    const { properties, body } = await channel.get(dead)
    expect(body).toBe('a')
    expect(headersOf(properties.headers)).toMatchObject({ 'x-death': [{ reason: 'maxlen' }] })
  })

  test('counts when it dies the same way again', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    const own = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue }
    await channel.declareQueue({ queue, arguments: own })
    channel.publish({ routingKey: queue, body: 'a' })
    for (const deliveryTag of [1, 2]) {
      await hasReady(channel, queue, 1)
      await channel.get(queue)
      channel.send(BASIC_NACK, { deliveryTag, requeue: false })
    }
    await hasReady(channel, queue, 1)
    const { properties } = await channel.get(queue)
    expect(headersOf(properties.headers)['x-death']).toMatchObject([{ count: 2, queue }])
  })

  test('does not go round for ever by itself', async ({ broker }) => {
    const channel = await broker.channel()
    const [first, second] = [broker.queueName(), broker.queueName()]
    const to = (next: string, ttlMs: number) => ({
      'x-message-ttl': ttlMs,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': next,
    })
    await channel.declareQueue({ queue: first, arguments: to(second, 10) })
    await channel.declareQueue({ queue: second, arguments: to(first, 200) })
    channel.publish({ routingKey: first, body: 'a' })
    await hasReady(channel, second, 1)
    await hasReady(channel, second, 0)
    expect([await channel.drain(first), await channel.drain(second)]).toEqual([[], []])
  })

  test('goes nowhere when there is no such exchange', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    const queue = await channel.declareQueue({
      arguments: { 'x-dead-letter-exchange': exchange, 'x-message-ttl': 0 },
    })
    channel.publishAll(queue, ['a'])
    await hasReady(channel, queue, 0)
  })
})
