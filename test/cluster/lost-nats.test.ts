// Brokers whose NATS servers all go away, and come back.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { NatsCluster } from '../../scripts/nats/nats-cluster.ts'
import { ask } from './support/ask.ts'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('a cluster that loses all NATS servers', () => {
  let directory: string
  let servers: NatsCluster
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
    servers = await NatsCluster.start({ directory, user: 'test', password: 'test' })
  })
  // Called last.
  afterAll(async () => {
    await servers?.stop('SIGKILL')
    rmSync(directory, { recursive: true })
  })
  const { nodes } = clusterHere({ size: 2, servers: () => servers.urls })

  const inService = async (): Promise<number[]> => {
    const asked = nodes.map((node) => ask(node, '/health/checks/is-in-service'))
    return (await Promise.all(asked)).map(({ status }) => status)
  }

  it('confirms and declares nothing meanwhile, and goes on by itself with all that was there', async () => {
    const [one, two] = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    if (one === undefined || two === undefined) throw new Error('there are too few nodes')
    const channel = await one.createConfirmChannel()
    await channel.assertQueue('kept')
    const { queue: own } = await channel.assertQueue('', { exclusive: true })
    channel.sendToQueue('kept', Buffer.from('before'), { persistent: true })
    await channel.waitForConfirms()

    await servers.stop('SIGKILL')
    await expect.poll(inService, { timeout: 10_000 }).toEqual([503, 503])
    let isConfirmed = false
    channel.sendToQueue('kept', Buffer.from('meanwhile'), { persistent: true }, () => {
      isConfirmed = true
    })
    const declaring = await two.createChannel()
    const refused = new Promise<Error>((resolve) => declaring.once('error', resolve))
    await expect(declaring.assertQueue('new')).rejects.toThrow('definitions cannot be stored')
    await refused
    expect(isConfirmed).toBe(false)

    for (const server of servers.servers) server.start()
    await servers.ready()
    await expect.poll(inService, { timeout: 20_000 }).toEqual([200, 200])
    await channel.waitForConfirms()
    channel.sendToQueue(own, Buffer.from('to its connection'))
    await channel.waitForConfirms()
    const message = await channel.get(own)
    if (!message) throw new Error('the exclusive queue is empty')
    expect(message.content.toString()).toBe('to its connection')
    const reading = await two.createChannel()
    const bodies = [await reading.get('kept', { noAck: true }), await reading.get('kept')]
    expect(bodies.map((got) => (got || undefined)?.content.toString())).toEqual([
      'before',
      'meanwhile',
    ])
    await reading.assertQueue('new')
    await Promise.all([one.close(), two.close()])
  }, 90_000)

  it('ends meanwhile without waiting for them', async () => {
    const connection = await amqplib.connect(nodes[0]?.url ?? '')
    connection.on('error', () => {})
    const channel = await connection.createChannel()
    await channel.assertQueue('', { exclusive: true })
    await servers.stop('SIGKILL')
    channel.sendToQueue('kept', Buffer.from('too late'), { persistent: true })
    await Promise.all(nodes.map((node) => node.stop()))
  }, 20_000)
})
