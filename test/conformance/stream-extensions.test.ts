// What becomes of a stream's deliveries, and what RabbitMQ 3.10 does not have yet: filters, which came with
// 3.13. https://www.rabbitmq.com/docs/streams#filtering

import {
  BASIC_ACK,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
  BASIC_REJECT,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

interface Stage {
  readonly connection: RawConnection
  readonly channel: RawChannel
  readonly stream: string
}

/** A stream with these messages, each with the filter value that its first letter is, if it is one. */
async function setStage(broker: BrokerUnderTest, bodies: readonly string[]): Promise<Stage> {
  const connection = await broker.connect()
  const channel = await connection.channel()
  const stream = await channel.declareQueue({
    queue: broker.queueName(),
    durable: true,
    exclusive: false,
    arguments: { 'x-queue-type': 'stream' },
  })
  await channel.confirmSelect()
  for (const [index, body] of bodies.entries()) {
    const headers = /^[a-z]/.test(body) ? { 'x-stream-filter-value': body[0] } : {}
    await channel.publish({ routingKey: stream, body, headers }).confirmed(index + 1, 1)
  }
  await channel.send(BASIC_QOS, { prefetchCount: 2 }).expect(BASIC_QOS_OK)
  return { connection, channel, stream }
}

const FROM_FIRST = { arguments: { 'x-stream-offset': 'first' } }

describe('a delivery from a stream', () => {
  test.for([
    ['basic.reject', BASIC_REJECT, {}],
    ['basic.reject with requeue', BASIC_REJECT, { requeue: true }],
    ['basic.nack of all with requeue', BASIC_NACK, { multiple: true, requeue: true }],
  ] as const)('cannot be given back by %s', async ([, id, fields], { broker }) => {
    const { connection, channel, stream } = await setStage(broker, ['1', '2', '3'])
    await channel.consume(stream, FROM_FIRST)
    await channel.deliveries(2)
    channel.send(id, { deliveryTag: 1, ...fields })
    const reason = `basic.nack and basic.reject not supported by stream queues queue '${stream}'`
    await connection.expectClose(540, `NOT_IMPLEMENTED - ${reason} in vhost '/'`, id)
  })

  test('does not come back after basic.recover', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker, ['1', '2', '3'])
    await channel.consume(stream, FROM_FIRST)
    await channel.deliveries(2)
    channel.send(BASIC_RECOVER, { requeue: true })
    if (broker.isRabbit) {
      await connection.expectClose(541, 'INTERNAL_ERROR', 0)
      return
    }
    await channel.expect(BASIC_RECOVER_OK)
    expect(await channel.bodies(1)).toEqual(['3'])
  })

  test('that was not settled does not come back to others', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker, ['1', '2'])
    await channel.consume(stream, FROM_FIRST)
    await channel.deliveries(2)
    const other = await connection.channel(2)
    await other.send(BASIC_QOS, { prefetchCount: 2 }).expect(BASIC_QOS_OK)
    await other.consume(stream)
    await channel.publish({ routingKey: stream, body: '3' }).confirmed(3, 1)
    expect(await other.bodies(1)).toEqual(['3'])
  })
})

describe('x-stream-filter', () => {
  const all = ['a1', 'b1', '1', 'c1', 'a2', '2', 'b2']
  const cases: [unknown, boolean | undefined, string[]][] = [
    ['a', undefined, ['a1', 'a2']],
    [['a', 'b'], undefined, ['a1', 'b1', 'a2', 'b2']],
    [['a', 5], false, ['a1', 'a2']],
    ['a', true, ['a1', '1', 'a2', '2']],
    [5, true, all],
  ]
  test.for(cases)('%o, and without one %o', async ([filter, unfiltered, expected], { broker }) => {
    const { channel, stream } = await setStage(broker, all)
    const args: Record<string, unknown> = { 'x-stream-offset': 'first', 'x-stream-filter': filter }
    if (unfiltered !== undefined) args['x-stream-match-unfiltered'] = unfiltered
    await channel.consume(stream, { arguments: args })
    const given = broker.isRabbit ? all : expected
    const bodies: string[] = []
    while (bodies.length < given.length) {
      for (const { body, deliveryTag } of await channel.deliveries(1)) {
        bodies.push(body)
        channel.send(BASIC_ACK, { deliveryTag })
      }
    }
    expect(bodies).toEqual(given)
    await channel.expectNoDelivery(stream)
  })
})
