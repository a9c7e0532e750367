// Basic class: ack, nack and reject. Spec 1.8.3.13, 1.8.3.14 and RabbitMQ's nack; rabbitmq-errors row 23.

import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_GET,
  BASIC_GET_OK,
  BASIC_NACK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
  BASIC_REJECT,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** A channel that holds the first three of five messages unacknowledged, under tags 1 to 3. */
async function holdThree(broker: BrokerUnderTest): Promise<[RawChannel, string]> {
  const channel = await broker.channel()
  const queue = await channel.declareQueue()
  channel.publishAll(queue, ['1', '2', '3', '4', '5'])
  for (let n = 0; n < 3; n++) await channel.get(queue)
  return [channel, queue]
}

/** What is left of the five after everything that is still unacknowledged was requeued. */
async function leftIn(channel: RawChannel, queue: string): Promise<string[]> {
  await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
  return channel.drain(queue)
}

describe('basic.ack', () => {
  test.for([
    ['one message', { deliveryTag: 2 }, ['1', '3', '4', '5']],
    ['all up to a message', { deliveryTag: 2, multiple: true }, ['3', '4', '5']],
    ['everything', { deliveryTag: 0, multiple: true }, ['4', '5']],
  ] as const)('settles %s', async ([, fields, left], { broker }) => {
    const [channel, queue] = await holdThree(broker)
    channel.send(BASIC_ACK, fields)
    expect(await leftIn(channel, queue)).toEqual(left)
  })
})

describe('basic.reject', () => {
  test('drops the message', async ({ broker }) => {
    const [channel, queue] = await holdThree(broker)
    channel.send(BASIC_REJECT, { deliveryTag: 2 })
    expect(await leftIn(channel, queue)).toEqual(['1', '3', '4', '5'])
  })

  test('with requeue puts it back into its old place', async ({ broker }) => {
    const [channel, queue] = await holdThree(broker)
    channel.send(BASIC_REJECT, { deliveryTag: 2, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 4, redelivered: true, body: '2' })
    expect(await channel.get(queue)).toMatchObject({
      deliveryTag: 5,
      redelivered: false,
      body: '4',
    })
  })
})

describe('basic.nack', () => {
  test.for([
    ['one message', { deliveryTag: 2 }, ['1', '3', '4', '5']],
    ['all up to a message', { deliveryTag: 2, multiple: true }, ['3', '4', '5']],
    ['everything', { deliveryTag: 0, multiple: true }, ['4', '5']],
  ] as const)('drops %s', async ([, fields, left], { broker }) => {
    const [channel, queue] = await holdThree(broker)
    channel.send(BASIC_NACK, fields)
    expect(await leftIn(channel, queue)).toEqual(left)
  })

  test.for([
    ['one message', { deliveryTag: 2 }, ['2', '4', '5']],
    ['all up to a message', { deliveryTag: 2, multiple: true }, ['1', '2', '4', '5']],
    ['everything', { deliveryTag: 0, multiple: true }, ['1', '2', '3', '4', '5']],
  ] as const)('with requeue puts back %s', async ([, fields, ready], { broker }) => {
    const [channel, queue] = await holdThree(broker)
    channel.send(BASIC_NACK, { ...fields, requeue: true })
    expect(await channel.drain(queue)).toEqual(ready)
  })

  test('with requeue keeps the order in whatever order it comes', async ({ broker }) => {
    const [channel, queue] = await holdThree(broker)
    for (const deliveryTag of [3, 1, 2]) channel.send(BASIC_NACK, { deliveryTag, requeue: true })
    expect(await channel.drain(queue)).toEqual(['1', '2', '3', '4', '5'])
  })

  test('with requeue delivers to another consumer, as redelivered', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    const consumerTag = await channel.consume(queue)
    await channel.publish({ routingKey: queue, body: 'twice' }).deliveries(1)
    await other.consume(queue)
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    channel.send(BASIC_NACK, { deliveryTag: 1, requeue: true })
    expect(await other.deliveries(1)).toMatchObject([{ redelivered: true, body: 'twice' }])
  })
})

describe('with nothing outstanding', () => {
  test.for([
    ['basic.ack', BASIC_ACK],
    ['basic.nack', BASIC_NACK],
  ] as const)('%s of everything is fine', async ([, id], { broker }) => {
    const channel = await broker.channel()
    await channel.send(id, { deliveryTag: 0, multiple: true }).expectNothing()
  })

  test.for([
    ['basic.ack', BASIC_ACK, { deliveryTag: 1 }],
    ['basic.ack', BASIC_ACK, { deliveryTag: 0 }],
    ['basic.ack', BASIC_ACK, { deliveryTag: 5, multiple: true }],
    ['basic.nack', BASIC_NACK, { deliveryTag: 7 }],
    ['basic.nack', BASIC_NACK, { deliveryTag: 0 }],
    ['basic.reject', BASIC_REJECT, { deliveryTag: 7 }],
    ['basic.reject', BASIC_REJECT, { deliveryTag: 0, requeue: true }],
  ] as const)('%s of a tag is a mistake: %o', async ([, id, fields], { broker }) => {
    const channel = await broker.channel()
    channel.send(id, fields)
    const text = `PRECONDITION_FAILED - unknown delivery tag ${fields.deliveryTag}`
    await channel.expectClose(406, text, id)
  })

  test('a tag of 64 bits is a mistake too', async ({ broker }) => {
    const channel = await broker.channel()
    channel.sendArguments(BASIC_ACK, Buffer.from('ffffffffffffffff' + '00', 'hex'))
    const text = 'PRECONDITION_FAILED - unknown delivery tag 18446744073709551615'
    await channel.expectClose(406, text, BASIC_ACK)
  })
})

describe('a delivery tag is unknown', () => {
  const cases: [string, (channel: RawChannel) => RawChannel, number][] = [
    ['once it is acknowledged', (it) => it.send(BASIC_ACK, { deliveryTag: 2 }), 2],
    ['once it is rejected', (it) => it.send(BASIC_REJECT, { deliveryTag: 2 }), 2],
    ['once it is requeued', (it) => it.send(BASIC_NACK, { deliveryTag: 2, requeue: true }), 2],
    [
      'once a later one was settled with all before',
      (it) => it.send(BASIC_ACK, { deliveryTag: 3, multiple: true }),
      1,
    ],
    ['before it was given', (it) => it, 4],
  ]
  test.for(cases)('%s', async ([, settle, deliveryTag], { broker }) => {
    const [channel] = await holdThree(broker)
    settle(channel).send(BASIC_ACK, { deliveryTag })
    const text = `PRECONDITION_FAILED - unknown delivery tag ${deliveryTag}`
    await channel.expectClose(406, text, BASIC_ACK)
  })

  test.for([
    ['beyond the last', 9],
    ['already settled', 2],
  ] as const)(
    'with multiple too, even if there are lower ones: %s',
    async ([, deliveryTag], { broker }) => {
      const [channel] = await holdThree(broker)
      channel.send(BASIC_ACK, { deliveryTag: 2 }).send(BASIC_ACK, { deliveryTag, multiple: true })
      const text = `PRECONDITION_FAILED - unknown delivery tag ${deliveryTag}`
      await channel.expectClose(406, text, BASIC_ACK)
    },
  )

  test('if it came without the need of an acknowledgement', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue })
    await channel.send(BASIC_GET, { queue, noAck: true }).expectMessage(BASIC_GET_OK)
    channel.send(BASIC_ACK, { deliveryTag: 1 })
    await channel.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', BASIC_ACK)
  })

  test('on another channel', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    await channel.publish({ routingKey: queue }).get(queue)
    other.send(BASIC_ACK, { deliveryTag: 1 })
    await other.expectClose(406, 'PRECONDITION_FAILED - unknown delivery tag 1', BASIC_ACK)
    await channel.send(BASIC_ACK, { deliveryTag: 1 }).expectNothing()
  })
})
