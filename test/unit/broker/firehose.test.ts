// Tracing: copies of what clients of a vhost publish and get, on amq.rabbitmq.trace.

import { hostname } from 'node:os'
import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_OK,
  fieldTableToObject,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  TX_COMMIT,
  TX_COMMIT_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { RunningBroker } from './running-broker.ts'

const CONNECTION = expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/)
const NODE = `leveret@${hostname()}`

async function declare(channel: RawChannel, queue: string): Promise<void> {
  await channel.send(QUEUE_DECLARE, { queue }).expect(QUEUE_DECLARE_OK)
}

/** A broker with a queue `q`, and a channel that gets all copies. */
async function traced(isOn = true) {
  const running = await RunningBroker.start()
  const tracer = await running.channel()
  await declare(tracer, 'traces')
  const binding = { queue: 'traces', exchange: 'amq.rabbitmq.trace', routingKey: '#' }
  await tracer.send(QUEUE_BIND, binding).expect(QUEUE_BIND_OK)
  await tracer.send(BASIC_CONSUME, { queue: 'traces', noAck: true }).expect(BASIC_CONSUME_OK)
  const channel = await running.channel()
  await declare(channel, 'q')
  if (isOn) running.broker.vhosts.trace('/', true)
  const next = async () => {
    const { exchange, routingKey, properties, body } = await tracer.expectMessage(BASIC_DELIVER)
    expect(exchange).toBe('amq.rabbitmq.trace')
    const { headers = new Map(), ...others } = properties
    expect(others).toEqual({})
    return { routingKey, headers: fieldTableToObject(headers), body }
  }
  return { running, channel, tracer, next }
}

async function get(channel: RawChannel, queue = 'q') {
  return channel.send(BASIC_GET, { queue, noAck: true }).expectMessage(BASIC_GET_OK)
}

describe('tracing', () => {
  it('copies what is published, and what is got', async () => {
    const { channel, next } = await traced()
    const properties = { contentType: 'text/plain', deliveryMode: 2, replyTo: 'r' }
    channel.publish({ routingKey: 'q', body: 'hello', properties, headers: { a: 1 } })
    const common = {
      exchange_name: '',
      routing_keys: ['q'],
      properties: {
        content_type: 'text/plain',
        headers: { a: 1 },
        delivery_mode: 2,
        reply_to: 'r',
      },
      node: NODE,
      vhost: '/',
      connection: CONNECTION,
      channel: 1,
      user: 'guest',
    }
    expect(await next()).toEqual({
      routingKey: 'publish.',
      headers: { ...common, routed_queues: ['q'] },
      body: 'hello',
    })
    await get(channel)
    expect(await next()).toEqual({
      routingKey: 'deliver.q',
      headers: { ...common, redelivered: 0 },
      body: 'hello',
    })
  })

  it('copies each publish, whether its route is known or not, and those of transactions', async () => {
    const { running, channel, next } = await traced(false)
    channel.publishAll('q', ['1', '2'])
    await running.settled()
    running.broker.vhosts.trace('/', true)
    channel.publishAll('q', ['3', '4'])
    channel.publish({ routingKey: 'nowhere', exchange: 'amq.direct', body: '5' })
    await channel.send(TX_SELECT).expect(TX_SELECT_OK)
    channel.publishAll('q', ['6'])
    await channel.send(TX_COMMIT).expect(TX_COMMIT_OK)
    for (const body of ['3', '4']) {
      expect(await next()).toMatchObject({ routingKey: 'publish.', body })
    }
    expect(await next()).toMatchObject({
      routingKey: 'publish.amq.direct',
      headers: { routed_queues: [] },
      body: '5',
    })
    expect(await next()).toMatchObject({ headers: { routed_queues: ['q'] }, body: '6' })
  })

  it('copies what consumers get, even when they get the copies too', async () => {
    const { channel, tracer, next } = await traced()
    await channel
      .send(QUEUE_BIND, { queue: 'q', exchange: 'amq.rabbitmq.trace', routingKey: 'publish.#' })
      .expect(QUEUE_BIND_OK)
    await channel.send(BASIC_CONSUME, { queue: 'q', noAck: true }).expect(BASIC_CONSUME_OK)
    channel.publishAll('q', ['a', 'b'])
    expect(await channel.bodies(4)).toEqual(['a', 'b', 'a', 'b'])
    const keys = []
    for (let i = 0; i < 4; i++) keys.push((await next()).routingKey)
    expect(keys.sort()).toEqual(['deliver.q', 'deliver.q', 'publish.', 'publish.'])
    await tracer.send(QUEUE_DECLARE, { queue: 'other' }).expect(QUEUE_DECLARE_OK)
  })

  it('names all keys of a message, and leaves out those that are blind once it is delivered', async () => {
    const { channel, next } = await traced()
    channel.publish({ routingKey: 'q', headers: { CC: ['x'], BCC: ['y'] } })
    expect(await next()).toMatchObject({ headers: { routing_keys: ['q', 'x', 'y'] } })
    await get(channel)
    expect(await next()).toMatchObject({ headers: { routing_keys: ['q', 'x'] } })
  })

  it('ends when it is switched off, and is of one vhost', async () => {
    const { running, channel, next } = await traced()
    const { vhosts } = running.broker
    await vhosts.put('other')
    expect([vhosts.isTraced('/'), vhosts.isTraced('other')]).toEqual([true, false])
    channel.publish({ routingKey: 'q', body: '1' })
    expect(await next()).toMatchObject({ body: '1' })
    vhosts.trace('/', false)
    expect(vhosts.isTraced('/')).toBe(false)
    channel.publish({ routingKey: 'q', body: '2' })
    await get(channel)
    await running.settled()
    vhosts.trace('/', true)
    channel.publish({ routingKey: 'q', body: '3' })
    expect(await next()).toMatchObject({ body: '3' })
    expect(() => vhosts.trace('nowhere', true)).toThrow()
  })
})
