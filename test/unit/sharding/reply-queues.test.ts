// Direct reply-to from one node of a cluster to another.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import type { Vhost } from '../../../src/vhost/vhost.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { SimulatedCluster, type SimulatedNode } from './support/simulated-cluster.ts'

const OWNER = {}

describe('reply queues of a cluster', () => {
  let cluster: SimulatedCluster
  let nodes: { a: SimulatedNode; b: SimulatedNode }
  let vhosts: { a: Vhost; b: Vhost }

  beforeEach(() => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    nodes = { a: cluster.start('a', []), b: cluster.start('b', []) }
    vhosts = { a: nodes.a.vhost, b: nodes.b.vhost }
  })
  afterEach(() => cluster.close())

  /** A requester on a, and how its queue is called. */
  const request = async (consumer = new RecordingConsumer({ noAck: true })) => {
    const queue = vhosts.a.replyQueues.create(OWNER)
    const done = queue.consume(consumer, false)
    await cluster.pass(50)
    await done
    return { queue, consumer, name: queue.name }
  }
  /** What becomes of looking for it, as a passive declaration does. */
  const lookFor = async (queue: Queue | undefined, ms = 50): Promise<unknown> => {
    const counted = Promise.resolve(queue?.counted()).then(
      () => 'there',
      (error: Error) => error.message,
    )
    await cluster.pass(ms)
    return counted
  }

  it('are found on any node by their names, and replied to', async () => {
    const { name, consumer } = await request()
    expect(name).toMatch(/^amq\.rabbitmq\.reply-to\.[\w-]{22}\.\d+\.a\.a-1$/)
    const away = vhosts.b.replyQueues.find(name)
    expect(await lookFor(away)).toBe('there')
    away?.publish(sampleMessage('pong'))
    vhosts.a.replyQueues.find(name)?.publish(sampleMessage('from here'))
    await cluster.until(() => consumer.bodies.length === 2, 'both have come')
    expect(consumer.bodies.sort()).toEqual(['from here', 'pong'])
    expect([...vhosts.b.queues.values()]).toEqual([])
  })

  it('are not there any more when their consumer has gone', async () => {
    const { queue, name, consumer } = await request()
    const away = vhosts.b.replyQueues.find(name)
    queue.cancel(consumer)
    expect(await lookFor(away)).toBe(`NOT_FOUND - no queue '${name}' in vhost '/'`)
    expect(vhosts.a.replyQueues.find(name)).toBeUndefined()
    const ticket = away?.publish(sampleMessage('too late')) ?? 0
    await cluster.pass(50)
    expect(nodes.b.sharding.tickets.outcomeOf(ticket)).toBe(0)
  })

  it('keep nobody waiting when their node has gone', async () => {
    const { name } = await request()
    const away = vhosts.b.replyQueues.find(name)
    cluster.kill('a')
    const { tickets } = nodes.b.sharding
    const ticket = away?.publish(sampleMessage('lost')) ?? 0
    expect(tickets.outcomeOf(ticket)).toBe(ticket)
    expect(await lookFor(away, 6000)).toBe(`NOT_FOUND - no queue '${name}' in vhost '/'`)
    expect(tickets.outcomeOf(ticket)).toBe(0)
    expect(tickets.outcomeOf(away?.publish(sampleMessage('also')) ?? -1)).toBe(0)
  })

  it('go when their own node was taken for dead', async () => {
    const { name, consumer } = await request()
    vhosts.a.applied.deleteQueuesOn(({ incarnation }) => incarnation === nodes.a.incarnation)
    expect(consumer.isCancelled).toBe(true)
    expect(vhosts.a.replyQueues.find(name)).toBeUndefined()
  })

  it('are nobody that a name only looks like', async () => {
    const { name } = await request()
    const random = 'x'.repeat(22)
    const names = [
      `amq.rabbitmq.reply-to.${random}`,
      // Those are the ids of queues that are declared.
      `amq.rabbitmq.reply-to.${random}.1234567890.a.a-1`,
      `amq.rabbitmq.reply-to.${random}.99999999999999999.a.a-1`,
      // It would be known here.
      name.replace('.a.a-1', '.b.b-2'),
    ]
    for (const other of names) expect(vhosts.b.replyQueues.find(other)).toBeUndefined()
  })

  it('are remembered only so many of', async () => {
    const { name } = await request()
    const first = vhosts.b.replyQueues.find(name)
    expect(vhosts.b.replyQueues.find(name)).toBe(first)
    const other = (id: number) => `amq.rabbitmq.reply-to.${'x'.repeat(22)}.${2 ** 33 + id}.a.a-1`
    for (let id = 0; id < 500; id++) vhosts.b.replyQueues.find(other(id))
    const again = vhosts.b.replyQueues.find(name)
    expect(again).not.toBe(first)
    expect(await lookFor(again)).toBe('there')
  })

  it('are not forgotten one by one, which each time makes all routes be looked up anew', async () => {
    const { name } = await request()
    const other = (id: number) => `amq.rabbitmq.reply-to.${'x'.repeat(22)}.${2 ** 33 + id}.a.a-1`
    const before = vhosts.b.topologyVersion
    for (let id = 0; id < 2000; id++) vhosts.b.replyQueues.find(other(id))
    expect(vhosts.b.topologyVersion - before).toBeLessThan(10)
    // Who waits for its reply was asked for just now.
    const away = vhosts.b.replyQueues.find(name)
    for (let id = 0; id < 200; id++) vhosts.b.replyQueues.find(other(id))
    expect(vhosts.b.replyQueues.find(name)).toBe(away)
  })

  it('cost next to nothing when their names are made up', async () => {
    const before = cluster.clock.pendingCount
    for (let id = 0; id < 2000; id++) {
      const name = `amq.rabbitmq.reply-to.${'x'.repeat(22)}.${2 ** 33}.c.${id}`
      vhosts.b.replyQueues.find(name)?.publish(sampleMessage('for nobody'))
    }
    expect(cluster.clock.pendingCount - before).toBeLessThan(600)
    const { tickets } = nodes.b.sharding
    await cluster.pass(6000)
    expect(tickets.settled()).toBeUndefined()
    expect(cluster.clock.pendingCount).toBe(before)
  })
})
