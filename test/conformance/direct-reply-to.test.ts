// Direct reply-to: consuming replies that no declared queue holds. A RabbitMQ extension.

import { BASIC_CONSUME, BASIC_CONSUME_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

const REPLIES = 'amq.rabbitmq.reply-to'

describe('a consumer of direct replies', () => {
  test('gets the answers to its requests', async ({ broker }) => {
    const connection = await broker.connect()
    const [requester, responder] = [await connection.channel(1), await connection.channel(2)]
    const queue = await responder.declareQueue()
    await requester.consume(REPLIES, { noAck: true })
    requester.publish({ routingKey: queue, properties: { replyTo: REPLIES }, body: 'ping' })
    await requester.expectNothing()
    const { properties } = await responder.get(queue)
    responder.publish({ routingKey: properties.replyTo ?? '', body: 'pong' })
    expect(await requester.bodies(1)).toEqual(['pong'])
  })

  test('may ask for any priority, which means nothing there', async ({ broker }) => {
    const channel = await broker.channel()
    const fields = { queue: REPLIES, noAck: true, arguments: { 'x-priority': 'high' } }
    await channel.send(BASIC_CONSUME, fields).expect(BASIC_CONSUME_OK)
  })
})
