// What tools ask for that has little to say here answers all the same.

import { expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

const EMPTY = [
  ...[
    '/extensions',
    '/deprecated-features',
    '/deprecated-features/used',
    '/shovels',
    '/shovels/%2F',
  ],
  ...[
    '/federation-links',
    '/federation-links/%2F',
    '/stream/connections',
    '/stream/connections/%2F',
  ],
  ...['/stream/publishers', '/stream/consumers/%2F', '/queues/quorum/%2F/q/status'],
]

it.each(EMPTY)('%s is an empty list', async (path) => {
  const managed = await ManagedTestBroker.start()
  const { status, json } = await managed.ask(path)
  expect([status, json]).toEqual([200, []])
})

it.each([
  ...['virtual-hosts', 'is-in-service', 'ready-to-serve-clients', 'below-node-connection-limit'],
  ...['node-is-quorum-critical', 'node-is-mirror-sync-critical', 'reached-target-cluster-size'],
  ...['metadata-store/initialized', 'metadata-store/initialized/with-data'],
  'quorum-queues-without-elected-leaders/all-vhosts/pattern/.*',
  'quorum-queues-without-elected-leaders/vhost/%2F/pattern/.*',
  'certificate-expiration/1/months',
])('the check %s is passed', async (check) => {
  const managed = await ManagedTestBroker.start()
  const { status, json } = await managed.ask(`/health/checks/${check}`)
  expect([status, json.status]).toEqual([200, 'ok'])
})

it('feature flags are enabled, and there are no others', async () => {
  const managed = await ManagedTestBroker.start()
  const { json } = await managed.ask('/feature-flags')
  expect(json.length).toBeGreaterThan(10)
  for (const { name, state } of json) {
    expect(state).toBe('enabled')
    expect((await managed.put(`/feature-flags/${name}/enable`)).status).toBe(204)
  }
  expect((await managed.put('/feature-flags/none/enable')).status).toBe(400)
})

it('a node alone has nothing to be balanced, grown or shrunk', async () => {
  const managed = await ManagedTestBroker.start()
  expect((await managed.post('/rebalance/queues')).status).toBe(204)
  const grown = await managed.post('/queues/quorum/replicas/on/other/grow')
  expect([grown.status, grown.json.error]).toEqual([501, 'not_implemented'])
  expect((await managed.delete('/queues/quorum/%2F/q/replicas/delete')).status).toBe(501)
})

it('a virtual host says that it is not protected, and cannot be', async () => {
  const managed = await ManagedTestBroker.start()
  expect((await managed.ask('/vhosts/%2F')).json.protected_from_deletion).toBe(false)
  expect((await managed.post('/vhosts/%2F/deletion/protection')).status).toBe(501)
  expect((await managed.delete('/vhosts/%2F/deletion/protection')).status).toBe(204)
})

it('attempts to log in are counted, and a password is hashed', async () => {
  const managed = await ManagedTestBroker.start()
  await managed.connect()
  await expect(managed.connect({ username: 'guest', password: 'x' })).rejects.toThrow()
  const [{ name: node }] = (await managed.ask('/nodes')).json
  const attempts = { protocol: 'amqp091', auth_attempts: 2, auth_attempts_failed: 1 }
  expect((await managed.ask(`/auth/attempts/${node}`)).json).toMatchObject([attempts])
  expect((await managed.ask('/auth/attempts/other')).status).toBe(404)
  const { json } = await managed.ask('/auth/hash_password/sesame')
  await managed.put('/users/u', { password_hash: json.ok, tags: 'management' })
  expect((await managed.ask('/whoami', { as: 'u:sesame' })).status).toBe(200)
})
