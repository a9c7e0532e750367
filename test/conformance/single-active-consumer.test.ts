// https://www.rabbitmq.com/docs/consumers#single-active-consumer

import { BASIC_CANCEL, BASIC_CANCEL_OK, BASIC_CONSUME, BASIC_QOS, BASIC_QOS_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

const SINGLE = { arguments: { 'x-single-active-consumer': true } }

describe('a queue with x-single-active-consumer', () => {
  test('gives everything to the first until it leaves', async ({ broker }) => {
    const connection = await broker.connect()
    const [one, two] = [await connection.channel(1), await connection.channel(2)]
    const queue = await one.declareQueue(SINGLE)
    const consumerTag = await one.consume(queue, { noAck: true })
    await two.consume(queue, { noAck: true, arguments: { 'x-priority': 10 } })
    one.publishAll(queue, ['a', 'b'])
    expect(await one.bodies(2)).toEqual(['a', 'b'])
    await one.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    one.publishAll(queue, ['c'])
    expect(await two.bodies(1)).toEqual(['c'])
  })

  test('passes nobody over who can take no more', async ({ broker }) => {
    const connection = await broker.connect()
    const [one, two] = [await connection.channel(1), await connection.channel(2)]
    const queue = await one.declareQueue(SINGLE)
    await one.send(BASIC_QOS, { prefetchCount: 1 }).expect(BASIC_QOS_OK)
    await one.consume(queue)
    await two.consume(queue)
    one.publishAll(queue, ['a', 'b'])
    expect(await one.bodies(1)).toEqual(['a'])
    await two.expectNoDelivery(queue)
  })

  test('refuses exclusive consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue(SINGLE)
    channel.send(BASIC_CONSUME, { queue, exclusive: true })
    const text = `ACCESS_REFUSED - queue '${queue}' in vhost '/' in exclusive use`
    await channel.expectClose(403, text, BASIC_CONSUME)
  })
})
