// Queue class: delete and purge. Spec 1.7.2.7, 1.7.2.9; rabbitmq-errors rows 1, 21 and section 3 point 5.

import {
  BASIC_ACK,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_REJECT,
  QUEUE_DECLARE,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('queue.delete', () => {
  test('removes the queue and tells how many messages were ready', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['1', '2', '3'])
    await channel.get(queue)
    const { messageCount } = await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    expect(messageCount).toBe(2)
    channel.send(QUEUE_DECLARE, { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
  })

  test('of a queue that does not exist is fine', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    const plain = await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    expect(plain.messageCount).toBe(0)
    const careful = { queue, ifUnused: true, ifEmpty: true }
    await channel.send(QUEUE_DELETE, careful).expect(QUEUE_DELETE_OK)
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.send(QUEUE_DELETE, { queue, nowait: true }).expectNothing()
    await channel.send(QUEUE_DELETE, { queue, nowait: true }).expectNothing()
  })

  test('if-unused refuses while there are consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    channel.send(QUEUE_DELETE, { queue, ifUnused: true })
    const text = `PRECONDITION_FAILED - queue '${queue}' in vhost '/' in use`
    await channel.expectClose(406, text, QUEUE_DELETE)
  })

  test('if-empty refuses while there are ready messages', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue }).send(QUEUE_DELETE, { queue, ifEmpty: true })
    const text = `PRECONDITION_FAILED - queue '${queue}' in vhost '/' not empty`
    await channel.expectClose(406, text, QUEUE_DELETE)
  })

  test('looks for messages before it looks for consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.send(BASIC_QOS, { prefetchCount: 1 }).expect(BASIC_QOS_OK)
    await channel.consume(queue)
    await channel.publishAll(queue, ['1', '2']).deliveries(1)
    channel.send(QUEUE_DELETE, { queue, ifUnused: true, ifEmpty: true })
    const text = `PRECONDITION_FAILED - queue '${queue}' in vhost '/' not empty`
    await channel.expectClose(406, text, QUEUE_DELETE)
  })

  test('if-empty does not mind unacknowledged messages', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.publish({ routingKey: queue }).get(queue)
    const { messageCount } = await channel
      .send(QUEUE_DELETE, { queue, ifEmpty: true })
      .expect(QUEUE_DELETE_OK)
    expect(messageCount).toBe(0)
  })

  test('leaves delivery tags behind that can be settled without effect', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['1', '2', '3'])
    for (let n = 0; n < 3; n++) await channel.get(queue)
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    channel.send(BASIC_ACK, { deliveryTag: 1 })
    channel.send(BASIC_REJECT, { deliveryTag: 2, requeue: true })
    channel.send(BASIC_NACK, { deliveryTag: 3, multiple: true })
    await channel.expectNothing()
  })

  test('frees the name for a different queue', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    await channel.declareQueue({ queue, exclusive: false, durable: true })
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await channel.declareQueue({ queue, exclusive: true, autoDelete: true })
  })

  test('unbinds the queue everywhere', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    await channel.declareQueue({ queue })
    await channel.bind({ queue, exchange: 'amq.direct', routingKey: queue })
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await channel.declareQueue({ queue })
    channel.publish({ exchange: 'amq.direct', routingKey: queue, body: 'not bound again' })
    channel.publish({ routingKey: queue, body: 'by name' })
    expect(await channel.drain(queue)).toEqual(['by name'])
  })
})

describe('queue.purge', () => {
  test('removes the ready messages only, and counts them', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['1', '2', '3'])
    const { deliveryTag } = await channel.get(queue)
    const { messageCount } = await channel.send(QUEUE_PURGE, { queue }).expect(QUEUE_PURGE_OK)
    expect(messageCount).toBe(2)
    channel.send(BASIC_REJECT, { deliveryTag, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1'])
  })

  test('of an empty queue removes none', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const { messageCount } = await channel.send(QUEUE_PURGE, { queue }).expect(QUEUE_PURGE_OK)
    expect(messageCount).toBe(0)
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel
      .publish({ routingKey: queue })
      .send(QUEUE_PURGE, { queue, nowait: true })
      .expectNothing()
    expect(await channel.drain(queue)).toEqual([])
  })

  test('of a queue that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_PURGE, { queue, nowait: true })
    await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_PURGE)
  })
})
