// What was seen on RabbitMQ 3.10, whose texts do not say yet which right is missing.

import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_QOS_OK,
  EXCHANGE_BIND,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_UNBIND,
  fieldTableFromObject,
  type Method,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_PURGE,
  QUEUE_UNBIND,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../../../src/index.ts'
import type { Publish, RawChannel } from '../../support/raw-client-channel.ts'
import type { FieldsOf } from '../../support/raw-client-method.ts'
import { RunningBroker } from './running-broker.ts'
import { TopologyClient } from './topology-client.ts'

const USER = { username: 'u', password: 'u' }

async function addUser(broker: Broker, name = 'u'): Promise<void> {
  await broker.users.put(name, { password: name })
}

/** A user whose rights the names of queues and exchanges say by their first letters. */
async function limited(): Promise<{ running: RunningBroker; channel: RawChannel }> {
  const running = await RunningBroker.start()
  const { broker } = running
  await addUser(broker)
  const permission = { configure: '^c', write: '^(w|amq\\.default$)', read: '^r' }
  await broker.permissions.put({ user: 'u', vhost: '/', ...permission })
  const client = new TopologyClient(await running.channel())
  for (const queue of ['c', 'w', 'r']) await client.queue(queue)
  for (const exchange of ['ce', 'we', 're']) await client.exchange(exchange, { type: 'topic' })
  return { running, channel: await running.channel(USER) }
}

const refused = (right: string, what: string) =>
  `ACCESS_REFUSED - ${right} access to ${what} in vhost '/' refused for user 'u'`

const DEAD_LETTERS = fieldTableFromObject({ 'x-dead-letter-exchange': 'ce' })
const ALTERNATE = fieldTableFromObject({ 'alternate-exchange': 'ce' })

type Case = { [Id in Method['id']]: [string, Id, FieldsOf<Id>, string] }[Method['id']]

const CASES: Case[] = [
  ['queue.declare', QUEUE_DECLARE, { queue: 'r' }, refused('configure', "queue 'r'")],
  ['queue.declare', QUEUE_DECLARE, { queue: 'x' }, refused('configure', "queue 'x'")],
  [
    'queue.declare with a dead-letter exchange',
    QUEUE_DECLARE,
    { queue: 'c2', arguments: DEAD_LETTERS },
    refused('read', "queue 'c2'"),
  ],
  ['queue.delete', QUEUE_DELETE, { queue: 'r' }, refused('configure', "queue 'r'")],
  ['queue.delete', QUEUE_DELETE, { queue: 'none' }, refused('configure', "queue 'none'")],
  ['queue.purge', QUEUE_PURGE, { queue: 'c' }, refused('read', "queue 'c'")],
  ['basic.consume', BASIC_CONSUME, { queue: 'none' }, refused('read', "queue 'none'")],
  ['basic.get', BASIC_GET, { queue: 'c' }, refused('read', "queue 'c'")],
  [
    'exchange.declare',
    EXCHANGE_DECLARE,
    { exchange: 're', type: 'topic' },
    refused('configure', "exchange 're'"),
  ],
  [
    'exchange.declare with an alternate exchange',
    EXCHANGE_DECLARE,
    { exchange: 'c2', type: 'topic', arguments: ALTERNATE },
    refused('read', "exchange 'c2'"),
  ],
  ['exchange.delete', EXCHANGE_DELETE, { exchange: 're' }, refused('configure', "exchange 're'")],
  ['queue.bind', QUEUE_BIND, { queue: 'r', exchange: '' }, refused('write', "queue 'r'")],
  ['queue.bind', QUEUE_BIND, { queue: 'w', exchange: 'we' }, refused('read', "exchange 'we'")],
  ['queue.unbind', QUEUE_UNBIND, { queue: 'r', exchange: 're' }, refused('write', "queue 'r'")],
  [
    'exchange.bind',
    EXCHANGE_BIND,
    { destination: 're', source: 're' },
    refused('write', "exchange 're'"),
  ],
  [
    'exchange.unbind',
    EXCHANGE_UNBIND,
    { destination: 'we', source: 'we' },
    refused('read', "exchange 'we'"),
  ],
]

describe('a user without the permission', () => {
  it.each(CASES)('cannot do %s', async (_what, id, fields, text) => {
    const { channel } = await limited()
    channel.send(id, fields as object)
    await channel.expectClose(403, text, id)
  })

  it.each<[string, Publish, string]>([
    ['an exchange', { exchange: 're' }, refused('write', "exchange 're'")],
    ['an exchange that is not there', { exchange: 'x' }, refused('write', "exchange 'x'")],
  ])('cannot publish to %s', async (_what, publish, text) => {
    const { channel } = await limited()
    channel.publish({ routingKey: 'k', ...publish })
    await channel.expectClose(403, text, BASIC_PUBLISH)
  })

  it('can do what is permitted, and declare passively', async () => {
    const { channel } = await limited()
    await channel.send(QUEUE_DECLARE, { queue: 'c1' }).expect(QUEUE_DECLARE_OK)
    await channel.send(QUEUE_DECLARE, { queue: 'w', passive: true }).expect(QUEUE_DECLARE_OK)
    await channel
      .send(EXCHANGE_DECLARE, { exchange: 'we', passive: true })
      .expect(EXCHANGE_DECLARE_OK)
    await channel.send(BASIC_GET, { queue: 'r' }).expect(BASIC_GET_EMPTY)
    await channel.send(BASIC_CONSUME, { queue: 'r' }).expect(BASIC_CONSUME_OK)
    channel.publish({ routingKey: 'x' }).publish({ exchange: 'we' })
    await channel.send(BASIC_QOS).expect(BASIC_QOS_OK)
  })

  it('gains nothing from what another user published', async () => {
    const { running, channel } = await limited()
    const guest = await running.channel()
    guest.publish({ exchange: 're', routingKey: 'k' })
    await guest.send(BASIC_QOS).expect(BASIC_QOS_OK)
    channel.publish({ exchange: 're', routingKey: 'k' })
    await channel.expectClose(403, refused('write', "exchange 're'"), BASIC_PUBLISH)
  })

  it('is stopped at the next publish when the permission goes', async () => {
    const { running, channel } = await limited()
    channel.publish({ exchange: 'we', routingKey: 'k' })
    await channel.send(BASIC_QOS).expect(BASIC_QOS_OK)
    const nothing = { configure: '', write: '', read: '' }
    await running.broker.permissions.put({ user: 'u', vhost: '/', ...nothing })
    channel.publish({ exchange: 'we', routingKey: 'k' })
    await channel.expectClose(403, refused('write', "exchange 'we'"), BASIC_PUBLISH)
  })
})

describe('topic permissions', () => {
  async function withTopics(): Promise<RawChannel> {
    const running = await RunningBroker.start()
    const { broker } = running
    await addUser(broker)
    const names = { user: 'u', vhost: '/' }
    await broker.permissions.put({ ...names, configure: '.*', write: '.*', read: '.*' })
    await broker.topicPermissions.put({
      ...{ ...names, exchange: 'amq.topic' },
      write: '^{username}\\.',
      read: '^r',
    })
    return running.channel(USER)
  }
  const topicRefused = (right: string, key: string) =>
    refused(right, `topic '${key}' in exchange 'amq.topic'`)

  it('limit the routing keys that a user publishes with, copies included', async () => {
    const channel = await withTopics()
    channel.publish({ exchange: 'amq.topic', routingKey: 'u.1' })
    channel.publish({ exchange: 'amq.direct', routingKey: 'x' })
    channel.publish({ exchange: 'amq.topic', routingKey: 'u.1', headers: { CC: ['other'] } })
    await channel.expectClose(403, topicRefused('write', 'other'), BASIC_PUBLISH)
  })

  it('come before what is wrong with the message itself', async () => {
    const channel = await withTopics()
    const properties = { userId: 'x', expiration: 'x' }
    channel.publish({ exchange: 'amq.topic', routingKey: 'x', properties })
    await channel.expectClose(403, topicRefused('write', 'x'), BASIC_PUBLISH)
  })

  it('limit the keys that a user binds with, before it is known whether the queue is there', async () => {
    const channel = await withTopics()
    const fields = { queue: 'none', exchange: 'amq.topic', routingKey: 'x' }
    channel.send(QUEUE_BIND, fields)
    await channel.expectClose(403, topicRefused('read', 'x'), QUEUE_BIND)
  })
})

describe('an impersonator', () => {
  it('may publish in the name of another user', async () => {
    const running = await RunningBroker.start()
    const { broker } = running
    await broker.users.put('u', { password: 'u', tags: ['impersonator'] })
    await broker.permissions.put({ user: 'u', vhost: '/', configure: '', write: '.*', read: '' })
    const channel = await running.channel(USER)
    channel.publish({ routingKey: 'q', properties: { userId: 'guest' } })
    await channel.send(BASIC_QOS).expect(BASIC_QOS_OK)
  })
})

describe('permissions', () => {
  it('are refused when they are no regular expressions, or nobody is there to have them', async () => {
    const { broker } = await RunningBroker.start()
    const all = { configure: '.*', write: '.*', read: '.*' }
    const names = { user: 'guest', vhost: '/' }
    await expect(broker.permissions.put({ ...names, ...all, write: '(' })).rejects.toThrow(
      'write should be regular expression but is invalid: {"missing )",1}',
    )
    await expect(broker.permissions.put({ ...names, ...all, user: 'x' })).rejects.toThrow(
      "User 'x' does not exist",
    )
    await expect(broker.permissions.put({ ...names, ...all, vhost: 'x' })).rejects.toThrow(
      "Virtual host 'x' does not exist",
    )
    expect(broker.permissions.list()).toEqual([{ kind: 'permission', ...names, ...all }])
  })
})
