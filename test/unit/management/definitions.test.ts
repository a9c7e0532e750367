import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, createBroker } from '../../../src/index.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ManagedTestBroker } from './managed-broker.ts'

/** As RabbitMQ 3.10 exports it; the password of `app` is `secret`. */
const HASH = 'AQIDBBKbUWx8HQ8sZtQDQhBqzP6YcNUTpxZhwUOkrNkTXsVJ'

const DOCUMENT = {
  rabbit_version: '3.10.8',
  rabbitmq_version: '3.10.8',
  product_name: 'RabbitMQ',
  product_version: '3.10.8',
  users: [
    {
      name: 'app',
      password_hash: HASH,
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: ['management'],
      limits: { 'max-channels': 5 },
    },
  ],
  vhosts: [{ name: 'v' }],
  permissions: [{ user: 'app', vhost: 'v', configure: '.*', write: '.*', read: '^q' }],
  topic_permissions: [{ user: 'app', vhost: 'v', exchange: 'amq.topic', write: '^a', read: '.*' }],
  parameters: [
    { value: { 'max-queues': 10 }, vhost: 'v', component: 'vhost-limits', name: 'limits' },
    {
      value: { pattern: '^q', definition: { expires: 100_000 }, priority: 0, 'apply-to': 'queues' },
      vhost: 'v',
      component: 'operator_policy',
      name: 'o',
    },
  ],
  global_parameters: [{ name: 'cluster_name', value: 'theirs' }],
  policies: [
    {
      vhost: 'v',
      name: 'p',
      pattern: '^q',
      'apply-to': 'queues',
      definition: { 'max-length': 10 },
      priority: 1,
    },
  ],
  queues: [
    {
      name: 'q',
      vhost: 'v',
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'classic', 'x-message-ttl': 60_000 },
    },
    { name: 'amq.gen-x', vhost: 'v', durable: true, auto_delete: false, arguments: {} },
  ],
  exchanges: [
    {
      name: 'x',
      vhost: 'v',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    },
  ],
  bindings: [
    {
      source: 'x',
      vhost: 'v',
      destination: 'q',
      destination_type: 'queue',
      routing_key: 'a.#',
      arguments: { n: 1 },
    },
    {
      source: 'x',
      vhost: 'v',
      destination: 'amq.gen-x',
      destination_type: 'queue',
      routing_key: '',
      arguments: {},
    },
  ],
}

/** Without what names the broker, and what it does not take. */
function comparable(document: typeof DOCUMENT): object {
  const { users, permissions, topic_permissions, parameters, policies, exchanges } = document
  const sorted = [...parameters].sort((a, b) => (a.component < b.component ? -1 : 1))
  return {
    users: users.filter(({ name }) => name === 'app'),
    permissions: permissions.filter(({ user }) => user === 'app'),
    topic_permissions,
    parameters: sorted,
    global_parameters: document.global_parameters,
    policies,
    queues: document.queues.filter(({ name }) => name === 'q'),
    exchanges,
    bindings: document.bindings.filter(({ destination }) => destination === 'q'),
  }
}

describe('definitions', () => {
  it('of RabbitMQ are taken, and given back the same', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.post('/definitions', DOCUMENT)).status).toBe(204)
    const { json } = await managed.ask('/definitions')
    expect(comparable(json)).toEqual(comparable(DOCUMENT))
    expect(json).toMatchObject({
      rabbitmq_definition_format: 'cluster',
      rabbitmq_version: '4.2.0',
      original_cluster_name: 'theirs',
    })
    expect(json.vhosts.map(({ name }: { name: string }) => name)).toEqual(['/', 'v'])
    expect((await managed.ask('/whoami')).status).toBe(200)
  })

  it('can be taken again, and bring back what was changed meanwhile', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.post('/definitions', DOCUMENT)
    await managed.delete('/queues/v/q', undefined)
    await managed.broker.policies.put('v', 'p', { pattern: 'z', definition: { 'max-length': 1 } })
    expect((await managed.post('/definitions', DOCUMENT)).status).toBe(204)
    const { json } = await managed.ask('/definitions')
    expect(comparable(json)).toEqual(comparable(DOCUMENT))
  })

  it('leave out what goes with its connection, and what is always there', async () => {
    const managed = await ManagedTestBroker.start()
    const channel = await (await managed.connect()).channel()
    await channel.declareQueue({ queue: 'mine', exclusive: true })
    const { json } = await managed.ask('/definitions')
    expect([json.queues, json.exchanges, json.bindings]).toEqual([[], [], []])
  })

  it('of one virtual host can be taken into another', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.post('/definitions', DOCUMENT)
    await managed.put('/vhosts/w')
    const { json } = await managed.ask('/definitions/v')
    expect(json).toMatchObject({
      rabbitmq_definition_format: 'single_virtual_host',
      original_vhost_name: 'v',
      queues: [{ name: 'q' }],
    })
    expect(json).not.toHaveProperty('users')
    expect(json.queues[0]).not.toHaveProperty('vhost')
    expect((await managed.post('/definitions/w', json)).status).toBe(204)
    expect((await managed.ask('/queues/w/q')).json).toMatchObject({ policy: 'p', durable: true })
    expect((await managed.ask('/bindings/w/e/x/q/q')).json).toHaveLength(1)
    expect((await managed.post('/definitions/nowhere', json)).status).toBe(404)
  })

  it.each([
    ['{bad', 'not_json'],
    [{ queues: 1 }, 'queues should be a list of objects'],
    [{ queues: [{ name: 'q', vhost: 'no' }] }, "queues, 'q': Virtual host 'no' does not exist"],
    [{ queues: [{ name: 'q' }] }, "queues, 'q': [{key_missing,vhost}]"],
    [
      { permissions: [{ user: 'no', vhost: '/', configure: '', write: '', read: '' }] },
      "permissions, 'no': User 'no' does not exist",
    ],
    [
      { users: [{ name: 'u', tags: '', password_hash: '', hashing_algorithm: 'md5' }] },
      "users, 'u': hashing_algorithm should be rabbit_password_hashing_sha256",
    ],
  ])('that cannot be are refused, and what is wrong is named: %j', async (body, reason) => {
    const managed = await ManagedTestBroker.start()
    const { status, json } = await managed.post('/definitions', body)
    expect([status, json]).toEqual([400, { error: 'bad_request', reason }])
  })

  it('that differ from a queue name the argument', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q', { durable: true, arguments: { 'x-max-length': 1 } })
    const queue = { name: 'q', vhost: '/', durable: true, arguments: { 'x-max-length': 2 } }
    const { status, json } = await managed.post('/definitions', { queues: [queue] })
    expect(status).toBe(400)
    expect(json.reason).toContain("queues, 'q': inequivalent arg 'x-max-length'")
  })
})

describe('definitions of a file', () => {
  const file = (text: string): string => {
    const path = join(temporaryDirectory(), 'definitions.json')
    writeFileSync(path, text)
    return path
  }

  it('are there when the first client comes, beside the default user', async () => {
    const definitions = file(JSON.stringify(DOCUMENT))
    const managed = await ManagedTestBroker.start({ definitions })
    expect((await managed.ask('/queues/v/q', { as: 'guest:guest' })).json.name).toBe('q')
    expect(managed.broker.users.list().map(({ name }) => name)).toEqual(['guest', 'app'])
  })

  it('outlive the broker that took them', async () => {
    const dataDir = temporaryDirectory()
    const definitions = file(JSON.stringify(DOCUMENT))
    const first = await createBroker({ port: 0, dataDir, definitions })
    await first.close()
    const managed = await ManagedTestBroker.start({ dataDir })
    expect(comparable((await managed.ask('/definitions')).json)).toEqual(comparable(DOCUMENT))
  })

  it.each([
    ['{bad', /cannot take the definitions in .*: not_json/],
    ['{"queues":[{}]}', /cannot take the definitions in .*: queues: \[\{key_missing,vhost\}\]/],
    ['{"rabbitmq_definition_format":"single_virtual_host"}', /are of one virtual host/],
  ])('end the start when they cannot be: %s', async (text, message) => {
    const started = createBroker({ port: 0, definitions: file(text) })
    await expect(started).rejects.toThrow(ConfigError)
    await expect(createBroker({ port: 0, definitions: file(text) })).rejects.toThrow(message)
  })

  it('end the start when there is no such file', async () => {
    const started = createBroker({ port: 0, definitions: '/nowhere/definitions.json' })
    await expect(started).rejects.toThrow(/^cannot read the definitions: ENOENT/)
  })
})
