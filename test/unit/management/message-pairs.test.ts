// Who publishes and gets how much where: the lists of one exchange, queue or channel.

import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
} from 'amqp-codec'
import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { ManagedTestBroker } from './managed-broker.ts'

/** An exchange that leads to two queues, to one of them through another exchange. */
async function routed(clock = new FakeClock()) {
  const managed = await ManagedTestBroker.start({ clock })
  for (const queue of ['near', 'far']) await managed.put(`/queues/%2F/${queue}`)
  await managed.put('/exchanges/%2F/x', { type: 'topic' })
  await managed.put('/exchanges/%2F/y', { type: 'fanout' })
  await managed.post('/bindings/%2F/e/x/q/near', { routing_key: 'k.#' })
  await managed.post('/bindings/%2F/e/x/e/y', { routing_key: '#' })
  await managed.post('/bindings/%2F/e/y/q/far')
  const channel = await (await managed.connect()).channel()
  const pairs = async (path: string) => {
    const { incoming, outgoing, publishes, deliveries } = (await managed.ask(path)).json
    return { incoming, outgoing, publishes, deliveries }
  }
  const channelPath = async (): Promise<string> => {
    const [one] = (await managed.ask('/channels')).json
    return `/channels/${encodeURIComponent(one.name)}`
  }
  return { managed, clock, channel, pairs, channelPath }
}

const queue = (name: string) => ({ queue: { name, vhost: '/' } })
const exchange = (name: string) => ({ exchange: { name, vhost: '/' } })
const publish = (count: number) => ({ stats: { publish: count, publish_details: { rate: 0 } } })

it('tells where what is published goes, through whatever exchanges', async () => {
  const { channel, pairs, channelPath } = await routed()
  await channel.send(CONFIRM_SELECT).expect(CONFIRM_SELECT_OK)
  for (const routingKey of ['k.1', 'k.2', 'k.2', 'other']) {
    channel.publish({ exchange: 'x', routingKey, body: 'm' })
  }
  channel.publish({ routingKey: 'near', body: 'm' })
  channel.publish({ routingKey: 'nowhere', body: 'm' })
  channel.publish({ routingKey: 'nowhere', mandatory: true, body: 'm' })
  const published = (counts: object) => ({ stats: expect.objectContaining(counts) })
  const toX = { publish: 4, confirm: 4, return_unroutable: 0, drop_unroutable: 0 }
  const details = expect.objectContaining({ number: 1, user: 'guest' })
  const toDefault = { publish: 3, confirm: 3, return_unroutable: 1, drop_unroutable: 1 }
  await eventually(async () => {
    expect(await pairs(await channelPath())).toEqual({
      publishes: [
        { ...published(toX), ...exchange('x') },
        { ...published(toDefault), ...exchange('') },
      ],
      deliveries: [],
    })
  })
  expect(await pairs('/exchanges/%2F/x')).toEqual({
    incoming: [{ ...published(toX), channel_details: details }],
    outgoing: [
      { ...publish(3), ...queue('near') },
      { ...publish(4), ...queue('far') },
    ],
  })
  expect(await pairs('/exchanges/%2F/y')).toEqual({ incoming: [], outgoing: [] })
  expect((await pairs('/queues/%2F/near')).incoming).toEqual([
    { ...publish(3), ...exchange('x') },
    { ...publish(1), ...exchange('') },
  ])
})

it('tells which channels get what from a queue', async () => {
  const { channel, pairs, channelPath } = await routed()
  for (let count = 0; count < 5; count++) channel.publish({ routingKey: 'near', body: 'm' })
  await channel.send(BASIC_GET, { queue: 'near' }).expect(BASIC_GET_OK)
  await channel.send(BASIC_GET, { queue: 'near', noAck: true }).expect(BASIC_GET_OK)
  await channel.send(BASIC_GET, { queue: 'far' }).expect(BASIC_GET_EMPTY)
  await channel.send(BASIC_CONSUME, { queue: 'near' }).expect(BASIC_CONSUME_OK)
  for (let count = 0; count < 3; count++) await channel.expect(BASIC_DELIVER)
  channel.send(BASIC_ACK, { deliveryTag: 4, multiple: true })
  const near = { deliver: 3, deliver_no_ack: 0, get: 1, get_no_ack: 1, deliver_get: 5, ack: 3 }
  const stats = expect.objectContaining(near)
  await eventually(async () => {
    const details = expect.objectContaining({ number: 1, user: 'guest' })
    const { deliveries } = await pairs('/queues/%2F/near')
    expect(deliveries).toEqual([{ stats, channel_details: details }])
  })
  expect((await pairs(await channelPath())).deliveries).toEqual([
    { stats, ...queue('near') },
    { stats: expect.objectContaining({ get_empty: 1, deliver_get: 0 }), ...queue('far') },
  ])
})

it('forgets what is no more', async () => {
  const { managed, channel, pairs } = await routed()
  const publishAgain = async (): Promise<void> => {
    channel.publish({ exchange: 'x', routingKey: 'k.1', body: 'm' })
    await channel.send(BASIC_GET, { queue: 'far', noAck: true }).expect(BASIC_GET_OK)
  }
  for (let count = 0; count < 3; count++) await publishAgain()
  await managed.delete('/queues/%2F/near')
  expect((await pairs('/exchanges/%2F/x')).outgoing).toEqual([{ ...publish(3), ...queue('far') }])
  await managed.put('/queues/%2F/near')
  await managed.post('/bindings/%2F/e/x/q/near', { routing_key: 'k.#' })
  await publishAgain()
  expect((await pairs('/queues/%2F/near')).incoming).toEqual([{ ...publish(1), ...exchange('x') }])
  await managed.delete('/exchanges/%2F/x')
  expect((await pairs('/queues/%2F/far')).incoming).toEqual([])
  expect((await pairs('/queues/%2F/far')).deliveries).toHaveLength(1)
  await channel.send(CHANNEL_CLOSE, {}).expect(CHANNEL_CLOSE_OK)
  expect((await pairs('/queues/%2F/far')).deliveries).toEqual([])
})

it('has rates of what somebody looks at', async () => {
  const { clock, channel, pairs } = await routed()
  const first = async (path = '/exchanges/%2F/x') => (await pairs(path)).outgoing[0].stats
  channel.publish({ exchange: 'x', routingKey: 'k', body: 'm' })
  await eventually(async () => expect((await first()).publish).toBe(1))
  clock.advance(5000)
  for (let count = 0; count < 10; count++) {
    channel.publish({ exchange: 'x', routingKey: 'k', body: 'm' })
  }
  await eventually(async () => expect((await first()).publish).toBe(11))
  clock.advance(5000)
  expect((await first()).publish_details).toEqual({ rate: 2 })
  const sampled = await first('/exchanges/%2F/x?msg_rates_age=60&msg_rates_incr=5')
  expect(sampled.publish_details.samples).toMatchObject([{ sample: 11 }, { sample: 1 }])
})
