import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { History, withDetails } from '../../../src/management/statistics/history.ts'
import { eventually } from '../../support/eventually.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const PUBLISH = '/exchanges/%2F/x/publish'
const message = (routing_key: string) => ({
  properties: {},
  routing_key,
  payload: 'm',
  payload_encoding: 'string',
})

/** A queue behind an exchange, to which somebody publishes and from which somebody consumes. */
async function busy() {
  const clock = new FakeClock()
  const managed = await ManagedTestBroker.start({ clock })
  await managed.put('/queues/%2F/q')
  await managed.put('/exchanges/%2F/x', { type: 'fanout' })
  await managed.post('/bindings/%2F/e/x/q/q')
  const channel = await (await managed.connect()).channel()
  return { managed, channel, clock }
}

describe('what has passed through', () => {
  it('is counted where it has', async () => {
    const { managed, channel } = await busy()
    await channel.send(BASIC_CONSUME, { queue: 'q' }).expect(BASIC_CONSUME_OK)
    for (let index = 0; index < 3; index++) channel.publish({ exchange: 'x', body: 'm' })
    channel.publish({ routingKey: 'nowhere', body: 'm' })
    for (let index = 0; index < 3; index++) await channel.expect(BASIC_DELIVER)
    channel.send(BASIC_ACK, { deliveryTag: 2, multiple: true })
    const counts = {
      publish: 3,
      deliver: 3,
      deliver_no_ack: 0,
      deliver_get: 3,
      ack: 2,
      redeliver: 0,
    }
    await eventually(async () => {
      expect((await managed.ask('/queues/%2F/q')).json.message_stats).toMatchObject(counts)
    })
    const all = { ...counts, publish: 4, drop_unroutable: 1, return_unroutable: 0 }
    const [shown] = (await managed.ask('/channels')).json
    expect(shown.message_stats).toMatchObject(all)
    expect((await managed.ask('/vhosts/%2F')).json.message_stats).toMatchObject(all)
    expect((await managed.ask('/overview')).json.message_stats).toMatchObject(all)
    expect((await managed.ask('/exchanges/%2F/x')).json.message_stats).toMatchObject({
      publish_in: 3,
      publish_out: 3,
    })
    expect((await managed.ask('/exchanges/%2F/amq.default')).json.message_stats).toMatchObject({
      publish_in: 1,
      publish_out: 0,
    })
  })

  it('still counts when the channel is gone', async () => {
    const { managed, channel } = await busy()
    channel.publish({ exchange: 'x', body: 'm' })
    await channel.send(CHANNEL_CLOSE, {}).expect(CHANNEL_CLOSE_OK)
    expect((await managed.ask('/overview')).json.message_stats.publish).toBe(1)
  })

  it('is counted over HTTP, too', async () => {
    const { managed } = await busy()
    await managed.post(PUBLISH, message('a'))
    const get = { count: 2, ackmode: 'ack_requeue_true', encoding: 'auto' }
    await managed.post('/queues/%2F/q/get', get)
    await managed.post('/queues/%2F/q/get', { ...get, ackmode: 'ack_requeue_false' })
    expect((await managed.ask('/overview')).json.message_stats).toMatchObject({
      publish: 1,
      confirm: 1,
      get: 2,
      get_empty: 2,
      redeliver: 1,
      ack: 1,
    })
  })

  it('is not shown of what nothing has passed through', async () => {
    const { managed } = await busy()
    expect((await managed.ask('/queues/%2F/q')).json).not.toHaveProperty('message_stats')
    expect((await managed.ask('/overview')).json.message_stats).toEqual({})
  })

  it('has rates for as long as somebody asks', async () => {
    const { managed, clock } = await busy()
    await managed.ask('/overview')
    for (let index = 0; index < 10; index++) await managed.post(PUBLISH, message('a'))
    clock.advance(5000)
    const { json } = await managed.ask('/queues/%2F/q')
    expect(json.message_stats.publish_details).toEqual({ rate: 2 })
    expect(json.messages_ready_details).toEqual({ rate: 2 })
    const query = 'lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5'
    const sampled = (await managed.ask(`/queues/%2F/q?${query}`)).json
    expect(sampled.messages_details).toMatchObject({
      rate: 2,
      avg: 5,
      avg_rate: 2,
      samples: [{ sample: 10 }, { sample: 0 }],
    })
    expect(sampled.message_stats.publish_details.samples).toHaveLength(2)
    clock.advance(5000)
    expect((await managed.ask('/queues/%2F/q')).json.message_stats.publish_details.rate).toBe(0)
  })
})

describe('a history', () => {
  it('keeps no more samples than it may, and shows those that are asked for', () => {
    const history = new History(3)
    for (let time = 0; time < 5; time++) {
      history.add(time * 5000, { messages: {}, own: { n: time * 10 } })
    }
    const all = history.samples('own', 'n', { ageMs: 60_000, stepMs: 5000 })
    expect(all.map(({ sample }) => sample)).toEqual([40, 30, 20])
    const recent = history.samples('own', 'n', { ageMs: 5000, stepMs: 5000 })
    expect(recent.map(({ sample }) => sample)).toEqual([40, 30])
    const sparse = history.samples('own', 'n', { ageMs: 60_000, stepMs: 10_000 })
    expect(sparse.map(({ sample }) => sample)).toEqual([40, 20])
  })

  it('has a rate of 0 before there are two samples', () => {
    expect(withDetails(undefined, 'own', { n: 1 }, undefined)).toEqual({
      n: 1,
      n_details: { rate: 0 },
    })
  })
})
