// x-max-priority. https://www.rabbitmq.com/docs/priority

import { BASIC_NACK, QUEUE_PURGE, QUEUE_PURGE_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { hasReady } from '../support/has-ready.ts'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

async function urgentQueue(channel: RawChannel, more: Record<string, unknown> = {}) {
  return channel.declareQueue({ arguments: { 'x-max-priority': 5, ...more } })
}

function publish(channel: RawChannel, queue: string, ...priorities: (number | undefined)[]) {
  for (const [index, priority] of priorities.entries()) {
    const properties = priority === undefined ? {} : { priority }
    channel.publish({ routingKey: queue, body: `${index}/${priority ?? 'none'}`, properties })
  }
}

describe('a queue with x-max-priority', () => {
  test('gives the highest first, and equals in their order', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await urgentQueue(channel)
    publish(channel, queue, undefined, 5, 1, 200, 0, 5)
    await hasReady(channel, queue, 6)
    expect(await channel.drain(queue)).toEqual(['1/5', '3/200', '5/5', '2/1', '0/none', '4/0'])
  })

  test('has what comes back in its old place', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await urgentQueue(channel)
    publish(channel, queue, 1, 3, 3)
    await hasReady(channel, queue, 3)
    expect(await channel.get(queue)).toMatchObject({ body: '1/3' })
    channel.send(BASIC_NACK, { deliveryTag: 1, requeue: true })
    await hasReady(channel, queue, 3)
    expect(await channel.drain(queue)).toEqual(['1/3', '2/3', '0/1'])
  })

  test('drops the highest when there are too many', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await urgentQueue(channel, { 'x-max-length': 2 })
    publish(channel, queue, 1, 3, 2)
    expect(await channel.drain(queue)).toEqual(['2/2', '0/1'])
  })

  test('is purged of all of them', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await urgentQueue(channel)
    publish(channel, queue, 1, 3, 2)
    await hasReady(channel, queue, 3)
    const { messageCount } = await channel.send(QUEUE_PURGE, { queue }).expect(QUEUE_PURGE_OK)
    expect([messageCount, await channel.drain(queue)]).toEqual([3, []])
  })
})
