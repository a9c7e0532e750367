import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_QOS,
  BASIC_QOS_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  CONNECTION_CLOSE,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { ManagedTestBroker } from './managed-broker.ts'

describe('a connection', () => {
  it('shows who is there', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.connect()
    const [shown] = (await managed.ask('/connections')).json
    expect(shown).toMatchObject({
      vhost: '/',
      user: 'guest',
      state: 'running',
      type: 'network',
      protocol: 'AMQP 0-9-1',
      auth_mechanism: 'PLAIN',
      channels: 0,
      host: '127.0.0.1',
      port: managed.broker.port,
      peer_host: '127.0.0.1',
      ssl: false,
    })
    expect(shown.name).toBe(`127.0.0.1:${shown.peer_port} -> 127.0.0.1:${managed.broker.port}`)
    expect(shown.recv_oct).toBeGreaterThan(0)
    expect(shown.send_oct).toBeGreaterThan(0)
    expect(Math.abs(shown.connected_at - Date.now())).toBeLessThan(60_000)
    const { json } = await managed.ask(`/connections/${encodeURIComponent(shown.name)}`)
    expect(json.name).toBe(shown.name)
    expect((await managed.ask('/vhosts/%2F/connections')).json).toHaveLength(1)
    expect((await managed.ask('/connections/username/guest')).json).toHaveLength(1)
    expect((await managed.ask('/connections/username/other')).json).toEqual([])
    expect((await managed.ask('/connections/nothing')).status).toBe(404)
  })

  it.each([
    [{}, 'CONNECTION_FORCED - Closed via management plugin'],
    [{ 'x-reason': 'go away' }, 'CONNECTION_FORCED - go away'],
  ])('is closed, and told why: %j', async (headers, replyText) => {
    const managed = await ManagedTestBroker.start()
    const connection = await managed.connect()
    const [{ name }] = (await managed.ask('/connections')).json
    const path = `/connections/${encodeURIComponent(name)}`
    expect((await managed.ask(path, { method: 'DELETE', headers })).status).toBe(204)
    const close = await connection.control.expect(CONNECTION_CLOSE)
    expect([close.replyCode, close.replyText]).toEqual([320, replyText])
  })

  it('of somebody else is not shown, and not closed', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.connect()
    const as = await managed.addUser('u', ['management'], ['/'])
    expect((await managed.ask('/connections', { as })).json).toEqual([])
    expect((await managed.ask('/channels', { as })).json).toEqual([])
    const [{ name }] = (await managed.ask('/connections')).json
    expect((await managed.delete(`/connections/${encodeURIComponent(name)}`, as)).status).toBe(404)
    expect(managed.broker.connectionCount).toBe(1)
  })
})

describe('a channel', () => {
  it('shows what it is doing', async () => {
    const managed = await ManagedTestBroker.start()
    const channel = await (await managed.connect()).channel()
    await managed.put('/queues/%2F/q')
    await channel.send(BASIC_QOS, { prefetchCount: 5 }).expect(BASIC_QOS_OK)
    await channel.send(CONFIRM_SELECT, {}).expect(CONFIRM_SELECT_OK)
    await channel
      .send(BASIC_CONSUME, { queue: 'q', consumerTag: 'ct', exclusive: true })
      .expect(BASIC_CONSUME_OK)
    channel.publish({ routingKey: 'q', body: 'm' })
    await eventually(async () => {
      expect((await managed.ask('/queues/%2F/q')).json.messages_unacknowledged).toBe(1)
    })
    const [shown] = (await managed.ask('/channels')).json
    expect(shown).toMatchObject({
      number: 1,
      user: 'guest',
      vhost: '/',
      prefetch_count: 5,
      global_prefetch_count: 0,
      confirm: true,
      transactional: false,
      consumer_count: 1,
      messages_unacknowledged: 1,
      messages_unconfirmed: 0,
      state: 'running',
    })
    expect(shown.name).toBe(`${shown.connection_details.name} (1)`)
    const consumer = {
      consumer_tag: 'ct',
      queue: { name: 'q', vhost: '/' },
      ack_required: true,
      exclusive: true,
      prefetch_count: 5,
      active: true,
      activity_status: 'up',
      channel_details: { name: shown.name, number: 1, user: 'guest' },
    }
    const one = await managed.ask(`/channels/${encodeURIComponent(shown.name)}`)
    expect(one.json.consumer_details).toMatchObject([consumer])
    expect((await managed.ask('/consumers')).json).toMatchObject([consumer])
    expect((await managed.ask('/consumers/%2F')).json).toHaveLength(1)
    expect((await managed.ask('/queues/%2F/q')).json.consumer_details).toMatchObject([consumer])
    const of = encodeURIComponent(shown.connection_details.name)
    expect((await managed.ask(`/connections/${of}/channels`)).json).toHaveLength(1)
    expect((await managed.ask('/vhosts/%2F/channels')).json).toHaveLength(1)
  })
})

describe('a single active consumer', () => {
  it('is told apart from those who wait', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q', { arguments: { 'x-single-active-consumer': true } })
    const channel = await (await managed.connect()).channel()
    for (const consumerTag of ['a', 'b']) {
      await channel.send(BASIC_CONSUME, { queue: 'q', consumerTag }).expect(BASIC_CONSUME_OK)
    }
    const shown = (await managed.ask('/consumers?sort=consumer_tag')).json
    expect(
      shown.map((one: { active: boolean; activity_status: string }) => [
        one.active,
        one.activity_status,
      ]),
    ).toEqual([
      [true, 'single_active'],
      [false, 'waiting'],
    ])
  })
})
