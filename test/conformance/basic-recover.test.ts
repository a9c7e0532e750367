// Basic class: recover and recover-async. Spec 1.8.3.15, 1.8.3.16; rabbitmq-errors row 76.

import { BASIC_ACK, BASIC_RECOVER, BASIC_RECOVER_ASYNC, BASIC_RECOVER_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('basic.recover', () => {
  test('requeues all that the channel holds, into the old places', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['1', '2', '3', '4'])
    for (let n = 0; n < 3; n++) await channel.get(queue)
    channel.send(BASIC_ACK, { deliveryTag: 2 })
    await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 4, redelivered: true, body: '1' })
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 5, redelivered: true, body: '3' })
    expect(await channel.get(queue)).toMatchObject({
      deliveryTag: 6,
      redelivered: false,
      body: '4',
    })
  })

  test('leaves other channels alone', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    await channel.publish({ routingKey: queue }).get(queue)
    await other.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await channel.drain(queue)).toEqual([])
  })

  test('is answered before its messages are delivered again', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    await channel.publishAll(queue, ['1', '2']).deliveries(2)
    await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await channel.deliveries(2)).toMatchObject([
      { deliveryTag: 3, redelivered: true, body: '1' },
      { deliveryTag: 4, redelivered: true, body: '2' },
    ])
  })

  test('with nothing to recover is fine', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
  })

  test('without requeue is not implemented', async ({ broker }) => {
    const connection = await broker.connect()
    ;(await connection.channel()).send(BASIC_RECOVER, { requeue: false })
    await connection.expectClose(540, 'NOT_IMPLEMENTED - requeue=false', BASIC_RECOVER)
  })
})

describe('basic.recover-async', () => {
  test('does the same without an answer', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.publishAll(queue, ['1', '2']).get(queue)
    channel.send(BASIC_RECOVER_ASYNC, { requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2'])
  })

  test('without requeue is not implemented', async ({ broker }) => {
    const connection = await broker.connect()
    ;(await connection.channel()).send(BASIC_RECOVER_ASYNC, { requeue: false })
    await connection.expectClose(540, 'NOT_IMPLEMENTED - requeue=false', BASIC_RECOVER_ASYNC)
  })
})
