// Basic class: publish and return. An error closes the channel once the whole message is there. Spec
// 1.8.3.7, 1.8.3.9; rabbitmq-errors rows 2, 8, 24, 26, 27, 44, 74 and section 3 point 7.

import {
  BASIC_PUBLISH,
  BASIC_RETURN,
  CHANNEL_CLOSE,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  encodeBodyFrames,
  fieldTableFromObject,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { Publish } from '../support/raw-client-channel.ts'

describe('basic.publish', () => {
  test('to an exchange that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    channel.publish({ exchange: 'missing', routingKey: 'key', body: 'lost' })
    await channel.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", BASIC_PUBLISH)
  })

  test('is not judged before the message is complete', async ({ broker }) => {
    const channel = await broker.channel()
    await channel
      .send(BASIC_PUBLISH, { exchange: 'missing' })
      .sendHeader(2)
      .sendBody('o')
      .wire.flushed()
    channel.sendBody('k')
    await channel.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", BASIC_PUBLISH)
  })

  test('to an internal exchange', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    const fields = { exchange, type: 'fanout', internal: true }
    await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
    channel.publish({ exchange })
    const what = `cannot publish to internal exchange '${exchange}' in vhost '/'`
    await channel.expectClose(403, `ACCESS_REFUSED - ${what}`, BASIC_PUBLISH)
  })

  test('immediate is not implemented', async ({ broker }) => {
    const connection = await broker.connect()
    ;(await connection.channel()).publish({ exchange: 'missing', immediate: true })
    await connection.expectClose(540, 'NOT_IMPLEMENTED - immediate=true', BASIC_PUBLISH)
  })

  test('as another user', async ({ broker }) => {
    const channel = await broker.channel()
    channel.publish({ properties: { userId: 'somebody' } })
    const what = "user_id property set to 'somebody' but authenticated user was 'guest'"
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, BASIC_PUBLISH)
  })

  test('as nobody', async ({ broker }) => {
    const channel = await broker.channel()
    channel.publish({ properties: { userId: '' } })
    const what = "user_id property set to '' but authenticated user was 'guest'"
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, BASIC_PUBLISH)
  })

  test('as the user that it is', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue, properties: { userId: 'guest' } })
    expect((await channel.get(queue)).properties).toEqual({ userId: 'guest' })
  })
})

describe('an expiration', () => {
  test.for([
    ['abc', 'no_integer'],
    ['', 'no_integer'],
    [' 1', 'no_integer'],
    ['10ms', '{leftover_string,"ms"}'],
    ['1.5', '{leftover_string,".5"}'],
    ['1 ', '{leftover_string," "}'],
    ['0x10', '{leftover_string,"x10"}'],
    ['-1', '{value_negative,-1}'],
    ['315360000001', '{value_too_large,315360000001}'],
    ['99999999999999', '{value_too_large,99999999999999}'],
  ] as const)("cannot be '%s'", async ([expiration, reason], { broker }) => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.queueName(), properties: { expiration } })
    const text = `PRECONDITION_FAILED - invalid expiration '${expiration}': ${reason}`
    await channel.expectClose(406, text, BASIC_PUBLISH)
  })

  test.for(['0', '60000', '007', '+5', '315360000000'])(
    "may be '%s'",
    async (expiration, { broker }) => {
      const channel = await broker.channel()
      channel.publish({
        routingKey: broker.queueName(),
        mandatory: true,
        properties: { expiration },
      })
      expect((await channel.expectMessage(BASIC_RETURN)).properties).toEqual({ expiration })
    },
  )
})

describe('further routing keys', () => {
  test.for([
    ['CC', 'a string', 'longstr'],
    ['BCC', 7, 'signedint'],
    ['CC', { a: 'table' }, 'table'],
  ] as const)('must be an array: %s %o', async ([header, value, type], { broker }) => {
    const channel = await broker.channel()
    channel.publish({ headers: { [header]: value } })
    const what = `invalid message: {unacceptable_type_in_header,"${header}",${type}}`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, BASIC_PUBLISH)
  })
})

describe('of several mistakes in one publish the first one counts:', () => {
  const userId = 'somebody'
  const orders: [string, Publish, number, string][] = [
    ['exchange, user', { exchange: 'missing', properties: { userId } }, 404, 'no exchange'],
    [
      'exchange, expiration',
      { exchange: 'missing', properties: { expiration: 'a' } },
      404,
      'no exchange',
    ],
    ['exchange, CC', { exchange: 'missing', headers: { CC: 1 } }, 404, 'no exchange'],
    [
      'internal exchange, user',
      { exchange: 'amq.rabbitmq.trace', properties: { userId } },
      403,
      'cannot publish to internal exchange',
    ],
    [
      'expiration, CC',
      { properties: { expiration: 'a' }, headers: { CC: 1 } },
      406,
      'invalid expiration',
    ],
    ['CC, BCC', { headers: { BCC: 1, CC: 1 } }, 406, '"CC"'],
  ]
  test.for(orders)('%s', async ([, publish, replyCode, reason], { broker }) => {
    const channel = await broker.channel()
    const close = await channel.publish(publish).expect(CHANNEL_CLOSE)
    expect(close).toMatchObject({ replyCode, replyText: expect.stringContaining(reason) })
  })
})

describe('a mandatory message without a queue', () => {
  test('comes back whole', async ({ broker }) => {
    const channel = await broker.channel()
    const routingKey = broker.queueName()
    const properties = { contentType: 'text/plain', deliveryMode: 2, priority: 3, messageId: 'm' }
    const body = 'x'.repeat(200_000)
    channel.send(BASIC_PUBLISH, { exchange: 'amq.topic', routingKey, mandatory: true })
    channel.sendHeader(body.length, properties)
    channel.wire.write(encodeBodyFrames(1, Buffer.from(body), 131072))
    expect(await channel.expectMessage(BASIC_RETURN)).toMatchObject({
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: 'amq.topic',
      routingKey,
      properties,
      body,
    })
  })

  test('comes back empty if it is', async ({ broker }) => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.queueName(), mandatory: true })
    expect(await channel.expectMessage(BASIC_RETURN)).toMatchObject({ body: '', properties: {} })
  })

  test('does not come back when it is not mandatory', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.publish({ routingKey: broker.queueName(), body: 'lost' }).expectNothing()
  })

  test('does not come back when a queue took it', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue, mandatory: true, body: 'taken' })
    expect(await channel.drain(queue)).toEqual(['taken'])
  })
})

describe('a message', () => {
  test('keeps all its properties', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const properties = {
      contentType: 'text/plain',
      contentEncoding: 'gzip',
      headers: fieldTableFromObject({ text: 'é', flag: true, list: [1, { two: 2.5 }], none: null }),
      deliveryMode: 2,
      priority: 9,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '60000',
      messageId: 'message',
      timestamp: 1_700_000_000n,
      type: 'type',
      userId: 'guest',
      appId: 'app',
      clusterId: 'cluster',
    }
    channel.publish({ routingKey: queue, properties, body: 'body' })
    expect(await channel.get(queue)).toMatchObject({ properties, body: 'body' })
  })

  test('may be empty', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue })
    expect(await channel.get(queue)).toMatchObject({ properties: {}, body: '' })
  })
})
