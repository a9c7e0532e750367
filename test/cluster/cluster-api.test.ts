// What the management API of any node tells of the cluster, and changes in it.

import amqplib from 'amqplib'
import { expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

interface ShownShard {
  readonly shard: number
  readonly owner: string | null
  readonly target: string | null
  readonly state: string
  readonly queues: number
  readonly messages: number
}

nats.describe('the management API of a cluster', () => {
  const { nodes } = clusterHere()
  const [first, second, third] = [0, 1, 2].map((index) => () => nodes[index]!) as [Get, Get, Get]
  type Get = () => (typeof nodes)[number]
  const shards = async (node: Get): Promise<ShownShard[]> =>
    (await ask(node(), '/cluster/shards')).json
  const names = ['leveret@n1', 'leveret@n2', 'leveret@n3']

  it('shows all nodes on each of them', async () => {
    for (const node of nodes) {
      const shown = { running: true, being_drained: false, mem_alarm: false }
      // They may just have started, and not heard of each other.
      await expect
        .poll(async () => (await ask(node, '/nodes')).json)
        .toMatchObject(names.map((name) => ({ name, ...shown })))
    }
    const { json } = await ask(first(), '/nodes/leveret@n2')
    expect(json).toMatchObject({ name: 'leveret@n2', uptime: expect.any(Number) })
    const memory = await ask(first(), '/nodes/leveret@n3/memory')
    expect(memory.json.memory.total.rss).toBeGreaterThan(0)
    expect((await ask(first(), '/nodes/leveret@n4')).status).toBe(404)
  })

  it('counts connections and listeners of all nodes in the overview', async () => {
    const connections = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    // A node that is slow to answer is shown as it was.
    await expect
      .poll(async () => (await ask(second(), '/overview')).json.object_totals.connections)
      .toBe(3)
    const { json } = await ask(second(), '/overview')
    expect(json).toMatchObject({ node: 'leveret@n2', cluster_name: 'leveret' })
    const listeners = json.listeners.filter(({ protocol }: Listener) => protocol === 'amqp')
    expect(listeners.map(({ node }: Listener) => node)).toEqual(names)
    await Promise.all(connections.map((connection) => connection.close()))
  })

  it('gives the cluster one name', async () => {
    await ask(first(), '/cluster-name', 'PUT', { name: 'ours' })
    await expect
      .poll(async () => (await ask(third(), '/cluster-name')).json)
      .toEqual({ name: 'ours' })
  })

  it('spreads the shards, and says what is in them', async () => {
    await expect.poll(async () => states(await shards(first))).toEqual(Array(6).fill('serving'))
    const connection = await amqplib.connect(third().url)
    const channel = await connection.createConfirmChannel()
    await channel.assertQueue('counted')
    channel.sendToQueue('counted', Buffer.from('one'))
    await channel.waitForConfirms()
    const sum = (all: readonly ShownShard[]): number =>
      all.map(({ messages }) => messages).reduce((a, b) => a + b)
    await expect.poll(async () => sum(await shards(second))).toBe(1)
    const shown = await shards(second)
    const there = shown.find(({ messages }) => messages === 1)
    expect((await ask(first(), '/queues/%2F/counted')).json).toMatchObject({ node: there?.owner })
    for (const name of names) expect(shown.filter(({ owner }) => owner === name).length).toBe(2)
    await connection.close()
    const cluster = async () => (await ask(first(), '/cluster')).json
    await expect.poll(cluster).toMatchObject({
      node: 'leveret@n1',
      is_member: true,
      nodes: names.map((name) => ({ name, running: true, draining: false, shards: 2 })),
      shards: { total: 6, serving: 6, moving: 0, without_owner: 0 },
    })
  })

  it('moves a shard to a node', async () => {
    const { shard } = (await shards(first)).find(({ owner }) => owner === 'leveret@n1')!
    const path = `/cluster/shards/${shard}/move`
    expect((await ask(second(), path, 'POST', { node: 'n3' })).status).toBe(204)
    await expect
      .poll(async () => (await shards(first))[shard])
      .toMatchObject({ owner: 'leveret@n3', target: null, state: 'serving' })
    expect((await ask(first(), path, 'POST', { node: 'n9' })).status).toBe(404)
    expect((await ask(first(), '/cluster/shards/6/move', 'POST', { node: 'n1' })).status).toBe(404)
    expect((await ask(first(), path, 'POST', {})).status).toBe(400)
  })

  it('drains a node, which is no longer in service then', async () => {
    const isInService = async (): Promise<number> =>
      (await ask(second(), '/health/checks/is-in-service')).status
    expect(await isInService()).toBe(200)
    const path = '/cluster/nodes/leveret@n2/drain'
    expect((await ask(first(), path, 'POST', { on: true })).status).toBe(204)
    await expect
      .poll(async () => (await shards(third)).map(({ owner }) => owner))
      .not.toContain('leveret@n2')
    await expect.poll(isInService).toBe(503)
    expect((await ask(third(), '/nodes/leveret@n2')).json).toMatchObject({ being_drained: true })
    expect((await ask(first(), path, 'POST', { on: false })).status).toBe(204)
    await expect.poll(isInService).toBe(200)
    await expect.poll(async () => ownersOf(await shards(third))).toContain('leveret@n2')
  })

  it('tells the alarms of all nodes', async () => {
    second().broker.setAlarm('memory', true)
    const alarms = async () => (await ask(first(), '/health/checks/alarms')).json.alarms
    await expect.poll(alarms).toEqual([{ node: 'leveret@n2', resource: 'memory' }])
    expect((await ask(first(), '/health/checks/alarms')).status).toBe(503)
    expect((await ask(first(), '/health/checks/local-alarms')).status).toBe(200)
    expect((await ask(second(), '/health/checks/local-alarms')).status).toBe(503)
    second().broker.setAlarm('memory', false)
    await expect.poll(async () => (await ask(first(), '/health/checks/alarms')).status).toBe(200)
  })

  it('remembers a node that is stopped, until it is forgotten', async () => {
    expect((await ask(third(), '/cluster/nodes/n1', 'DELETE')).status).toBe(400)
    await first().stop()
    await expect
      .poll(async () => (await ask(third(), '/nodes/leveret@n1')).json)
      .toMatchObject({ name: 'leveret@n1', running: false, type: 'disc' })
    await expect.poll(async () => ownersOf(await shards(third))).toEqual(names.slice(1))
    expect((await ask(third(), '/health/checks/node-is-quorum-critical')).status).toBe(200)
    await second().stop()
    await expect
      .poll(async () => (await ask(third(), '/health/checks/node-is-quorum-critical')).status)
      .toBe(503)
    expect((await ask(third(), '/cluster/nodes/n1', 'DELETE')).status).toBe(204)
    expect((await ask(third(), '/nodes/leveret@n1')).status).toBe(404)
    await Promise.all([first().start(), second().start()])
    await expect.poll(async () => ownersOf(await shards(third))).toEqual(names)
  })
})

interface Listener {
  readonly node: string
  readonly protocol: string
}

const states = (shards: readonly ShownShard[]): string[] => shards.map(({ state }) => state)
const ownersOf = (shards: readonly ShownShard[]): unknown[] =>
  [...new Set(shards.map(({ owner }) => owner))].sort()
