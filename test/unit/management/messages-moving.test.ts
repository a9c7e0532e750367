// Moving messages between queues, and pausing queues, over HTTP.

import { BASIC_ACK as ACK, BASIC_QOS as QOS, BASIC_QOS_OK as QOS_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { lookInto, messageTo, PUBLISH, payloads, publishTo, reject } from './looking.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const MOVE = '/queues/%2F/dead/move'

/** Queues `a` and `b`, whose dead letters come to `dead`. */
async function started(options: { dataDir?: string } = {}): Promise<ManagedTestBroker> {
  const managed = await ManagedTestBroker.start(options)
  const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }
  for (const name of ['a', 'b']) {
    await managed.put(`/queues/%2F/${name}`, { durable: true, arguments: toDead })
  }
  await managed.put('/queues/%2F/dead', { durable: true })
  return managed
}

describe('moving dead letters', () => {
  it('brings each back to the queue where it died, as if it had not', async () => {
    const managed = await started()
    const properties = { headers: { mine: 1 }, delivery_mode: 2, type: 't' }
    await managed.post(PUBLISH, messageTo('a', 'a1', properties))
    await publishTo(managed, 'b', 'b1')
    await reject(managed, 'a', 1)
    await reject(managed, 'b', 1)
    await publishTo(managed, 'dead', 'from nowhere')
    expect((await managed.post(MOVE)).json).toEqual({ moved: 2, kept: 1 })
    expect(payloads(await lookInto(managed, 'dead'))).toEqual(['from nowhere'])
    expect((await lookInto(managed, 'a')).items).toMatchObject([
      { payload: 'a1', redelivered: false, exchange: '', routing_key: 'a', properties },
    ])
    expect((await lookInto(managed, 'a')).items[0].death).toBeUndefined()
    expect(payloads(await lookInto(managed, 'b'))).toEqual(['b1'])
  })

  it('keeps those whose queue is gone, or refuses them', async () => {
    const managed = await started()
    const full = {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
      'x-max-length': 1,
      'x-overflow': 'reject-publish',
    }
    await managed.put('/queues/%2F/full', { arguments: full })
    for (const [queue, payload] of [
      ['a', 'of a'],
      ['b', 'of b'],
      ['full', 'of full'],
    ] as const) {
      await publishTo(managed, queue, payload)
      await reject(managed, queue, 1)
    }
    await publishTo(managed, 'full', 'already there')
    await managed.delete('/queues/%2F/a')
    expect((await managed.post(MOVE)).json).toEqual({ moved: 1, kept: 2 })
    expect(payloads(await lookInto(managed, 'dead'))).toEqual(['of a', 'of full'])
  })

  it('does not try a queue that is full and passes on what it refuses', async () => {
    const managed = await started()
    const full = {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
      'x-max-length': 1,
      'x-overflow': 'reject-publish-dlx',
    }
    await managed.put('/queues/%2F/full', { durable: true, arguments: full })
    await publishTo(managed, 'full', 'dead')
    await reject(managed, 'full', 1)
    await publishTo(managed, 'full', 'already there')
    for (let times = 0; times < 2; times++) {
      expect((await managed.post(MOVE)).json).toEqual({ moved: 0, kept: 1 })
      expect(payloads(await lookInto(managed, 'dead'))).toEqual(['dead'])
    }
    await managed.post('/bindings/%2F/e/amq.fanout/q/full', {})
    await managed.post('/bindings/%2F/e/amq.fanout/q/a', {})
    const to = { exchange: 'amq.fanout' }
    expect((await managed.post(MOVE, { to })).json).toEqual({ moved: 1, kept: 0 })
    expect((await lookInto(managed, 'dead')).total).toBe(0)
    expect(payloads(await lookInto(managed, 'a'))).toEqual(['dead'])
  })

  it.each([{}, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }])(
    'drops nothing for what comes back to the same queue, with %j',
    async (more) => {
      const managed = await started()
      const short = { ...more, 'x-max-length': 3 }
      await managed.put('/queues/%2F/short', { durable: true, arguments: short })
      await publishTo(managed, 'short', '1', '2', '3')
      const [, , { id }] = (await lookInto(managed, 'short')).items
      const to = { exchange: '', routing_key: 'short' }
      const path = '/queues/%2F/short/move'
      expect((await managed.post(path, { to, ids: [id] })).json).toEqual({ moved: 1, kept: 0 })
      expect((await managed.post(path, { to })).json).toEqual({ moved: 3, kept: 0 })
      expect(payloads(await lookInto(managed, 'short'))).toEqual(['1', '2', '3'])
      expect((await lookInto(managed, 'dead')).total).toBe(0)
    },
  )

  it('moves as many as are wanted, or just those', async () => {
    const managed = await started()
    await publishTo(managed, 'a', '1', '2', '3', '4', '5')
    await reject(managed, 'a', 5)
    expect((await managed.post(MOVE, { count: 2 })).json).toEqual({ moved: 2, kept: 0 })
    expect(payloads(await lookInto(managed, 'a'))).toEqual(['1', '2'])
    const [, four] = (await lookInto(managed, 'dead')).items
    const ids = [four.id, '0-4711', 'x']
    expect((await managed.post(MOVE, { ids })).json).toEqual({ moved: 1, kept: 0 })
    expect(payloads(await lookInto(managed, 'a'))).toEqual(['1', '2', '4'])
    expect(payloads(await lookInto(managed, 'dead'))).toEqual(['3', '5'])
  })

  it('counts what others move at the same time neither as moved nor as kept', async () => {
    const managed = await started()
    const channel = await (await managed.connect()).channel()
    for (let index = 0; index < 3000; index++) channel.publish({ routingKey: 'dead', body: 'm' })
    await eventually(async () => expect((await lookInto(managed, 'dead')).total).toBe(3000))
    const to = { exchange: '', routing_key: 'a' }
    const both = await Promise.all([managed.post(MOVE, { to }), managed.post(MOVE, { to })])
    expect(both.map(({ json }) => json.kept)).toEqual([0, 0])
    expect(both.reduce((sum, { json }) => sum + json.moved, 0)).toBe(3000)
    expect((await lookInto(managed, 'a')).total).toBe(3000)
  })

  it('ends, though what is moved comes back at once', async () => {
    const managed = await started()
    const short = {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
      'x-max-length': 1,
    }
    await managed.put('/queues/%2F/short', { durable: true, arguments: short })
    await publishTo(managed, 'short', '1', '2', '3', '4')
    expect((await lookInto(managed, 'dead')).total).toBe(3)
    expect((await managed.post(MOVE)).json).toEqual({ moved: 3, kept: 0 })
    expect(payloads(await lookInto(managed, 'dead')).sort()).toEqual(['1', '2', '4'])
    expect(payloads(await lookInto(managed, 'short'))).toEqual(['3'])
  })
})

describe('moving to an exchange', () => {
  it('publishes there, as the messages are', async () => {
    const managed = await started()
    await managed.post('/bindings/%2F/e/amq.topic/q/a', { routing_key: 'to.#' })
    await publishTo(managed, 'b', '1', '2')
    await reject(managed, 'b', 1)
    const to = { exchange: 'amq.topic', routing_key: 'to.a' }
    expect((await managed.post(MOVE, { to })).json).toEqual({ moved: 1, kept: 0 })
    expect((await lookInto(managed, 'a')).items).toMatchObject([
      { payload: '1', exchange: 'amq.topic', routing_key: 'to.a', death: { queue: 'b' } },
    ])
    const nowhere = { exchange: 'amq.direct' }
    expect((await managed.post('/queues/%2F/b/move', { to: nowhere })).json).toEqual({
      moved: 0,
      kept: 1,
    })
    expect(payloads(await lookInto(managed, 'b'))).toEqual(['2'])
  })

  it('takes the permissions to read here and to write there', async () => {
    const managed = await started()
    await publishTo(managed, 'dead', 'm')
    const rights = [
      ['reader', { configure: '', write: '', read: '.*' }],
      ['writer', { configure: '', write: '.*', read: '' }],
      ['topical', { configure: '', write: '.*', read: '.*' }],
    ] as const
    for (const [name, permission] of rights) {
      await managed.broker.users.put(name, { password: 'secret', tags: ['management'] })
      await managed.broker.permissions.put({ user: name, vhost: '/', ...permission })
    }
    await managed.put('/topic-permissions/%2F/topical', {
      exchange: 'amq.topic',
      write: '^mine',
      read: '.*',
    })
    await managed.post('/bindings/%2F/e/amq.topic/q/a', { routing_key: '#' })
    const to = { exchange: 'amq.topic', routing_key: 'k' }
    for (const [user, body] of [
      ['reader', {}],
      ['reader', { to }],
      ['writer', {}],
      ['writer', { to }],
      ['topical', { to }],
    ] as const) {
      expect((await managed.post(MOVE, body, `${user}:secret`)).status).toBe(401)
    }
    const kept = await managed.post(MOVE, { to: { exchange: 'amq.topic' } }, 'topical:secret')
    expect(kept.json).toEqual({ moved: 0, kept: 1 })
    expect((await managed.post(MOVE, { to }, 'guest:guest')).json).toEqual({ moved: 1, kept: 0 })
  })

  it('says what is wrong', async () => {
    const managed = await started()
    await managed.put('/queues/%2F/s', { durable: true, arguments: { 'x-queue-type': 'stream' } })
    const tooLong = 'a routing key has at most 255 octets'
    for (const [path, body, status, reason] of [
      [MOVE, { ids: 'x' }, 400, 'ids should be a list of strings'],
      [MOVE, { ids: Array(10_001).fill('0-0') }, 400, 'at most 10000 ids are taken at a time'],
      [MOVE, { count: -1 }, 400, 'count should not be negative'],
      [MOVE, { to: {} }, 400, '[{key_missing,exchange}]'],
      [MOVE, { to: { exchange: 'nope' } }, 404, 'exchange_not_found'],
      [MOVE, { to: { exchange: '', routing_key: 'ä'.repeat(128) } }, 400, tooLong],
      ['/queues/%2F/s/move', {}, 400, 'nothing is taken out of a stream'],
      ['/queues/%2F/nope/move', {}, 404, 'Not Found'],
    ] as const) {
      const answer = await managed.post(path, body)
      expect([answer.status, answer.json.reason]).toEqual([status, reason])
    }
  })
})

describe('moving with a data directory', () => {
  it('has moved everything when the broker comes back', async () => {
    const dataDir = temporaryDirectory()
    const first = await started({ dataDir })
    const numbers = Array.from({ length: 30 }, (_, index) => String(index))
    await publishTo(first, 'a', ...numbers)
    await reject(first, 'a', 30)
    expect((await first.post(MOVE, { count: 20 })).json).toEqual({ moved: 20, kept: 0 })
    await first.broker.close()
    const second = await ManagedTestBroker.start({ dataDir })
    expect(payloads(await lookInto(second, 'a'))).toEqual(numbers.slice(0, 20))
    expect(payloads(await lookInto(second, 'dead'))).toEqual(numbers.slice(20))
    expect((await second.post(MOVE)).json).toEqual({ moved: 10, kept: 0 })
    expect(payloads(await lookInto(second, 'a'))).toEqual(numbers)
  })
})

describe('a queue that is paused', () => {
  const PAUSE = '/queues/%2F/a/pause'
  const RESUME = '/queues/%2F/a/resume'

  it.each(['classic', 'quorum', 'stream'])('of type %s gives consumers nothing', async (type) => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/a', { durable: true, arguments: { 'x-queue-type': type } })
    expect((await managed.put(PAUSE)).status).toBe(204)
    expect((await managed.put(PAUSE)).status).toBe(204)
    expect((await managed.ask('/queues/%2F/a')).json).toMatchObject({
      state: 'paused',
      paused: true,
    })
    const channel = await (await managed.connect()).channel()
    await channel.send(QOS, { prefetchCount: 10 }).expect(QOS_OK)
    await channel.consume('a')
    await publishTo(managed, 'a', '1', '2')
    expect(payloads(await lookInto(managed, 'a'))).toEqual(['1', '2'])
    await channel.expectNothing()
    expect((await managed.put(RESUME)).status).toBe(204)
    expect(await channel.bodies(2)).toEqual(['1', '2'])
    expect((await managed.ask('/queues/%2F/a')).json).toMatchObject({
      state: 'running',
      paused: false,
    })
  })

  it('can be got from, and acknowledged, and whoever consumed before waits', async () => {
    const managed = await started()
    const channel = await (await managed.connect()).channel()
    await channel.send(QOS, { prefetchCount: 1 }).expect(QOS_OK)
    await channel.consume('a')
    await publishTo(managed, 'a', '1', '2', '3')
    const [first] = await channel.deliveries(1)
    await managed.put(PAUSE)
    channel.send(ACK, { deliveryTag: first?.deliveryTag ?? 0 })
    await channel.expectNothing()
    const got = await managed.post('/queues/%2F/a/get', {
      count: 1,
      ackmode: 'ack_requeue_false',
      encoding: 'auto',
    })
    expect(got.json[0].payload).toBe('2')
    await managed.put(RESUME)
    expect(await channel.bodies(1)).toEqual(['3'])
  })

  it('stays so when the broker starts again, if it is durable', async () => {
    const dataDir = temporaryDirectory()
    const first = await started({ dataDir })
    await first.put(PAUSE)
    await first.put('/queues/%2F/b/pause')
    await first.put('/queues/%2F/b/resume')
    await first.broker.close()
    const second = await ManagedTestBroker.start({ dataDir })
    const states = (await second.ask('/queues/%2F')).json.map(
      ({ name, paused }: { name: string; paused: boolean }) => [name, paused],
    )
    expect(Object.fromEntries(states)).toEqual({ a: true, b: false, dead: false })
  })

  it('takes the permission to read', async () => {
    const managed = await started()
    await managed.broker.users.put('writer', { password: 'secret', tags: ['management'] })
    const rights = { configure: '', write: '.*', read: '' }
    await managed.broker.permissions.put({ user: 'writer', vhost: '/', ...rights })
    expect((await managed.put(PAUSE, {}, 'writer:secret')).status).toBe(401)
    expect((await managed.ask('/queues/%2F/a')).json.paused).toBe(false)
  })
})

describe('a queue that dead letters come to', () => {
  const targets = async (managed: ManagedTestBroker) =>
    (await managed.ask('/queues/%2F')).json
      .filter(({ dead_letter_target }: { dead_letter_target: boolean }) => dead_letter_target)
      .map(({ name }: { name: string }) => name)

  it('is known by the arguments, policies and bindings that lead there', async () => {
    const managed = await started()
    expect(await targets(managed)).toEqual(['dead'])
    await managed.put('/exchanges/%2F/dlx', { type: 'topic' })
    await managed.put('/queues/%2F/c')
    await managed.put('/queues/%2F/other')
    await managed.post('/bindings/%2F/e/dlx/q/c', { routing_key: 'dead.*' })
    await managed.post('/bindings/%2F/e/dlx/q/other', { routing_key: 'alive' })
    const definition = { 'dead-letter-exchange': 'dlx', 'dead-letter-routing-key': 'dead.b' }
    await managed.put('/policies/%2F/p', { pattern: '^other$', definition })
    expect((await targets(managed)).sort()).toEqual(['c', 'dead'])
    const anyKey = { 'dead-letter-exchange': 'dlx' }
    await managed.put('/policies/%2F/p', { pattern: '^other$', definition: anyKey })
    expect((await targets(managed)).sort()).toEqual(['c', 'dead', 'other'])
    await managed.delete('/policies/%2F/p')
    await managed.delete('/queues/%2F/a')
    await managed.delete('/queues/%2F/b')
    expect(await targets(managed)).toEqual([])
  })
})
