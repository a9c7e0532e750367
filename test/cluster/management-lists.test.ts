// What the management API of one node tells of clients of the others, and of what passes through them.

import amqplib from 'amqplib'
import { afterEach, expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not used.
type Shown = any

nats.describe('what one node tells of all', () => {
  const { nodes } = clusterHere()
  const names = ['leveret@n1', 'leveret@n2', 'leveret@n3']
  const open: amqplib.ChannelModel[] = []
  const connectAll = async (): Promise<amqplib.ChannelModel[]> => {
    const connections = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    open.push(...connections)
    return connections
  }
  const get = async (node: number, path: string): Promise<Shown> =>
    (await ask(nodes[node]!, path)).json
  const nodesOf = (items: readonly { readonly node: string }[]): string[] =>
    items.map(({ node }) => node).sort()

  afterEach(async () => {
    await Promise.allSettled(open.splice(0).map(async (connection) => connection.close()))
    await expect.poll(async () => (await get(0, '/connections')).length).toBe(0)
  })

  it('lists the connections, channels and consumers of all nodes, and each by its name', async () => {
    const connections = await connectAll()
    const channels = await Promise.all(connections.map((one) => one.createChannel()))
    await channels[0]!.assertQueue('shared')
    await Promise.all(channels.map((channel) => channel.consume('shared', () => {})))
    for (const node of nodes.keys()) {
      for (const path of [
        '/connections',
        '/vhosts/%2F/connections',
        '/channels',
        '/vhosts/%2F/channels',
      ]) {
        expect(nodesOf(await get(node, path))).toEqual(names)
      }
      for (const path of ['/consumers', '/consumers/%2F']) {
        const consumers = await get(node, path)
        expect(nodesOf(consumers.map((one: Shown) => one.channel_details))).toEqual(names)
      }
      const queue = await get(node, '/queues/%2F/shared')
      expect(nodesOf(queue.consumer_details.map((one: Shown) => one.channel_details))).toEqual(
        names,
      )
    }
    for (const { name, node } of await get(0, '/channels')) {
      expect(await get(1, `/channels/${encodeURIComponent(name)}`)).toMatchObject({ name, node })
    }
    const page = await get(2, '/connections?page=2&page_size=2&sort=node')
    expect(page).toMatchObject({ total_count: 3, page: 2, items: [{ node: 'leveret@n3' }] })
  })

  it('tells of a consumer that alone gets everything, wherever that is', async () => {
    const channels = await Promise.all((await connectAll()).map((one) => one.createChannel()))
    await channels[0]!.assertQueue('alone', { arguments: { 'x-single-active-consumer': true } })
    for (const [index, channel] of channels.entries()) {
      await channel.consume('alone', () => {}, { consumerTag: `c${index}` })
    }
    for (const node of nodes.keys()) {
      const statuses = async (): Promise<string[]> => {
        const { consumer_details: all } = await get(node, '/queues/%2F/alone')
        return all.map((one: Shown) => `${one.consumer_tag} ${one.activity_status}`).sort()
      }
      await expect.poll(statuses).toEqual(['c0 single_active', 'c1 waiting', 'c2 waiting'])
      expect(await get(node, '/queues/%2F/alone')).toMatchObject({
        single_active_consumer_tag: 'c0',
      })
    }
  })

  it('closes a connection of another node', async () => {
    const [, , third] = await connectAll()
    const closed = new Promise<Error>((resolve) => third!.on('close', resolve))
    const { name } = (await get(0, '/connections')).find((one: Shown) => one.node === 'leveret@n3')
    const path = `/connections/${encodeURIComponent(name)}`
    expect(await get(0, path)).toMatchObject({ name, node: 'leveret@n3' })
    expect(await get(0, `${path}/channels`)).toEqual([])
    const headers = { authorization: `Basic ${btoa('guest:guest')}`, 'x-reason': 'enough of it' }
    const url = `${nodes[0]!.managementUrl}/api${path}`
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204)
    expect((await closed).message).toContain('enough of it')
    await expect.poll(async () => (await fetch(url, { headers })).status).toBe(404)
  })

  it('adds up what has passed through all nodes', async () => {
    const connections = await connectAll()
    const channels = await Promise.all(connections.map((one) => one.createConfirmChannel()))
    await channels[0]!.assertQueue('passed')
    await channels[0]!.assertExchange('passing', 'fanout')
    await channels[0]!.bindQueue('passed', 'passing', '')
    const before = (await get(0, '/overview')).message_stats?.publish ?? 0
    for (const channel of channels) channel.publish('passing', '', Buffer.from('x'))
    await Promise.all(channels.map((channel) => channel.waitForConfirms()))
    for (const node of nodes.keys()) {
      const overview = await get(node, '/overview')
      expect(overview.message_stats.publish - before).toBe(3)
      expect(overview.object_totals).toMatchObject({ connections: 3, channels: 3 })
      const exchange = await get(node, '/exchanges/%2F/passing')
      expect(exchange.message_stats).toMatchObject({ publish_in: 3, publish_out: 3 })
      expect(nodesOf(exchange.incoming.map((one: Shown) => one.channel_details))).toEqual(names)
      expect(exchange.outgoing).toMatchObject([
        { stats: { publish: 3 }, queue: { name: 'passed' } },
      ])
      const vhosts = await get(node, '/vhosts')
      expect(vhosts[0]).toMatchObject({
        message_stats: { publish: overview.message_stats.publish },
        cluster_state: Object.fromEntries(names.map((name) => [name, 'running'])),
      })
      // What is in a queue is told by who has it, once a second.
      await expect
        .poll(() => get(node, '/queues/%2F/passed'))
        .toMatchObject({
          messages_ready: 3,
          message_bytes: 3,
          message_stats: { publish: 3 },
          incoming: [{ stats: { publish: 3 } }],
        })
      await expect
        .poll(async () => (await get(node, '/queues')).find((one: Shown) => one.name === 'passed'))
        .toMatchObject({ messages: 3, message_bytes_ready: 3 })
    }
  })

  it('tells Prometheus of each queue on one node only', async () => {
    const [connection] = await connectAll()
    const channel = await connection!.createConfirmChannel()
    for (const number of Array(12).keys()) {
      await channel.assertQueue(`measured-${number}`)
      channel.sendToQueue(`measured-${number}`, Buffer.from('x'))
    }
    await channel.waitForConfirms()
    const metrics = async (node: number): Promise<string> => {
      const headers = { authorization: `Basic ${btoa('guest:guest')}` }
      const url = `${nodes[node]!.managementUrl}/metrics/per-object`
      return (await fetch(url, { headers })).text()
    }
    const ready = async (): Promise<(string | undefined)[]> => {
      const texts = await Promise.all([...nodes.keys()].map(metrics))
      return texts.flatMap((text) =>
        Array.from(
          text.matchAll(/^rabbitmq_queue_messages_ready\{.*queue="(measured-.*)"\} 1$/gm),
          ([, name]) => name,
        ),
      )
    }
    const all = Array.from({ length: 12 }, (_, number) => `measured-${number}`)
    await expect.poll(async () => (await ready()).sort()).toEqual(all.sort())
    const connections = await Promise.all([...nodes.keys()].map(metrics))
    expect(connections.map((text) => /^rabbitmq_connections (\d+)$/m.exec(text)?.[1])).toEqual([
      '1',
      '1',
      '1',
    ])
  })
})
