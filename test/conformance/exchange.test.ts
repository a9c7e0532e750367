// Exchange class: declare and delete. Spec 1.6; rabbitmq-errors rows 2, 11, 12, 15, 20, 22, 41 to 43 and
// section 3 point 3.

import {
  CHANNEL_CLOSE,
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import type { FieldsOf } from '../support/raw-client-method.ts'

type Declaration = FieldsOf<typeof EXCHANGE_DECLARE>

async function declare(channel: RawChannel, fields: Declaration): Promise<void> {
  await channel.send(EXCHANGE_DECLARE, { type: 'direct', ...fields }).expect(EXCHANGE_DECLARE_OK)
}

const DEFAULT_EXCHANGE = 'ACCESS_REFUSED - operation not permitted on the default exchange'

describe('exchange.declare', () => {
  test.for(['direct', 'fanout', 'topic', 'headers'])('of type %s', async (type, { broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange, type })
    await declare(channel, { exchange, type })
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    channel.send(EXCHANGE_DECLARE, { exchange, type: 'direct', nowait: true })
    await channel.expectNothing()
    await declare(channel, { exchange, passive: true })
  })

  test('closes the channel in spite of nowait', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DECLARE, { exchange: '', type: 'direct', nowait: true })
    await channel.expectClose(403, DEFAULT_EXCHANGE, EXCHANGE_DECLARE)
  })

  test('drops line ends from the name', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange: `${exchange.slice(0, 3)}\r\n${exchange.slice(3)}` })
    await declare(channel, { exchange, passive: true })
  })

  test('ignores arguments that it does not know', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange, arguments: { 'x-whatever': 1 } })
    await declare(channel, { exchange })
  })
})

describe('exchange.declare of an exchange that is different', () => {
  const differences: [string, Declaration, Declaration, string][] = [
    ['type', {}, { type: 'topic' }, "received 'topic' but current is 'direct'"],
    ['durable', {}, { durable: true }, "received 'true' but current is 'false'"],
    ['auto_delete', { autoDelete: true }, {}, "received 'false' but current is 'true'"],
    ['internal', {}, { internal: true }, "received 'true' but current is 'false'"],
    [
      'alternate-exchange',
      {},
      { arguments: { 'alternate-exchange': 'a' } },
      "received the value 'a' of type 'longstr' but current is none",
    ],
    [
      'alternate-exchange',
      { arguments: { 'alternate-exchange': 'a' } },
      {},
      "received none but current is the value 'a' of type 'longstr'",
    ],
    [
      'alternate-exchange',
      { arguments: { 'alternate-exchange': 'a' } },
      { arguments: { 'alternate-exchange': 'b' } },
      "received 'b' but current is 'a'",
    ],
  ]
  test.for(differences)(
    'in %s: %o, then %o',
    async ([property, first, second, values], { broker }) => {
      const channel = await broker.channel()
      const exchange = broker.exchangeName()
      await declare(channel, { exchange, ...first })
      channel.send(EXCHANGE_DECLARE, { exchange, type: 'direct', ...second })
      const what = `inequivalent arg '${property}' for exchange '${exchange}' in vhost '/'`
      await channel.expectClose(406, `PRECONDITION_FAILED - ${what}: ${values}`, EXCHANGE_DECLARE)
    },
  )

  const orders: [string, Declaration, string][] = [
    ['type', { type: 'topic', durable: true, autoDelete: true, internal: true }, 'type'],
    ['durable', { durable: true, autoDelete: true, internal: true }, 'durable'],
    ['auto_delete', { autoDelete: true, internal: true }, 'auto_delete'],
    ['internal', { internal: true, arguments: { 'alternate-exchange': 'a' } }, 'internal'],
  ]
  test.for(orders)('in many things names %s first', async ([, second, property], { broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange })
    channel.send(EXCHANGE_DECLARE, { exchange, type: 'direct', ...second })
    const { replyText } = await channel.expect(CHANNEL_CLOSE)
    expect(replyText).toContain(`inequivalent arg '${property}'`)
  })
})

describe('exchange.declare passive', () => {
  test('looks at nothing but the name', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange })
    const other = { exchange, passive: true, durable: true, autoDelete: true, internal: true }
    await declare(channel, { ...other, type: 'topic' })
    await declare(channel, { ...other, type: '' })
    await declare(channel, { ...other, type: 'no-such-type' })
  })

  test('of an exchange that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    channel.send(EXCHANGE_DECLARE, { exchange, passive: true })
    const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_DECLARE)
  })
})

describe('exchange.declare of a type that does not exist', () => {
  test.for([
    ['no-such-type', 'unknown'],
    // A word that RabbitMQ knows from elsewhere, and none at all, are invalid to it.
    ['queue', 'invalid'],
    ['', 'invalid'],
  ] as const)("'%s'", async ([type, rabbitWord], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(EXCHANGE_DECLARE, { exchange: broker.exchangeName(), type })
    const ends = () => {
      const text = `COMMAND_INVALID - ${rabbitWord} exchange type '${type}'`
      return connection.expectClose(503, text, EXCHANGE_DECLARE)
    }
    const refuses = () => {
      const text = `PRECONDITION_FAILED - unknown exchange type '${type}'`
      return channel.expectClose(406, text, EXCHANGE_DECLARE)
    }
    await broker.expected({ rabbitmq: ends, leveret: refuses })()
  })

  test('is noticed before anything else', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DECLARE, { exchange: '', type: 'no-such-type' })
    const { method } = await channel.wire.next(broker.expected({ rabbitmq: 0, leveret: 1 }))
    const replyText = expect.stringContaining("exchange type 'no-such-type'")
    expect(method).toMatchObject({ replyText })
  })
})

describe('the exchanges that are always there', () => {
  test.for([
    ['amq.direct', 'direct', false],
    ['amq.fanout', 'fanout', false],
    ['amq.topic', 'topic', false],
    ['amq.headers', 'headers', false],
    ['amq.match', 'headers', false],
    ['amq.rabbitmq.trace', 'topic', true],
  ] as const)('%s can be declared as it is', async ([exchange, type, internal], { broker }) => {
    const channel = await broker.channel()
    await declare(channel, { exchange, type, internal, durable: true })
  })

  test('cannot be declared as something else', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DECLARE, { exchange: 'amq.direct', type: 'direct' })
    const what = "inequivalent arg 'durable' for exchange 'amq.direct' in vhost '/'"
    const text = `PRECONDITION_FAILED - ${what}: received 'false' but current is 'true'`
    await channel.expectClose(406, text, EXCHANGE_DECLARE)
  })

  test('reserve all names with their prefix', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DECLARE, { exchange: 'amq.mine', type: 'direct' })
    const text = "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'"
    await channel.expectClose(403, text, EXCHANGE_DECLARE)
  })

  test.for(['amq.direct', 'amq.nowhere'])('cannot be deleted: %s', async (exchange, { broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DELETE, { exchange, ifUnused: true })
    const text = `ACCESS_REFUSED - deletion of system exchange '${exchange}' in vhost '/' not allowed`
    await channel.expectClose(403, text, EXCHANGE_DELETE)
  })
})

describe('the default exchange', () => {
  test.for([
    ['declared', EXCHANGE_DECLARE, { exchange: '', type: 'direct' }],
    ['declared passively', EXCHANGE_DECLARE, { exchange: '', passive: true }],
    ['deleted', EXCHANGE_DELETE, { exchange: '' }],
  ] as const)('cannot be %s', async ([, id, fields], { broker }) => {
    const channel = await broker.channel()
    channel.send(id, fields)
    await channel.expectClose(403, DEFAULT_EXCHANGE, id)
  })
})

describe('an alternate exchange', () => {
  test('must be named by a string', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    channel.send(EXCHANGE_DECLARE, {
      exchange,
      type: 'direct',
      arguments: { 'alternate-exchange': 1 },
    })
    const what = `invalid type 'signedint' for arg 'alternate-exchange' in exchange '${exchange}'`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what} in vhost '/'`, EXCHANGE_DECLARE)
  })

  test('need not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange, arguments: { 'alternate-exchange': 'nowhere' } })
  })
})

describe('exchange.delete', () => {
  test('removes the exchange', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange })
    await channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
    channel.send(EXCHANGE_DECLARE, { exchange, passive: true })
    const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_DECLARE)
  })

  test('of an exchange that does not exist is fine', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
    await channel.send(EXCHANGE_DELETE, { exchange, ifUnused: true }).expect(EXCHANGE_DELETE_OK)
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_DELETE, { exchange: broker.exchangeName(), nowait: true })
    await channel.expectNothing()
  })

  test('if-unused refuses while a queue is bound to it', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await declare(channel, { exchange })
    await channel.declareBoundQueue(exchange, 'key')
    channel.send(EXCHANGE_DELETE, { exchange, ifUnused: true })
    const text = `PRECONDITION_FAILED - exchange '${exchange}' in vhost '/' in use`
    await channel.expectClose(406, text, EXCHANGE_DELETE)
    await channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
  })

  test('if-unused counts bindings from it, not to it', async ({ broker }) => {
    const channel = await broker.channel()
    const [source, destination] = [broker.exchangeName(), broker.exchangeName()]
    await declare(channel, { exchange: source })
    await declare(channel, { exchange: destination })
    await channel.send(EXCHANGE_BIND, { source, destination }).expect(EXCHANGE_BIND_OK)
    channel.send(EXCHANGE_DELETE, { exchange: source, ifUnused: true })
    const text = `PRECONDITION_FAILED - exchange '${source}' in vhost '/' in use`
    await channel.expectClose(406, text, EXCHANGE_DELETE)
    const unused = { exchange: destination, ifUnused: true }
    await channel.send(EXCHANGE_DELETE, unused).expect(EXCHANGE_DELETE_OK)
  })
})
