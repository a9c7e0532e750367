// Consumers of one connection share the room that there is for output, whoever came first.

import { BASIC_CONSUME, BASIC_DELIVER } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'

/** In each queue, more than the kernel and the broker keep for a connection that is not read. */
const COUNT = 800
const BODY = 'x'.repeat(32_768)

async function fullQueues(broker: BrokerUnderTest): Promise<[string, string]> {
  const keeper = await broker.channel()
  const queues: [string, string] = [broker.queueName(), broker.queueName()]
  for (const queue of queues) await keeper.declareQueue({ queue, exclusive: false })
  await keeper.confirmSelect()
  for (const queue of queues) keeper.publishAll(queue, Array(COUNT).fill(BODY))
  await keeper.confirmed(2 * COUNT)
  return queues
}

describe('two consumers of full queues get on together', () => {
  test('on one channel', async ({ broker }) => {
    const [first, second] = await fullQueues(broker)
    const channel = await broker.channel()
    const options = { noAck: true, nowait: true }
    channel.send(BASIC_CONSUME, { queue: first, consumerTag: 'first', ...options })
    channel.send(BASIC_CONSUME, { queue: second, consumerTag: 'second', ...options })
    let before = 0
    while ((await channel.expect(BASIC_DELIVER)).consumerTag !== 'second') before++
    expect(before).toBeLessThan(COUNT)
  })

  test('on two channels', async ({ broker }) => {
    const [first, second] = await fullQueues(broker)
    const connection = await broker.connect()
    const [one, two] = [await connection.channel(1), await connection.channel(2)]
    const options = { noAck: true, nowait: true }
    one.send(BASIC_CONSUME, { queue: first, ...options })
    two.send(BASIC_CONSUME, { queue: second, ...options })
    await two.expect(BASIC_DELIVER)
    const before = connection.wire.takeAll().filter(({ channel }) => channel === one.number)
    expect(before.length).toBeLessThan(COUNT)
  })
})
