// Messages that are to come to a queue later, over HTTP.

import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { lookInto, payloads } from './looking.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const MESSAGES = '/queues/%2F/q/messages'
const HOUR_MS = 3_600_000

async function started(): Promise<ManagedTestBroker> {
  const managed = await ManagedTestBroker.start()
  await managed.put('/queues/%2F/q', { durable: true })
  return managed
}

const delay = (managed: ManagedTestBroker, payload: string, ms: number) =>
  managed.post(MESSAGES, { payload, delay: ms, properties: { delivery_mode: 2 } })

describe('publishing to a queue', () => {
  it('brings the message there at once, whatever is bound to it', async () => {
    const managed = await started()
    const body = { payload: 'bQ==', payload_encoding: 'base64', properties: { type: 't' } }
    expect((await managed.post(MESSAGES, body)).json).toEqual({ routed: true })
    const { items } = await lookInto(managed, 'q')
    expect(items).toMatchObject([
      { payload: 'm', exchange: '', routing_key: 'q', properties: { type: 't' } },
    ])
  })

  it('takes the permission to write, a queue that is there, and a delay that can be', async () => {
    const managed = await started()
    await managed.broker.users.put('reader', { password: 'secret', tags: ['management'] })
    const rights = { configure: '', write: '', read: '.*' }
    await managed.broker.permissions.put({ user: 'reader', vhost: '/', ...rights })
    for (const body of [{ payload: 'm' }, { payload: 'm', delay: 1000 }]) {
      expect((await managed.post(MESSAGES, body, 'reader:secret')).status).toBe(401)
    }
    expect((await managed.post('/queues/%2F/nope/messages', { payload: 'm' })).status).toBe(404)
    for (const [body, reason] of [
      [{}, '[{key_missing,payload}]'],
      [{ payload: 'm', delay: -1 }, 'delay should be from 0 to 4294967295 milliseconds'],
      [{ payload: 'm', delay: 2 ** 32 }, 'delay should be from 0 to 4294967295 milliseconds'],
      [{ payload: 'm', delay: 'x' }, 'delay should be an integer'],
      [
        { payload: 'm', delay: 1, properties: { expiration: 'x' } },
        "invalid expiration 'x': no_integer",
      ],
    ] as const) {
      expect((await managed.post(MESSAGES, body)).json.reason).toBe(reason)
    }
    expect((await managed.ask('/queues/%2F/q')).json).toMatchObject({
      messages: 0,
      messages_delayed: 0,
    })
  })
})

describe('the exclusive queue of a connection', () => {
  it('gets nothing from others, now or later', async () => {
    const managed = await ManagedTestBroker.start()
    const channel = await (await managed.connect()).channel()
    await channel.declareQueue({ queue: 'mine', exclusive: true })
    for (const body of [{ payload: 'm' }, { payload: 'm', delay: HOUR_MS }]) {
      const answer = await managed.post('/queues/%2F/mine/messages', body)
      expect(answer.status).toBe(400)
      expect(answer.json.reason).toContain("cannot obtain exclusive access to locked queue 'mine'")
    }
    const { json } = await managed.ask('/queues/%2F/mine')
    expect(json).toMatchObject({ messages: 0, messages_delayed: 0 })
  })
})

describe('a delayed message', () => {
  it('is shown among those that are delayed, what is due first first', async () => {
    const managed = await started()
    for (const [payload, ms] of [
      ['c', 3 * HOUR_MS],
      ['a', HOUR_MS],
      ['b', 2 * HOUR_MS],
    ] as const) {
      expect((await delay(managed, payload, ms)).json).toEqual({ routed: true })
    }
    const page = await lookInto(managed, 'q', '?state=delayed')
    expect(page).toMatchObject({ state: 'delayed', total: 3 })
    expect(payloads(page)).toEqual(['a', 'b', 'c'])
    const [first] = page.items
    expect(first).toMatchObject({ state: 'delayed', position: 0, exchange: '', routing_key: 'q' })
    expect(Math.abs(first.due_at - Date.now() - HOUR_MS)).toBeLessThan(60_000)
    expect(payloads(await lookInto(managed, 'q', '?state=delayed&from=1&count=1'))).toEqual(['b'])
    expect((await managed.ask(`${MESSAGES}/${first.id}`)).json).toMatchObject({
      payload: 'a',
      state: 'delayed',
    })
    expect((await managed.ask('/queues/%2F/q')).json).toMatchObject({
      messages: 0,
      messages_delayed: 3,
    })
  })

  it('is ready when its time has come', async () => {
    const managed = await started()
    await delay(managed, 'm', 1)
    await eventually(async () => {
      expect(payloads(await lookInto(managed, 'q'))).toEqual(['m'])
    })
    expect((await lookInto(managed, 'q', '?state=delayed')).total).toBe(0)
  })

  it('is deleted, or ready at once, if somebody wants that', async () => {
    const managed = await started()
    for (const payload of ['a', 'b', 'c']) await delay(managed, payload, HOUR_MS)
    const [a, b] = (await lookInto(managed, 'q', '?state=delayed')).items
    expect((await managed.delete(`${MESSAGES}/${a.id}`)).status).toBe(204)
    expect((await managed.delete(`${MESSAGES}/${a.id}`)).status).toBe(404)
    expect((await managed.post(`${MESSAGES}/${a.id}/deliver`)).status).toBe(404)
    expect((await managed.post(`${MESSAGES}/${b.id}/deliver`)).status).toBe(204)
    expect(payloads(await lookInto(managed, 'q', '?state=delayed'))).toEqual(['c'])
    expect(payloads(await lookInto(managed, 'q'))).toEqual(['b'])
  })

  it('waits on while its queue is full and refuses messages', async () => {
    const managed = await ManagedTestBroker.start()
    const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    await managed.put('/queues/%2F/q', { durable: true, arguments: limits })
    await managed.post(MESSAGES, { payload: 'before' })
    await delay(managed, 'm', HOUR_MS)
    const before = await lookInto(managed, 'q', '?state=delayed')
    const { id } = before.items[0]
    const answer = await managed.post(`${MESSAGES}/${id}/deliver`)
    const reason = 'rejected Unable to publish message. Check queue limits.'
    expect([answer.status, answer.json.reason]).toEqual([400, reason])
    expect(await lookInto(managed, 'q', '?state=delayed')).toEqual(before)
    await delay(managed, 'due', 1)
    const isShown = async () => {
      const page = await lookInto(managed, 'q', '?state=delayed')
      expect(payloads(page)).toEqual(['due', 'm'])
      expect(page.items[0].due_at).toBeLessThan(Date.now())
    }
    await eventually(isShown)
    await managed.delete('/queues/%2F/q/contents')
    const isReady = async () => expect(payloads(await lookInto(managed, 'q'))).toEqual(['due'])
    await vi.waitFor(isReady, { timeout: 30_000 })
    await managed.delete('/queues/%2F/q/contents')
    expect((await managed.post(`${MESSAGES}/${id}/deliver`)).status).toBe(204)
    expect(payloads(await lookInto(managed, 'q'))).toEqual(['m'])
  })

  it('goes with its queue', async () => {
    const managed = await started()
    await delay(managed, 'm', HOUR_MS)
    await managed.delete('/queues/%2F/q')
    await managed.put('/queues/%2F/q', { durable: true })
    expect((await managed.ask('/queues/%2F/q')).json.messages_delayed).toBe(0)
  })

  it('outlives the broker, as what became of others does', async () => {
    const dataDir = temporaryDirectory()
    const first = await ManagedTestBroker.start({ dataDir })
    await first.put('/queues/%2F/q', { durable: true })
    for (const payload of ['deleted', 'delivered', 'kept']) await delay(first, payload, HOUR_MS)
    await first.post(MESSAGES, { payload: 'transient', delay: HOUR_MS })
    const [deleted, delivered, kept] = (await lookInto(first, 'q', '?state=delayed')).items
    await first.delete(`${MESSAGES}/${deleted.id}`)
    await first.post(`${MESSAGES}/${delivered.id}/deliver`)
    await first.broker.close()

    const second = await ManagedTestBroker.start({ dataDir })
    await eventually(async () => {
      const { items } = await lookInto(second, 'q', '?state=delayed')
      expect(items).toEqual([{ ...kept, position: 0 }])
    })
    expect(payloads(await lookInto(second, 'q'))).toEqual(['delivered'])
    await second.delete('/queues/%2F/q')
    await second.broker.close()

    const third = await ManagedTestBroker.start({ dataDir })
    await third.put('/queues/%2F/q', { durable: true })
    expect((await third.ask('/queues/%2F/q')).json.messages_delayed).toBe(0)
  })
})
