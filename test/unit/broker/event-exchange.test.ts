// What happens to a broker, as messages.

import {
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_PUBLISH,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  fieldTableToObject,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { BrokerOptions } from '../../../src/index.ts'
import { RestartedBroker } from './restarted-broker.ts'
import { RunningBroker } from './running-broker.ts'

const EXCHANGE = 'amq.rabbitmq.event'

/** A broker, and what has happened to it since, one by one. */
async function watched(routingKey: string, options: BrokerOptions = {}) {
  const running = await RunningBroker.start({ eventExchange: 'on', ...options })
  const channel = await running.channel()
  await channel.send(QUEUE_DECLARE, { queue: 'events' }).expect(QUEUE_DECLARE_OK)
  const binding = { queue: 'events', exchange: EXCHANGE, routingKey }
  await channel.send(BASIC_CONSUME, { queue: 'events', noAck: true }).expect(BASIC_CONSUME_OK)
  await channel.send(QUEUE_BIND, binding).expect(QUEUE_BIND_OK)
  const next = async () => {
    const {
      exchange,
      routingKey: name,
      properties,
      body,
    } = await channel.expectMessage(BASIC_DELIVER)
    expect([exchange, body.length, properties.deliveryMode]).toEqual([EXCHANGE, 0, 2])
    expect(properties.timestamp).toBeTypeOf('bigint')
    const headers = fieldTableToObject(properties.headers ?? new Map())
    expect(headers['timestamp_in_ms']).toBeGreaterThan(1_700_000_000_000)
    return [name, headers]
  }
  return { running, next }
}

describe('the exchange for events', () => {
  it('tells of queues, exchanges, bindings and consumers', async () => {
    const { running, next } = await watched('#')
    expect((await next())[0]).toBe('binding.created')
    const channel = await running.channel()
    expect((await next())[0]).toBe('user.authentication.success')
    expect((await next())[0]).toBe('connection.created')
    expect((await next())[0]).toBe('channel.created')
    await channel.send(QUEUE_DECLARE, { queue: 'q', durable: true }).expect(QUEUE_DECLARE_OK)
    const queue = { name: 'q', vhost: '/', durable: true, auto_delete: false, exclusive: false }
    expect(await next()).toMatchObject(['queue.created', { ...queue, arguments: {} }])
    const exchange = { exchange: 'x', type: 'topic' }
    await channel.send(EXCHANGE_DECLARE, exchange).expect(EXCHANGE_DECLARE_OK)
    expect(await next()).toMatchObject(['exchange.created', { name: 'x', type: 'topic' }])
    const binding = { queue: 'q', exchange: 'x', routingKey: 'k' }
    await channel.send(QUEUE_BIND, binding).expect(QUEUE_BIND_OK)
    const bound = { source_name: 'x', destination_name: 'q', routing_key: 'k' }
    expect(await next()).toMatchObject(['binding.created', bound])
    const consumer = { queue: 'q', consumerTag: 't' }
    await channel.send(BASIC_CONSUME, consumer).expect(BASIC_CONSUME_OK)
    const consuming = { consumer_tag: 't', queue: 'q', ack_required: true }
    expect(await next()).toMatchObject(['consumer.created', consuming])
    await channel.send(BASIC_CANCEL, { consumerTag: 't' }).expect(BASIC_CANCEL_OK)
    expect(await next()).toMatchObject(['consumer.deleted', { consumer_tag: 't' }])
    await channel.send(QUEUE_DELETE, { queue: 'q' }).expect(QUEUE_DELETE_OK)
    expect(await next()).toMatchObject(['queue.deleted', { name: 'q', vhost: '/' }])
    expect(await next()).toMatchObject(['binding.deleted', bound])
  })

  it('tells of logins, connections and channels', async () => {
    const { running, next } = await watched('#.#')
    await next()
    const stranger = await running.dial()
    await expect(stranger.open({ username: 'nobody', password: 'x' })).rejects.toThrow()
    const failed = { name: 'nobody', auth_mechanism: 'PLAIN', peer_host: '127.0.0.1', ssl: false }
    expect(await next()).toMatchObject(['user.authentication.failure', failed])
    const connection = await running.connect()
    expect(await next()).toMatchObject(['user.authentication.success', { name: 'guest' }])
    const opened = { user: 'guest', vhost: '/', protocol: 'AMQP 0-9-1', type: 'network' }
    expect(await next()).toMatchObject(['connection.created', opened])
    await connection.channel()
    expect(await next()).toMatchObject(['channel.created', { number: 1, user: 'guest' }])
    await connection.close()
    expect((await next())[0]).toBe('channel.closed')
    expect(await next()).toMatchObject(['connection.closed', { user: 'guest' }])
  })

  it('tells what administrators do, but no password', async () => {
    const { running, next } = await watched('#')
    await next()
    const { broker } = running
    await broker.users.put('u', { password: 'secret', tags: ['monitoring'] })
    expect(await next()).toMatchObject(['user.created', { name: 'u' }])
    expect(await next()).toMatchObject(['user.tags.set', { name: 'u', tags: ['monitoring'] }])
    await broker.users.put('u', { password: 'other' })
    const changed = await next()
    expect(changed).toMatchObject(['user.password.changed', { name: 'u' }])
    expect(Object.keys(changed[1] as object).sort()).toEqual(['name', 'timestamp_in_ms'])
    await broker.vhosts.put('v')
    expect(await next()).toMatchObject(['vhost.created', { name: 'v' }])
    await broker.permissions.put({ user: 'u', vhost: 'v', configure: '', write: '', read: '.*' })
    expect(await next()).toMatchObject([
      'permission.created',
      { user: 'u', vhost: 'v', read: '.*' },
    ])
    await broker.policies.put('v', 'p', { pattern: 'a', definition: { 'max-length': 1 } })
    const definition = { 'max-length': 1 }
    expect(await next()).toMatchObject(['policy.set', { name: 'p', vhost: 'v', definition }])
    await broker.policies.delete('v', 'p')
    expect(await next()).toMatchObject(['policy.cleared', { name: 'p' }])
    await broker.users.delete('u')
    expect((await next())[0]).toBe('user.deleted')
  })

  it('tells of alarms, each once', async () => {
    const { running, next } = await watched('alarm.*')
    for (const raised of [true, true, false]) running.broker.setAlarm('memory', raised)
    expect(await next()).toMatchObject(['alarm.set', { resource: 'memory' }])
    expect(await next()).toMatchObject(['alarm.cleared', { resource: 'memory' }])
  })

  it('is bound by patterns, and by nobody published to', async () => {
    const { running, next } = await watched('queue.*')
    const channel = await running.channel()
    await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    expect((await next())[0]).toBe('queue.created')
    channel.publish({ exchange: EXCHANGE, routingKey: 'queue.created', body: 'made up' })
    const reason = `ACCESS_REFUSED - cannot publish to internal exchange '${EXCHANGE}' in vhost '/'`
    await channel.expectClose(403, reason, BASIC_PUBLISH)
  })

  it('is there only when it is asked for', async () => {
    const running = await RunningBroker.start()
    const channel = await running.channel()
    await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    channel.send(QUEUE_BIND, { queue: 'q', exchange: EXCHANGE })
    const reason = `NOT_FOUND - no exchange '${EXCHANGE}' in vhost '/'`
    await channel.expectClose(404, reason, QUEUE_BIND)
  })

  it('has the bindings that it had when the broker starts again', async () => {
    const broker = await RestartedBroker.start({ eventExchange: 'on' })
    const before = await broker.client()
    await before.queue('events')
    await before.bind(EXCHANGE, 'events', 'queue.created')
    const after = await broker.clientAfter('closed')
    await after.queue('q')
    const { messageCount } = await after.channel
      .send(QUEUE_DECLARE, { queue: 'events', passive: true })
      .expect(QUEUE_DECLARE_OK)
    expect(messageCount).toBe(1)
  })
})
