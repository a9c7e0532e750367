// Messages that are to come later, to queues and exchanges of a cluster.

import { fieldTableFromObject } from 'amqp-codec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DelayedMessage } from '../../../src/queue/delays.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import {
  type ExchangeSpec,
  type QueueSpec,
  SimulatedCluster,
  type SimulatedNode,
} from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 10, name: 'orders', shard: 0 }
const LATER: ExchangeSpec = { id: 20, name: 'later', shard: 1 }
const LIMITS = { count: 10, bytes: 1000 }

const delayed = (body: string, delayMs = 0) =>
  sampleMessage(body, {
    exchange: 'later',
    routingKey: 'orders',
    properties: { deliveryMode: 2, headers: fieldTableFromObject({ 'x-delay': delayMs }) },
  })

describe('messages that are to come later', () => {
  let cluster: SimulatedCluster
  let a: SimulatedNode
  let b: SimulatedNode
  let consumer: RecordingConsumer

  beforeEach(async () => {
    cluster = new SimulatedCluster(randomNumbers(1), 2)
    a = cluster.start('a', [ORDERS], [LATER])
    b = cluster.start('b', [ORDERS], [LATER])
    for (const shard of [0, 1]) cluster.give(shard, 'a')
    consumer = new RecordingConsumer()
    const done = b.queue('orders').consume(consumer, false)
    await cluster.pass(50)
    await done
  })
  afterEach(() => cluster.close())

  const delay = (node: SimulatedNode, body: string, delayMs: number): number =>
    node.vhost.delays.delay(node.queue('orders'), delayed(body), delayMs)
  const count = (node: SimulatedNode): number => node.vhost.delays.countOf(node.queue('orders'))
  const namesOf = (messages: readonly DelayedMessage[] = []): string[] =>
    messages.map(({ message }) => bodyOf(message).toString())

  it('come to their queue in time, whichever node they were published on', async () => {
    const ticket = delay(b, 'second', 300)
    delay(a, 'first', 200)
    await cluster.pass(100)
    expect(b.sharding.tickets.outcomeOf(ticket)).toBe(0)
    expect(consumer.bodies).toEqual([])
    await cluster.pass(300)
    expect(consumer.bodies).toEqual(['first', 'second'])
  })

  it('are counted everywhere, and shown by the node that has them', async () => {
    delay(b, 'x', 60_000)
    await cluster.pass(1500)
    expect([count(a), count(b)]).toEqual([1, 1])
    const { delays } = a.vhost
    expect(namesOf(await delays.find(a.queue('orders'))?.read(0, LIMITS))).toEqual(['x'])
    await expect(b.vhost.delays.find(b.queue('orders'))?.read(0, LIMITS)).rejects.toThrow('owner')
  })

  it('come from the next owner of the queue, when theirs has gone', async () => {
    delay(b, 'stored', 1000)
    await cluster.pass(100)
    cluster.kill('a')
    // Nobody has taken this one yet, and some of its time passes until somebody does.
    delay(b, 'pending', 500)
    await cluster.pass(300)
    cluster.give(0, 'b')
    await cluster.pass(250)
    expect(consumer.bodies).toEqual(['pending'])
    await cluster.pass(400)
    expect(consumer.bodies).toEqual(['pending', 'stored'])
  })

  it('come from an exchange to queues in other places', async () => {
    const ticket = b.publishDelayed('later', delayed('x', 200))
    expect(b.sharding.tickets.outcomeOf(ticket)).toBe(ticket)
    await cluster.pass(100)
    expect([b.sharding.tickets.outcomeOf(ticket), consumer.bodies]).toEqual([0, []])
    await cluster.pass(200)
    expect(consumer.bodies).toEqual(['x'])
  })

  it('come from the next owner of the exchange, and stay with it until they have arrived', async () => {
    b.publishDelayed('later', delayed('x', 200))
    await cluster.pass(100)
    // They are on their way, to a queue that nobody owns.
    cluster.disown(0)
    await cluster.pass(200)
    cluster.kill('a')
    cluster.give(1, 'b')
    await cluster.pass(100)
    expect(consumer.bodies).toEqual([])
    cluster.give(0, 'b')
    await cluster.until(() => consumer.bodies.length > 0, 'it has come')
    expect(consumer.bodies).toEqual(['x'])
  })

  it('are gone with their exchange', async () => {
    b.publishDelayed('later', delayed('x', 200))
    await cluster.pass(100)
    for (const { vhost } of [a, b]) vhost.deleteExchange('later', false)
    await cluster.pass(300)
    expect(consumer.bodies).toEqual([])
  })

  it('are gone with their queue', async () => {
    delay(b, 'x', 200)
    await cluster.pass(100)
    for (const { vhost } of [a, b]) vhost.deleteQueue(vhost.queues.find('orders') as never)
    const again = { ...ORDERS, id: 30 }
    for (const node of [a, b]) node.declare(again)
    await cluster.pass(300)
    const counted = b.queue('orders').counted()
    await cluster.pass(50)
    await counted
    expect(b.queue('orders').readyCount).toBe(0)
  })
})
