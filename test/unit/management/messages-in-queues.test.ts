import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const PUBLISH = '/exchanges/%2F/amq.default/publish'
const MESSAGES = '/queues/%2F/q/messages'

const message = (payload: string, properties: object = {}) => ({
  properties,
  routing_key: 'q',
  payload,
  payload_encoding: 'string',
})

async function started(queue: object = {}): Promise<ManagedTestBroker> {
  const managed = await ManagedTestBroker.start()
  await managed.put('/queues/%2F/q', queue)
  return managed
}

async function publish(managed: ManagedTestBroker, ...payloads: string[]): Promise<void> {
  for (const payload of payloads) await managed.post(PUBLISH, message(payload))
}

const look = async (managed: ManagedTestBroker, query = '') =>
  (await managed.ask(`${MESSAGES}${query}`)).json

const payloads = ({ items }: { items: { payload: string }[] }) =>
  items.map(({ payload }) => payload)

describe('looking at messages that are ready', () => {
  it('shows everything about them', async () => {
    const managed = await started()
    const properties = { headers: { a: 1 }, delivery_mode: 2, content_type: 'text/plain' }
    await managed.post(PUBLISH, message('m', properties))
    expect(await look(managed)).toEqual({
      state: 'ready',
      from: 0,
      total: 1,
      items: [
        {
          id: expect.any(String),
          state: 'ready',
          position: 0,
          payload_bytes: 1,
          redelivered: false,
          exchange: '',
          routing_key: 'q',
          properties,
          payload: 'm',
          payload_encoding: 'string',
          truncated: false,
        },
      ],
    })
  })

  it('leaves them as they are', async () => {
    const managed = await started()
    await publish(managed, 'a', 'b', 'c')
    const before = (await managed.ask('/queues/%2F/q')).json
    const first = await look(managed)
    expect(await look(managed)).toEqual(first)
    expect((await managed.ask('/queues/%2F/q')).json).toEqual(before)
    const got = await managed.post('/queues/%2F/q/get', {
      count: 3,
      ackmode: 'ack_requeue_false',
      encoding: 'auto',
    })
    const shown = got.json.map((one: { payload: string; redelivered: boolean }) => [
      one.payload,
      one.redelivered,
    ])
    expect(shown).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
    ])
  })

  it('goes on from any position, in pages', async () => {
    const managed = await started()
    await publish(managed, ...Array.from({ length: 7 }, (_, index) => `m${index}`))
    const page = await look(managed, '?from=2&count=3')
    expect(page).toMatchObject({ from: 2, total: 7 })
    expect(payloads(page)).toEqual(['m2', 'm3', 'm4'])
    expect(page.items.map(({ position }: { position: number }) => position)).toEqual([2, 3, 4])
    expect(payloads(await look(managed, '?from=6'))).toEqual(['m6'])
    expect(payloads(await look(managed, '?from=7'))).toEqual([])
  })

  it('shows priorities in the order in which they would be given', async () => {
    const managed = await started({ arguments: { 'x-max-priority': 5 } })
    for (const priority of [0, 3, 5, 3, 1]) {
      await managed.post(PUBLISH, message(`p${priority}`, { priority }))
    }
    expect(payloads(await look(managed))).toEqual(['p5', 'p3', 'p3', 'p1', 'p0'])
    expect(payloads(await look(managed, '?from=1&count=3'))).toEqual(['p3', 'p3', 'p1'])
  })

  it('shows as much of a body as is wanted, and never half a letter', async () => {
    const managed = await started()
    await publish(managed, 'größer')
    const [whole] = (await look(managed)).items
    expect(whole).toMatchObject({ payload: 'größer', truncated: false })
    const [cut] = (await look(managed, '?truncate=3')).items
    expect(cut).toMatchObject({ payload: 'gr', payload_encoding: 'string', truncated: true })
    const [octets] = (await look(managed, '?truncate=3&encoding=base64')).items
    expect(octets).toMatchObject({
      payload: Buffer.from('größer').subarray(0, 3).toString('base64'),
      payload_encoding: 'base64',
      truncated: true,
    })
    expect((await managed.ask(`${MESSAGES}/${whole.id}`)).json.payload).toBe('größer')
  })

  it('shows large bodies in base64 that would be very long as text in JSON', async () => {
    const managed = await started()
    const length = 100_000
    const bodies = [
      Buffer.alloc(length, 1),
      Buffer.alloc(length, 'line\r\n\t'),
      Buffer.alloc(10, 1),
    ]
    for (const body of bodies) {
      const payload = body.toString('base64')
      await managed.post(PUBLISH, { ...message(payload), payload_encoding: 'base64' })
    }
    const { items } = await look(managed)
    const shown = items.map((one: { payload: string; payload_encoding: string }) => [
      one.payload_encoding,
      one.payload,
    ])
    expect(shown).toEqual([
      ['base64', bodies[0]?.toString('base64')],
      ['string', bodies[1]?.toString()],
      ['string', bodies[2]?.toString()],
    ])
  })

  it('shows fewer of them when they are large, unless they are cut', async () => {
    const managed = await started()
    const large = 'x'.repeat(1.5 * 1024 * 1024)
    await publish(managed, large, large, large, large, 'small')
    const positions = async (query: string) =>
      (await look(managed, query)).items.map(({ position }: { position: number }) => position)
    expect(await positions('')).toEqual([0, 1, 2])
    expect(await positions('?from=3')).toEqual([3, 4])
    expect(await positions('?truncate=10')).toEqual([0, 1, 2, 3, 4])
  })

  it('tells when they expire, and how they died', async () => {
    const managed = await started({
      arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
    })
    await managed.put('/queues/%2F/dead')
    await managed.post(PUBLISH, message('m', { expiration: '60000' }))
    const [ready] = (await look(managed)).items
    expect(ready.expires_at).toBeGreaterThan(Date.now())
    await managed.post('/queues/%2F/q/get', {
      count: 1,
      ackmode: 'reject_requeue_false',
      encoding: 'auto',
    })
    const [dead] = (await managed.ask('/queues/%2F/dead/messages')).json.items
    expect(dead.death).toMatchObject({ queue: 'q', reason: 'rejected', count: 1 })
    expect(dead.expires_at).toBeUndefined()
  })

  it('shows how often a message came back to a quorum queue', async () => {
    const managed = await started({ durable: true, arguments: { 'x-queue-type': 'quorum' } })
    await publish(managed, 'm')
    const ask = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' }
    await managed.post('/queues/%2F/q/get', ask)
    expect((await look(managed)).items).toMatchObject([{ redelivered: true, delivery_count: 1 }])
  })

  it('reads what a queue has on disk', async () => {
    const dataDir = temporaryDirectory()
    const first = await ManagedTestBroker.start({ dataDir })
    await first.put('/queues/%2F/q', { durable: true })
    for (let index = 0; index < 20; index++) {
      await first.post(PUBLISH, message(`m${index}`, { delivery_mode: 2 }))
    }
    const ids = (await look(first)).items.map(({ id }: { id: string }) => id)
    await first.broker.close()
    const again = await ManagedTestBroker.start({ dataDir })
    const page = await look(again, '?from=15&count=3')
    expect(page.total).toBe(20)
    expect(payloads(page)).toEqual(['m15', 'm16', 'm17'])
    expect(page.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(15, 18))
  })

  it('reads streams by their offsets', async () => {
    const managed = await started({ durable: true, arguments: { 'x-queue-type': 'stream' } })
    await publish(managed, 'a', 'b', 'c')
    const page = await look(managed, '?from=1')
    expect(payloads(page)).toEqual(['b', 'c'])
    expect(page.items[0]).toMatchObject({
      id: '1',
      properties: { headers: { 'x-stream-offset': 1 } },
    })
    expect((await managed.ask(`${MESSAGES}/2`)).json.payload).toBe('c')
    expect((await managed.ask(`${MESSAGES}/3`)).status).toBe(404)
    expect((await managed.delete(`${MESSAGES}/2`)).json.reason).toBe(
      'nothing is taken out of a stream',
    )
  })
})

describe('looking at messages that somebody has', () => {
  it('tells who that is', async () => {
    const managed = await started()
    await publish(managed, 'a', 'b', 'c')
    const channel = await (await managed.connect()).channel()
    await channel.get('q')
    await channel.consume('q', { consumerTag: 'ctag' })
    await channel.deliveries(2)
    const page = await look(managed, '?state=unacked')
    expect(page).toMatchObject({ state: 'unacked', from: 0, total: 3 })
    expect(payloads(page)).toEqual(['a', 'b', 'c'])
    const connection = expect.stringContaining('127.0.0.1')
    expect(page.items.map(({ consumer }: { consumer: object }) => consumer)).toEqual([
      { consumer_tag: null, channel: 1, connection },
      { consumer_tag: 'ctag', channel: 1, connection },
      { consumer_tag: 'ctag', channel: 1, connection },
    ])
    expect(payloads(await look(managed, '?state=unacked&from=1&count=1'))).toEqual(['b'])
    expect(payloads(await look(managed))).toEqual([])
    const { id } = page.items[2]
    expect((await managed.ask(`${MESSAGES}/${id}`)).json).toMatchObject({
      state: 'unacked',
      payload: 'c',
    })
    const refused = await managed.delete(`${MESSAGES}/${id}`)
    expect([refused.status, refused.json.reason]).toEqual([
      400,
      'the message is unacknowledged: a consumer has it',
    ])
  })
})

describe('deleting one message', () => {
  it.each([
    [0, ['b', 'c', 'd']],
    [1, ['a', 'c', 'd']],
    [3, ['a', 'b', 'c']],
  ])('at position %i leaves %j', async (position, left) => {
    const managed = await started({
      arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
    })
    await managed.put('/queues/%2F/dead')
    await publish(managed, 'a', 'b', 'c', 'd')
    const { id } = (await look(managed)).items[position]
    expect((await managed.delete(`${MESSAGES}/${id}`)).status).toBe(204)
    const page = await look(managed)
    expect(page.total).toBe(3)
    expect(payloads(page)).toEqual(left)
    expect((await managed.delete(`${MESSAGES}/${id}`)).status).toBe(404)
    expect((await managed.ask('/queues/%2F/dead/messages')).json.total).toBe(0)
  })

  it('outlives the broker', async () => {
    const dataDir = temporaryDirectory()
    const first = await ManagedTestBroker.start({ dataDir })
    await first.put('/queues/%2F/q', { durable: true })
    for (const payload of ['a', 'b', 'c']) {
      await first.post(PUBLISH, message(payload, { delivery_mode: 2 }))
    }
    const [, { id }] = (await look(first)).items
    await first.delete(`${MESSAGES}/${id}`)
    await first.broker.close()
    const again = await ManagedTestBroker.start({ dataDir })
    expect(payloads(await look(again))).toEqual(['a', 'c'])
  })
})

describe('who may look, and what they may ask', () => {
  it('takes the permission to read', async () => {
    const managed = await started()
    await publish(managed, 'm')
    const { id } = (await look(managed)).items[0]
    const stranger = await managed.addUser('stranger', ['monitoring'])
    await managed.broker.users.put('reader', { password: 'secret', tags: ['management'] })
    const rights = { configure: '', write: '', read: '' }
    await managed.broker.permissions.put({ user: 'reader', vhost: '/', ...rights })
    for (const as of [stranger, 'reader:secret', null]) {
      for (const [method, path] of [
        ['GET', MESSAGES],
        ['GET', `${MESSAGES}/${id}`],
        ['DELETE', `${MESSAGES}/${id}`],
      ] as const) {
        expect((await managed.ask(path, { method, as })).status).toBe(401)
      }
    }
    expect((await look(managed)).total).toBe(1)
  })

  it.each([
    ['?from=x', 'from should be an integer'],
    ['?from=-1', 'from should be an integer'],
    ['?count=0', 'count should be from 1 to 500'],
    ['?count=501', 'count should be from 1 to 500'],
    ['?state=x', 'unknown state: "x"'],
    ['?encoding=x', 'Unsupported encoding. Please use auto or base64.'],
  ])('is told what is wrong with %s', async (query, reason) => {
    const managed = await started()
    const { status, json } = await managed.ask(`${MESSAGES}${query}`)
    expect([status, json]).toEqual([400, { error: 'bad_request', reason }])
  })

  it('finds nothing where there is nothing', async () => {
    const managed = await started()
    for (const path of ['/queues/%2F/nope/messages', `${MESSAGES}/0-0`, `${MESSAGES}/x`]) {
      expect((await managed.ask(path)).status).toBe(404)
    }
  })
})
