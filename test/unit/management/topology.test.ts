import { QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

describe('a queue', () => {
  it('is declared, declared again, shown and deleted', async () => {
    const managed = await ManagedTestBroker.start()
    const path = '/queues/%2F/a%2Fb%20c'
    const body = { durable: true, auto_delete: false, arguments: { 'x-max-length': 10 } }
    expect((await managed.put(path, body)).status).toBe(201)
    expect((await managed.put(path, body)).status).toBe(204)
    const other = await managed.put(path, { durable: false })
    expect([other.status, other.json]).toEqual([
      400,
      {
        error: 'bad_request',
        reason:
          "inequivalent arg 'durable' for queue 'a/b c' in vhost '/': received 'false' but current is 'true'",
      },
    ])
    expect((await managed.ask(path)).json).toMatchObject({
      name: 'a/b c',
      vhost: '/',
      type: 'classic',
      ...body,
      exclusive: false,
      state: 'running',
      messages: 0,
      consumers: 0,
      policy: null,
      consumer_details: [],
    })
    expect((await managed.delete(path)).status).toBe(204)
    expect((await managed.delete(path)).status).toBe(404)
  })

  it('may have been asked for with words for true and false', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q', { durable: 'true', auto_delete: 'false' })
    expect((await managed.ask('/queues/%2F/q')).json.durable).toBe(true)
    expect((await managed.put('/queues/%2F/q', { durable: 'yes' })).status).toBe(400)
  })

  it.each([
    ['/queues/%2F/amq.x', {}, 401, "queue name 'amq.x' contains reserved prefix 'amq.*'"],
    [
      '/queues/%2F/q',
      { arguments: { 'x-expires': 0 } },
      400,
      "invalid arg 'x-expires' for queue 'q' in vhost '/': {value_zero,0}",
    ],
    ['/queues/nowhere/q', {}, 404, 'vhost_not_found'],
  ])('%s cannot be declared with %j', async (path, body, status, reason) => {
    const reply = await (await ManagedTestBroker.start()).put(path, body)
    expect([reply.status, reply.json.reason]).toEqual([status, reason])
  })

  it.each(['quorum', 'stream'])('of type %s says where it is', async (type) => {
    const managed = await ManagedTestBroker.start()
    const body = { durable: true, arguments: { 'x-queue-type': type } }
    expect((await managed.put('/queues/%2F/q', body)).status).toBe(201)
    const { json } = await managed.ask('/queues/%2F/q')
    expect(json).toMatchObject({
      type,
      leader: json.node,
      members: [json.node],
      online: [json.node],
    })
  })

  it('that is exclusive shows whose it is, and is nobody else’s', async () => {
    const managed = await ManagedTestBroker.start()
    const channel = await (await managed.connect()).channel()
    await channel.send(QUEUE_DECLARE, { queue: 'q', exclusive: true }).expect(QUEUE_DECLARE_OK)
    const [connection] = (await managed.ask('/connections')).json
    const { json } = await managed.ask('/queues/%2F/q')
    expect(json.exclusive).toBe(true)
    expect(json.owner_pid_details).toEqual({
      name: connection.name,
      peer_host: '127.0.0.1',
      peer_port: connection.peer_port,
    })
    expect((await managed.delete('/queues/%2F/q')).status).toBe(400)
    expect((await managed.delete('/queues/%2F/q/contents')).status).toBe(400)
  })

  it('is kept when it is in use or not empty, if that is asked for', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    const message = { properties: {}, routing_key: 'q', payload: '', payload_encoding: 'string' }
    await managed.post('/exchanges/%2F/amq.default/publish', message)
    expect((await managed.delete('/queues/%2F/q?if-empty=true')).status).toBe(400)
    expect((await managed.delete('/queues/%2F/q/contents')).status).toBe(204)
    expect((await managed.delete('/queues/%2F/q?if-empty=true&if-unused=true')).status).toBe(204)
  })

  it('is listed shortly when nobody wants to know how it is', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    const [short] = (await managed.ask('/queues?disable_stats=true')).json
    expect(short).not.toHaveProperty('messages')
    const query = 'disable_stats=true&enable_queue_totals=true'
    const [totals] = (await managed.ask(`/queues?${query}`)).json
    expect(totals).toMatchObject({ name: 'q', messages: 0 })
    expect(totals).not.toHaveProperty('consumers')
  })
})

describe('an exchange', () => {
  it('is declared, shown and deleted', async () => {
    const managed = await ManagedTestBroker.start()
    const body = {
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: true,
      arguments: { 'alternate-exchange': 'amq.fanout' },
    }
    expect((await managed.put('/exchanges/%2F/x', body)).status).toBe(201)
    expect((await managed.put('/exchanges/%2F/x', body)).status).toBe(204)
    expect((await managed.put('/exchanges/%2F/x', { ...body, type: 'direct' })).json.reason).toBe(
      "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'direct' but current is 'topic'",
    )
    expect((await managed.ask('/exchanges/%2F/x')).json).toMatchObject({
      name: 'x',
      vhost: '/',
      ...body,
    })
    expect((await managed.delete('/exchanges/%2F/x')).status).toBe(204)
    expect((await managed.delete('/exchanges/%2F/x')).status).toBe(404)
  })

  it('without a name is amq.default in addresses only', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.ask('/exchanges/%2F/amq.default')).json).toMatchObject({
      name: '',
      type: 'direct',
      durable: true,
    })
    const names = (await managed.ask('/exchanges/%2F')).json.map(
      ({ name }: { name: string }) => name,
    )
    expect(names).toContain('')
    expect((await managed.put('/exchanges/%2F/amq.default', {})).status).toBe(401)
    expect((await managed.delete('/exchanges/%2F/amq.direct')).status).toBe(401)
    const unknown = await managed.put('/exchanges/%2F/x', { type: 'nope' })
    expect([unknown.status, unknown.json.reason]).toEqual([400, "unknown exchange type 'nope'"])
  })
})

describe('a binding', () => {
  const KEY = 'a/b c'
  const bound = async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    await managed.put('/exchanges/%2F/x', { type: 'topic' })
    const made = await managed.post('/bindings/%2F/e/x/q/q', { routing_key: KEY })
    expect(made.status).toBe(201)
    return { managed, location: made.headers.get('location') as string }
  }

  it('tells where it can be found, and is found and deleted there', async () => {
    const { managed, location } = await bound()
    expect(location).toBe('q/a%252Fb%2Bc')
    const path = `/bindings/%2F/e/x/q/${location}`
    const shown = {
      source: 'x',
      vhost: '/',
      destination: 'q',
      destination_type: 'queue',
      routing_key: KEY,
      arguments: {},
      properties_key: 'a%2Fb+c',
    }
    expect((await managed.ask(path)).json).toEqual(shown)
    expect((await managed.ask('/bindings/%2F/e/x/q/q')).json).toEqual([shown])
    expect((await managed.ask('/exchanges/%2F/x/bindings/source')).json).toEqual([shown])
    expect((await managed.ask('/bindings/%2F/e/x/q/q/a%2Fb%20c')).json).toEqual(shown)
    expect((await managed.delete(path)).status).toBe(204)
    expect((await managed.delete(path)).status).toBe(404)
  })

  it('is told apart by its arguments', async () => {
    const { managed } = await bound()
    const keys = new Set<string>()
    for (const args of [{}, { x: 1 }, { x: 2 }]) {
      const made = await managed.post('/bindings/%2F/e/x/q/q', { arguments: args })
      keys.add(made.headers.get('location') as string)
    }
    expect(keys.size).toBe(3)
    expect(keys).toContain('q/~')
    for (const key of keys) {
      expect((await managed.delete(`/bindings/%2F/e/x/q/${key}`)).status).toBe(204)
    }
    expect((await managed.ask('/bindings/%2F/e/x/q/q')).json).toHaveLength(1)
  })

  it('of the default exchange is every queue’s', async () => {
    const { managed } = await bound()
    const own = { source: '', destination: 'q', routing_key: 'q', properties_key: 'q' }
    expect((await managed.ask('/queues/%2F/q/bindings')).json[0]).toMatchObject(own)
    expect((await managed.ask('/bindings')).json).toHaveLength(2)
    const ofDefault = await managed.ask('/exchanges/%2F/amq.default/bindings/source')
    expect(ofDefault.json).toMatchObject([own])
    expect((await managed.post('/bindings/%2F/e/amq.default/q/q')).status).toBe(401)
  })

  it('can lead to an exchange', async () => {
    const { managed } = await bound()
    const made = await managed.post('/bindings/%2F/e/x/e/amq.fanout', { routing_key: 'k' })
    expect([made.status, made.headers.get('location')]).toEqual([201, 'amq.fanout/k'])
    const [shown] = (await managed.ask('/exchanges/%2F/amq.fanout/bindings/destination')).json
    expect(shown).toMatchObject({ source: 'x', destination_type: 'exchange', routing_key: 'k' })
    expect((await managed.delete('/bindings/%2F/e/x/e/amq.fanout/k')).status).toBe(204)
  })

  it('needs both its ends', async () => {
    const { managed } = await bound()
    for (const [path, reason] of [
      ['/bindings/%2F/e/x/q/nope', "no queue 'nope' in vhost '/'"],
      ['/bindings/%2F/e/nope/q/q', "no exchange 'nope' in vhost '/'"],
    ] as const) {
      const { status, json } = await managed.post(path)
      expect([status, json]).toEqual([404, { error: 'not_found', reason }])
    }
    expect((await managed.ask('/bindings/%2F/e/x/q/nope')).json).toEqual([])
  })
})
