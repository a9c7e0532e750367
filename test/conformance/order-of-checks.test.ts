// Of several mistakes in one method the first one counts, and which is first is part of the protocol that
// clients see. Rabbitmq-errors section 3. Basic.publish has its own in basic-publish.test.ts.

import {
  BASIC_CONSUME,
  CHANNEL_CLOSE,
  EXCHANGE_DECLARE,
  EXCHANGE_DELETE,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DELETE,
  QUEUE_UNBIND,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import type { BrokerUnderTest } from '../support/raw-client-broker.ts'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** Sets the scene and sends what is wrong in two ways; the answer comes on the channel that it returns. */
type Mistakes = (broker: BrokerUnderTest, channel: RawChannel) => Promise<RawChannel>
type Case = [what: string, mistakes: Mistakes, replyCode: number, text: string]

/** A channel of another connection, and a queue of this one that is locked for it. */
async function locked(broker: BrokerUnderTest, channel: RawChannel): Promise<[RawChannel, string]> {
  const queue = await channel.declareQueue({ queue: broker.queueName() })
  return [await broker.channel(), queue]
}

const cases: Case[] = [
  [
    'queue.declare: reserved name, bad argument',
    async (_, it) => it.send(QUEUE_DECLARE, { queue: 'amq.mine', arguments: { 'x-expires': 0 } }),
    403,
    'reserved prefix',
  ],
  [
    'queue.declare: other argument, bad argument',
    async (broker, it) => {
      const queue = await it.declareQueue({ queue: broker.queueName() })
      return it.send(QUEUE_DECLARE, { queue, exclusive: true, arguments: { 'x-message-ttl': -1 } })
    },
    406,
    "inequivalent arg 'x-message-ttl'",
  ],
  [
    'queue.declare: other argument, argument of a bad type',
    async (broker, it) => {
      const queue = await it.declareQueue({ queue: broker.queueName() })
      const args = { 'x-dead-letter-exchange': 1 }
      return it.send(QUEUE_DECLARE, { queue, exclusive: true, arguments: args })
    },
    406,
    "inequivalent arg 'x-dead-letter-exchange'",
  ],
  [
    'queue.declare: dead-letter exchange that is no string, other bad argument',
    async (broker, it) => {
      const args = { 'x-expires': -1, 'x-dead-letter-exchange': 1 }
      return it.send(QUEUE_DECLARE, { queue: broker.queueName(), arguments: args })
    },
    406,
    "invalid type 'signedint' for arg 'x-dead-letter-exchange'",
  ],
  [
    'queue.declare: locked, different',
    async (broker, it) => {
      const [other, queue] = await locked(broker, it)
      return other.send(QUEUE_DECLARE, { queue, autoDelete: true })
    },
    405,
    'cannot obtain exclusive access',
  ],
  [
    'queue.declare: durable, auto-delete, argument',
    async (broker, it) => {
      const queue = await it.declareQueue({ queue: broker.queueName(), exclusive: false })
      const args = { 'x-max-length': 1 }
      return it.send(QUEUE_DECLARE, { queue, durable: true, autoDelete: true, arguments: args })
    },
    406,
    "inequivalent arg 'durable'",
  ],
  [
    'queue.declare: auto-delete, argument',
    async (broker, it) => {
      const queue = await it.declareQueue({ queue: broker.queueName(), exclusive: false })
      return it.send(QUEUE_DECLARE, { queue, autoDelete: true, arguments: { 'x-max-length': 1 } })
    },
    406,
    "inequivalent arg 'auto_delete'",
  ],
  [
    'queue.delete: locked, in use',
    async (broker, it) => {
      const [other, queue] = await locked(broker, it)
      await it.consume(queue)
      return other.send(QUEUE_DELETE, { queue, ifUnused: true })
    },
    405,
    'cannot obtain exclusive access',
  ],
  [
    'queue.unbind: locked, and there is such a binding',
    async (broker, it) => {
      const [other, queue] = await locked(broker, it)
      await it.bind({ queue, exchange: 'amq.direct', routingKey: queue })
      return other.send(QUEUE_UNBIND, { queue, exchange: 'amq.direct', routingKey: queue })
    },
    405,
    'cannot obtain exclusive access',
  ],
  [
    'queue.bind: no queue named yet, no such exchange',
    async (_, it) => it.send(QUEUE_BIND, { exchange: 'missing' }),
    404,
    'no previously declared queue',
  ],
  [
    'basic.consume: no queue named yet, tag in use',
    async (broker, it) => {
      const connection = await broker.connect()
      const queue = await it.declareQueue({ queue: broker.queueName(), exclusive: false })
      const other = await connection.channel()
      await other.consume(queue, { consumerTag: 'mine' })
      return other.send(BASIC_CONSUME, { consumerTag: 'mine' })
    },
    404,
    'no previously declared queue',
  ],
  [
    'basic.consume: locked, bad priority',
    async (broker, it) => {
      const [other, queue] = await locked(broker, it)
      return other.send(BASIC_CONSUME, { queue, arguments: { 'x-priority': 'high' } })
    },
    405,
    'cannot obtain exclusive access',
  ],
  [
    'basic.consume: bad priority, in exclusive use',
    async (_, it) => {
      const queue = await it.declareQueue()
      await it.consume(queue, { exclusive: true })
      return it.send(BASIC_CONSUME, { queue, arguments: { 'x-priority': 'high' } })
    },
    406,
    "invalid arg 'x-priority'",
  ],
  [
    'exchange.declare: reserved name, bad alternate exchange',
    async (_, it) => {
      const args = { 'alternate-exchange': 1 }
      return it.send(EXCHANGE_DECLARE, { exchange: 'amq.mine', type: 'direct', arguments: args })
    },
    403,
    'reserved prefix',
  ],
  [
    'exchange.declare: other argument, bad alternate exchange',
    async (_, it) => {
      const fields = { exchange: 'amq.direct', type: 'direct', durable: true }
      return it.send(EXCHANGE_DECLARE, { ...fields, arguments: { 'alternate-exchange': 1 } })
    },
    406,
    "inequivalent arg 'alternate-exchange'",
  ],
  [
    'exchange.delete: system exchange, in use',
    async (_, it) => {
      await it.declareBoundQueue('amq.direct', 'key')
      return it.send(EXCHANGE_DELETE, { exchange: 'amq.direct', ifUnused: true })
    },
    403,
    'deletion of system exchange',
  ],
]

describe('the first mistake counts:', () => {
  test.for(cases)('%s', async ([, mistakes, replyCode, text], { broker }) => {
    const channel = await mistakes(broker, await broker.channel())
    const close = await channel.expect(CHANNEL_CLOSE)
    expect(close).toMatchObject({ replyCode, replyText: expect.stringContaining(text) })
  })
})
