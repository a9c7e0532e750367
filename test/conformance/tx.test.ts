// Tx class. Publishes and acknowledgements wait for the commit; mistakes do not. Spec 1.9; rabbitmq-errors
// rows 30, 31.

import {
  BASIC_ACK,
  BASIC_NACK,
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
  BASIC_REJECT,
  BASIC_RETURN,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  TX_COMMIT,
  TX_COMMIT_OK,
  TX_ROLLBACK,
  TX_ROLLBACK_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** A transactional channel and a plain one, of one connection, and a queue. */
async function select(
  broker: BrokerUnderTest,
): Promise<[tx: RawChannel, plain: RawChannel, queue: string]> {
  const connection = await broker.connect()
  const [tx, plain] = [await connection.channel(1), await connection.channel(2)]
  await tx.send(TX_SELECT).expect(TX_SELECT_OK)
  return [tx, plain, await plain.declareQueue()]
}

async function commit(tx: RawChannel): Promise<void> {
  await tx.send(TX_COMMIT).expect(TX_COMMIT_OK)
}

async function rollback(tx: RawChannel): Promise<void> {
  await tx.send(TX_ROLLBACK).expect(TX_ROLLBACK_OK)
}

describe('tx.select', () => {
  test('may be repeated', async ({ broker }) => {
    const [tx] = await select(broker)
    await tx.send(TX_SELECT).expect(TX_SELECT_OK)
  })

  test('is refused in confirm mode', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    channel.send(TX_SELECT)
    const text = 'PRECONDITION_FAILED - cannot switch from confirm to tx mode'
    await channel.expectClose(406, text, TX_SELECT)
  })

  test.for([
    ['tx.commit', TX_COMMIT],
    ['tx.rollback', TX_ROLLBACK],
  ] as const)('must come before %s', async ([, id], { broker }) => {
    const channel = await broker.channel()
    channel.send(id)
    await channel.expectClose(406, 'PRECONDITION_FAILED - channel is not transactional', id)
  })
})

describe('a publish in a transaction', () => {
  test('reaches its queue with the commit, in order', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await tx.publishAll(queue, ['1', '2', '3']).expectNothing()
    expect(await plain.drain(queue)).toEqual([])
    await commit(tx)
    expect(await plain.drain(queue)).toEqual(['1', '2', '3'])
  })

  test('is forgotten with the rollback', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await rollback(tx.publish({ routingKey: queue, body: 'forgotten' }))
    await commit(tx.publish({ routingKey: queue, body: 'kept' }))
    expect(await plain.drain(queue)).toEqual(['kept'])
  })

  test('is forgotten when the channel closes', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await tx.publish({ routingKey: queue }).send(CHANNEL_CLOSE).expect(CHANNEL_CLOSE_OK)
    expect(await plain.drain(queue)).toEqual([])
  })

  test('comes back with the commit when it is mandatory', async ({ broker }) => {
    const [tx] = await select(broker)
    tx.publish({ routingKey: broker.queueName(), mandatory: true, body: 'back' })
    await tx.expectNothing()
    tx.send(TX_COMMIT)
    expect((await tx.expectMessage(BASIC_RETURN)).body).toBe('back')
    await tx.expect(TX_COMMIT_OK)
  })

  test('does not come back after the rollback', async ({ broker }) => {
    const [tx] = await select(broker)
    await rollback(tx.publish({ routingKey: broker.queueName(), mandatory: true }))
    await commit(tx)
  })

  test('goes where it was routed before the commit', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    const routingKey = broker.queueName()
    await tx.publish({ exchange: 'amq.direct', routingKey, body: 'early' }).expectNothing()
    await plain.bind({ queue, exchange: 'amq.direct', routingKey })
    await commit(tx.publish({ exchange: 'amq.direct', routingKey, body: 'late' }))
    expect(await plain.drain(queue)).toEqual(['late'])
  })

  test('is lost with a queue that goes before the commit', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await tx.publish({ routingKey: queue }).expectNothing()
    await plain.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await commit(tx)
  })

  test('comes back when it is mandatory and its queue goes before the commit', async ({
    broker,
  }) => {
    const [tx, plain, queue] = await select(broker)
    await tx.publish({ routingKey: queue, mandatory: true, body: 'back' }).expectNothing()
    await plain.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    tx.send(TX_COMMIT)
    expect((await tx.expectMessage(BASIC_RETURN)).body).toBe('back')
    await tx.expect(TX_COMMIT_OK)
  })

  test('reaches by the default exchange a queue that comes before the commit', async ({
    broker,
  }) => {
    const [tx, plain] = await select(broker)
    const queue = broker.queueName()
    await tx.publish({ routingKey: queue, mandatory: true, body: 'here' }).expectNothing()
    await plain.declareQueue({ queue })
    await commit(tx)
    expect(await plain.drain(queue)).toEqual(['here'])
  })

  test('that a queue refuses ends the channel, and undoes nothing', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    const full = await plain.declareQueue({ arguments: limits })
    await plain.publish({ routingKey: queue, body: 'old' }).expectNothing()
    await tx.get(queue)
    tx.publish({ routingKey: queue, body: 'new' }).publishAll(full, ['1', '2'])
    tx.send(BASIC_ACK, { deliveryTag: 1 }).send(TX_COMMIT)
    await tx.expectClose(406, 'PRECONDITION_FAILED - partial tx completion', TX_COMMIT)
    expect([await plain.drain(queue), await plain.drain(full)]).toEqual([['new'], ['1']])
  })

  test('to an exchange that does not exist is a mistake at once', async ({ broker }) => {
    const [tx] = await select(broker)
    tx.publish({ exchange: 'missing' })
    await tx.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", BASIC_PUBLISH)
  })
})

describe('an acknowledgement in a transaction', () => {
  test('counts from the commit on', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    plain.publishAll(queue, ['1', '2'])
    await tx.send(BASIC_QOS, { prefetchCount: 1 }).expect(BASIC_QOS_OK)
    await tx.consume(queue)
    await tx.deliveries(1)
    await tx.send(BASIC_ACK, { deliveryTag: 1 }).expectNoDelivery(queue)
    await commit(tx)
    expect(await tx.bodies(1)).toEqual(['2'])
  })

  test('is undone by the rollback, which requeues nothing', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publish({ routingKey: queue, body: 'held' }).expectNothing()
    await tx.get(queue)
    await rollback(tx.send(BASIC_ACK, { deliveryTag: 1 }))
    expect(await plain.drain(queue)).toEqual([])
    await commit(tx.send(BASIC_REJECT, { deliveryTag: 1, requeue: true }))
    expect(await plain.drain(queue)).toEqual(['held'])
  })

  test('may settle many', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publishAll(queue, ['1', '2', '3']).expectNothing()
    for (let n = 0; n < 3; n++) await tx.get(queue)
    await commit(tx.send(BASIC_ACK, { deliveryTag: 2, multiple: true }))
    await tx.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await plain.drain(queue)).toEqual(['3'])
  })

  test('can reject and requeue', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publishAll(queue, ['1', '2']).expectNothing()
    for (let n = 0; n < 2; n++) await tx.get(queue)
    tx.send(BASIC_NACK, { deliveryTag: 1, requeue: true }).send(BASIC_REJECT, { deliveryTag: 2 })
    await tx.expectNothing()
    expect(await plain.drain(queue)).toEqual([])
    await commit(tx)
    expect(await plain.drain(queue)).toEqual(['1'])
  })

  test('of an unknown tag is a mistake at once', async ({ broker }) => {
    const [tx] = await select(broker)
    tx.send(BASIC_ACK, { deliveryTag: 1 })
    await tx.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', BASIC_ACK)
  })

  test('cannot be repeated before the commit', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publish({ routingKey: queue }).expectNothing()
    await tx.get(queue)
    tx.send(BASIC_REJECT, { deliveryTag: 1, requeue: true }).send(BASIC_ACK, { deliveryTag: 1 })
    await tx.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', BASIC_ACK)
  })

  test('is undone when the channel closes, and its message requeued', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publish({ routingKey: queue, body: 'held' }).expectNothing()
    await tx.get(queue)
    await tx.send(BASIC_ACK, { deliveryTag: 1 }).send(CHANNEL_CLOSE).expect(CHANNEL_CLOSE_OK)
    expect(await plain.get(queue)).toMatchObject({ body: 'held', redelivered: true })
  })

  test('keeps its message from basic.recover', async ({ broker }) => {
    const [tx, plain, queue] = await select(broker)
    await plain.publishAll(queue, ['1', '2']).expectNothing()
    for (let n = 0; n < 2; n++) await tx.get(queue)
    tx.send(BASIC_ACK, { deliveryTag: 1 })
    await tx.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await plain.drain(queue)).toEqual(['2'])
    await commit(tx)
  })
})
