// What a broker still has of delayed messages when it is started again.

import {
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  type FieldTable,
  fieldTableFromObject,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { type End, RestartedBroker } from './restarted-broker.ts'
import type { TopologyClient } from './topology-client.ts'

const ENDS: readonly End[] = ['closed', 'killed']
const DELAYED = {
  type: 'x-delayed-message',
  arguments: fieldTableFromObject({ 'x-delayed-type': 'direct' }),
}

async function declare(client: TopologyClient): Promise<void> {
  await client.exchange('delayed', DELAYED)
  await client.queue('q')
  await client.bind('delayed', 'q', 'k')
}

type Delayed = readonly [delayMs: number, body: string, deliveryMode: number]

/** On a channel of its own, until all of them are confirmed. */
async function publish(
  { running }: RestartedBroker,
  exchange: string,
  ...messages: readonly Delayed[]
): Promise<void> {
  const channel = await running.channel()
  await channel.confirmSelect()
  for (const [delayMs, body, deliveryMode] of messages) {
    const headers: FieldTable = new Map([['x-delay', { type: 'I', value: delayMs }]])
    channel.publish({ exchange, routingKey: 'k', properties: { deliveryMode, headers }, body })
  }
  await channel.confirmed(messages.length)
}

describe.each(ENDS)('a broker that was %s', (end) => {
  it('delivers delayed persistent messages in their time, with the delay negated', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await declare(before)
    await publish(broker, 'delayed', [600, 'later', 2], [400, 'soon', 2])
    await publish(broker, 'delayed', [400, 'transient', 1], [60_000, 'much later', 2])
    const after = await broker.clientAfter(end)
    await after.channel.consume('q')
    const deliveries = await after.channel.deliveries(2)
    expect(deliveries.map(({ body }) => body)).toEqual(['soon', 'later'])
    expect(deliveries[0]?.properties.headers?.get('x-delay')).toEqual({ type: 'I', value: -400 })
  })

  it('does not deliver again what was delivered, nor what was deleted', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await declare(before)
    await publish(broker, 'delayed', [1, 'first', 2])
    await before.channel.consume('q', { noAck: true })
    await before.channel.bodies(1)
    await before.exchange('other', DELAYED)
    await before.bind('other', 'q', 'k')
    await publish(broker, 'other', [300, 'deleted', 2])
    await before.channel.send(EXCHANGE_DELETE, { exchange: 'other' }).expect(EXCHANGE_DELETE_OK)
    await broker.running.settled()
    const after = await broker.clientAfter(end)
    await after.exchange('other', DELAYED)
    await after.bind('other', 'q', 'k')
    await publish(broker, 'other', [600, 'last', 2])
    await after.channel.consume('q', { noAck: true })
    expect(await after.channel.bodies(1)).toEqual(['last'])
  })

  it('knows messages that are delayed from those of queues that were declared later', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await declare(before)
    await publish(broker, 'delayed', [300, 'delayed', 2])
    const between = await broker.clientAfter(end)
    await between.queue('new')
    await between.bind('amq.direct', 'new', 'k')
    await publish(broker, 'amq.direct', [300, 'not delayed', 2])
    const after = await broker.clientAfter('closed')
    expect(await after.channel.drain('new')).toEqual(['not delayed'])
    await after.channel.consume('q')
    expect(await after.channel.bodies(1)).toEqual(['delayed'])
  })
})
