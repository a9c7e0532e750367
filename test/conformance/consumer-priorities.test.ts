// https://www.rabbitmq.com/docs/consumer-priority

import { BASIC_ACK, BASIC_QOS, BASIC_QOS_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('a consumer with a higher x-priority', () => {
  test('is served before others, as long as it can take more', async ({ broker }) => {
    const connection = await broker.connect()
    const [low, high] = [await connection.channel(1), await connection.channel(2)]
    const queue = await low.declareQueue()
    await low.consume(queue, { noAck: true })
    await high.send(BASIC_QOS, { prefetchCount: 2 }).expect(BASIC_QOS_OK)
    await high.consume(queue, { arguments: { 'x-priority': 1 } })
    low.publishAll(queue, ['a', 'b', 'c'])
    expect(await high.bodies(2)).toEqual(['a', 'b'])
    expect(await low.bodies(1)).toEqual(['c'])
    // Publishing must not overtake the acknowledgement: both go over the same channel.
    high.send(BASIC_ACK, { deliveryTag: 2, multiple: true }).publishAll(queue, ['d'])
    expect(await high.bodies(1)).toEqual(['d'])
  })
})
