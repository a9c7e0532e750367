import { describe, expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

const NOT_FOUND = { error: 'Object Not Found', reason: 'Not Found' }

describe('a virtual host', () => {
  it('is made, changed, shown and deleted', async () => {
    const managed = await ManagedTestBroker.start()
    const made = await managed.put('/vhosts/a%2Fb', { description: 'd', tags: 'x,y' })
    expect(made.status).toBe(201)
    expect((await managed.put('/vhosts/a%2Fb', { tags: ['z'] })).status).toBe(204)
    expect((await managed.ask('/vhosts/a%2Fb')).json).toMatchObject({
      name: 'a/b',
      description: 'd',
      tags: ['z'],
      metadata: { description: 'd', tags: ['z'] },
      default_queue_type: 'classic',
      tracing: false,
      messages: 0,
    })
    // Who makes one may use it.
    expect((await managed.ask('/vhosts/a%2Fb/permissions')).json).toEqual([
      { user: 'guest', vhost: 'a/b', configure: '.*', write: '.*', read: '.*' },
    ])
    expect((await managed.delete('/vhosts/a%2Fb')).status).toBe(204)
    const gone = await managed.ask('/vhosts/a%2Fb')
    expect([gone.status, gone.json]).toEqual([404, NOT_FOUND])
    expect((await managed.delete('/vhosts/a%2Fb')).status).toBe(404)
  })

  it('is traced when that is asked for, and until it is not any more', async () => {
    const managed = await ManagedTestBroker.start()
    const isTraced = async () => (await managed.ask('/vhosts/v')).json.tracing
    await managed.put('/vhosts/v', { tracing: true })
    expect(await isTraced()).toBe(true)
    await managed.put('/vhosts/v', { description: 'traced' })
    expect(await isTraced()).toBe(true)
    await managed.put('/vhosts/v', { tracing: 'false' })
    expect(await isTraced()).toBe(false)
    expect((await managed.put('/vhosts/w', { tracing: 'x' })).status).toBe(400)
    expect((await managed.ask('/vhosts/w')).status).toBe(404)
  })

  it('has a default for the type of queues that say none and can have it', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/vhosts/v', { default_queue_type: 'quorum' })
    const shown = (await managed.ask('/vhosts/v')).json
    expect(shown).toMatchObject({
      default_queue_type: 'quorum',
      metadata: { default_queue_type: 'quorum' },
    })
    const typeOf = async (name: string, body: object) => {
      expect((await managed.put(`/queues/v/${name}`, body)).status).toBe(201)
      expect((await managed.put(`/queues/v/${name}`, body)).status).toBe(204)
      return (await managed.ask(`/queues/v/${name}`)).json.type
    }
    expect(await typeOf('a', { durable: true })).toBe('quorum')
    expect(await typeOf('b', { durable: false })).toBe('classic')
    expect(await typeOf('c', { durable: true, auto_delete: true })).toBe('classic')
    const said = { 'x-queue-type': 'classic' }
    expect(await typeOf('d', { durable: true, arguments: said })).toBe('classic')
    await managed.put('/vhosts/v', { default_queue_type: 'undefined' })
    expect(await typeOf('e', { durable: true })).toBe('classic')
    expect((await managed.put('/vhosts/v', { default_queue_type: 'mirrored' })).status).toBe(400)
  })

  it('is shown to who has permissions in it, and to who monitors', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/vhosts/v')
    const user = await managed.addUser('u', ['management'])
    const ask = (as: string) => managed.ask('/vhosts/v', { as })
    expect((await ask(user)).status).toBe(401)
    expect((await ask(await managed.addUser('m', ['monitoring']))).status).toBe(200)
    expect((await ask(await managed.addUser('w', ['management'], ['v']))).status).toBe(200)
  })
})

describe('a user', () => {
  it('is made with a password or a hash, and shown with the hash', async () => {
    const managed = await ManagedTestBroker.start()
    const body = { password: 'p', tags: 'management, other' }
    expect((await managed.put('/users/u', body)).status).toBe(201)
    expect((await managed.ask('/whoami', { as: 'u:p' })).json).toEqual({
      name: 'u',
      tags: ['management', 'other'],
    })
    const { json } = await managed.ask('/users/u')
    expect(json).toMatchObject({ hashing_algorithm: 'rabbit_password_hashing_sha256', limits: {} })
    const copied = { password_hash: json.password_hash, tags: ['administrator'] }
    expect((await managed.put('/users/copy', copied)).status).toBe(201)
    expect((await managed.ask('/whoami', { as: 'copy:p' })).status).toBe(200)
    expect((await managed.put('/users/copy', { ...copied, password: 'q' })).status).toBe(204)
    expect((await managed.ask('/whoami', { as: 'copy:q' })).status).toBe(200)
  })

  it.each([
    [{ password: 'p' }, 'tags_not_present'],
    [{ password_hash: 'abc', tags: '' }, 'password_hash should be 36 octets in base64'],
    [
      { password_hash: '', hashing_algorithm: 'rabbit_password_hashing_md5', tags: '' },
      'hashing_algorithm should be rabbit_password_hashing_sha256',
    ],
    [{ password: 1, tags: '' }, 'password should be a string'],
  ])('cannot be %j', async (body, reason) => {
    const managed = await ManagedTestBroker.start()
    const { status, json } = await managed.put('/users/u', body)
    expect([status, json]).toEqual([400, { error: 'bad_request', reason }])
  })

  it('without permissions is listed, and many are deleted at once', async () => {
    const managed = await ManagedTestBroker.start()
    for (const name of ['a', 'b', 'c']) await managed.put(`/users/${name}`, { tags: '' })
    const names = async () =>
      (await managed.ask('/users/without-permissions')).json.map(
        (user: { name: string }) => user.name,
      )
    expect(await names()).toEqual(['a', 'b', 'c'])
    expect((await managed.post('/users/bulk-delete', { users: ['a', 'nobody'] })).status).toBe(400)
    expect((await managed.post('/users/bulk-delete', { users: ['a', 'b'] })).status).toBe(204)
    expect(await names()).toEqual(['c'])
    expect((await managed.delete('/users/c')).status).toBe(204)
    expect((await managed.delete('/users/c')).status).toBe(404)
  })
})

describe('permissions', () => {
  it('are set, shown and taken away', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/users/u', { password: 'p', tags: '' })
    const rights = { configure: '^a', write: '.*', read: '' }
    expect((await managed.put('/permissions/%2F/u', rights)).status).toBe(201)
    expect((await managed.put('/permissions/%2F/u', rights)).status).toBe(204)
    const shown = { user: 'u', vhost: '/', ...rights }
    expect((await managed.ask('/permissions/%2F/u')).json).toEqual(shown)
    expect((await managed.ask('/users/u/permissions')).json).toEqual([shown])
    expect((await managed.ask('/permissions')).json).toContainEqual(shown)
    expect((await managed.delete('/permissions/%2F/u')).status).toBe(204)
    expect((await managed.delete('/permissions/%2F/u')).status).toBe(404)
  })

  it('need all three, and a user who is there', async () => {
    const managed = await ManagedTestBroker.start()
    const missing = await managed.put('/permissions/%2F/guest', { configure: '', write: '' })
    expect([missing.status, missing.json.reason]).toEqual([400, '[{key_missing,read}]'])
    const nobody = await managed.put('/permissions/%2F/x', { configure: '', write: '', read: '' })
    expect([nobody.status, nobody.json.reason]).toEqual([400, 'vhost_or_user_not_found'])
  })

  it('can be for routing keys', async () => {
    const managed = await ManagedTestBroker.start()
    const path = '/topic-permissions/%2F/guest'
    const rights = { exchange: 'amq.topic', write: '^a', read: '.*' }
    expect((await managed.put(path, rights)).status).toBe(201)
    expect((await managed.put(path, { ...rights, exchange: 'x' })).status).toBe(201)
    const shown = { user: 'guest', vhost: '/', ...rights }
    expect((await managed.ask(path)).json).toHaveLength(2)
    expect((await managed.ask(`${path}/amq.topic`)).json).toEqual(shown)
    expect((await managed.delete(`${path}/x`)).status).toBe(204)
    expect((await managed.ask('/users/guest/topic-permissions')).json).toEqual([shown])
    expect((await managed.delete(path)).status).toBe(204)
    expect((await managed.ask(path)).status).toBe(404)
  })
})

describe.each(['policies', 'operator-policies'])('one of the %s', (kind) => {
  it('is set, shown and deleted, and takes effect', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    const body = {
      pattern: '^q',
      definition: { 'max-length': 3 },
      'apply-to': 'queues',
      priority: 2,
    }
    expect((await managed.put(`/${kind}/%2F/p`, body)).status).toBe(201)
    expect((await managed.put(`/${kind}/%2F/p`, body)).status).toBe(204)
    const shown = { vhost: '/', name: 'p', ...body }
    expect((await managed.ask(`/${kind}/%2F/p`)).json).toEqual(shown)
    expect((await managed.ask(`/${kind}/%2F`)).json).toEqual([shown])
    expect((await managed.ask(`/${kind}`)).json).toEqual([shown])
    expect((await managed.ask('/queues/%2F/q')).json).toMatchObject({
      policy: kind === 'policies' ? 'p' : null,
      operator_policy: kind === 'policies' ? null : 'p',
      effective_policy_definition: { 'max-length': 3 },
    })
    expect((await managed.delete(`/${kind}/%2F/p`)).status).toBe(204)
    expect((await managed.delete(`/${kind}/%2F/p`)).status).toBe(404)
  })

  it('is refused with what is wrong about it', async () => {
    const managed = await ManagedTestBroker.start()
    const wrong = { pattern: '(', definition: { 'max-length': 'x' }, priority: '1' }
    const { status, json } = await managed.put(`/${kind}/%2F/p`, wrong)
    expect(status).toBe(400)
    expect(json.reason).toContain('is not a valid maximum length')
    expect(json.reason).toContain('priority should be a number, actually was <<"1">>')
    expect((await managed.put(`/${kind}/%2F/p`, { pattern: '' })).json.reason).toBe(
      '[{key_missing,definition}]',
    )
    const nowhere = await managed.put(`/${kind}/nowhere/p`, wrong)
    expect([nowhere.status, nowhere.json.reason]).toEqual([404, 'vhost_not_found'])
  })
})

describe('parameters', () => {
  it('are set, shown and deleted, with operators’ policies among them', async () => {
    const managed = await ManagedTestBroker.start()
    const path = '/parameters/shovel/%2F/s'
    expect((await managed.put(path, { value: { 'src-queue': 'a' } })).status).toBe(201)
    expect((await managed.put(path, { value: { 'src-queue': 'b' } })).status).toBe(204)
    const shown = { value: { 'src-queue': 'b' }, vhost: '/', component: 'shovel', name: 's' }
    expect((await managed.ask(path)).json).toEqual(shown)
    await managed.put('/operator-policies/%2F/o', { pattern: '', definition: { expires: 1 } })
    const components = (await managed.ask('/parameters')).json.map(
      ({ component }: { component: string }) => component,
    )
    expect(components).toEqual(['operator_policy', 'shovel'])
    expect((await managed.ask('/parameters/shovel/%2F')).json).toEqual([shown])
    expect((await managed.delete(path)).status).toBe(204)
    expect((await managed.delete(path)).status).toBe(404)
    expect((await managed.put(path, {})).json.reason).toBe('[{key_missing,value}]')
  })

  it('can be of the whole broker', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.put('/global-parameters/g', { value: [1] })).status).toBe(201)
    expect((await managed.ask('/global-parameters/g')).json).toEqual({ name: 'g', value: [1] })
    expect((await managed.delete('/global-parameters/g')).status).toBe(204)
    expect((await managed.ask('/global-parameters')).json).toEqual([])
    expect((await managed.delete('/global-parameters/g')).status).toBe(404)
  })
})

describe('limits', () => {
  it('are those of a virtual host', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.put('/vhost-limits/%2F/max-queues', { value: 1 })).status).toBe(204)
    const shown = [{ vhost: '/', value: { 'max-queues': 1 } }]
    expect((await managed.ask('/vhost-limits')).json).toEqual(shown)
    expect((await managed.ask('/vhost-limits/%2F')).json).toEqual(shown)
    await managed.put('/queues/%2F/a')
    expect((await managed.put('/queues/%2F/b')).status).toBe(400)
    expect((await managed.delete('/vhost-limits/%2F/max-queues')).status).toBe(204)
    expect((await managed.ask('/vhost-limits')).json).toEqual([])
    await managed.put('/users/planner', { password: 'p', tags: 'policymaker' })
    await managed.put('/permissions/%2F/planner', { configure: '.*', write: '.*', read: '.*' })
    const limits = { method: 'PUT', as: 'planner:p', body: { value: { 'max-queues': 1 } } }
    expect((await managed.ask('/parameters/vhost-limits/%2F/limits', limits)).status).toBe(401)
    const deep = { value: JSON.parse('['.repeat(100) + ']'.repeat(100)) }
    expect((await managed.put('/parameters/other/%2F/deep', deep)).json).toEqual({
      error: 'bad_request',
      reason: 'nested too deeply',
    })
    const unknown = await managed.put('/vhost-limits/%2F/x', { value: 1 })
    expect(unknown.json.reason).toContain('Unrecognised terms [{<<"x">>,1}] in limits')
  })

  it('are those of a user', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.put('/user-limits/guest/max-channels', { value: 1 })).status).toBe(204)
    const shown = [{ user: 'guest', value: { 'max-channels': 1 } }]
    expect((await managed.ask('/user-limits')).json).toEqual(shown)
    expect((await managed.ask('/user-limits/guest')).json).toEqual(shown)
    expect((await managed.delete('/user-limits/guest/max-channels')).status).toBe(204)
    expect((await managed.ask('/user-limits/guest')).json).toEqual([])
    expect((await managed.put('/user-limits/x/max-channels', { value: 1 })).status).toBe(404)
  })
})
