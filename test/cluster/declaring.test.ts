// Clients that declare at all nodes at once, while the node that writes the definitions of all goes.

import amqplib, { type ChannelModel } from 'amqplib'
import { expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { clusterOfProcesses } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'
import type { NodeProcess } from './support/node-process.ts'

const nats = natsTest()

nats.describe('what is declared at all nodes at once', () => {
  const { nodes } = clusterOfProcesses()
  const node = (index: number): NodeProcess => nodes[index] as NodeProcess
  let declaredCount = 0

  /** Declares until it is told to stop; gives what it was told is there. */
  function declaring(connection: ChannelModel): () => Promise<string[]> {
    const declared: string[] = []
    let isOver = false
    const loop = async (): Promise<string[]> => {
      const channel = await connection.createChannel()
      while (!isOver) {
        const queue = `declared-${declaredCount++}`
        await channel.assertQueue(queue)
        await channel.bindQueue(queue, 'amq.direct', queue)
        declared.push(queue)
        if (declared.length % 5 === 0) await channel.deleteQueue(declared.shift() as string)
      }
      return declared
    }
    const over = loop()
    return () => {
      isOver = true
      return over
    }
  }

  const queuesAt = async (index: number): Promise<string[]> => {
    const { json } = await ask(node(index), '/queues?columns=name')
    const names = json.map(({ name }: { name: string }) => name) as string[]
    return names.filter((name) => name.startsWith('declared-')).sort()
  }

  async function expectGoingOn(disturb: () => Promise<void>): Promise<void> {
    const [, second, third] = nodes
    const places = [second, third, second, third] as NodeProcess[]
    const connections = await Promise.all(places.map(({ url }) => amqplib.connect(url)))
    const before = await queuesAt(1)
    const loops = connections.map((connection) => declaring(connection))
    const moreThan = async (count: number): Promise<void> => {
      const most = declaredCount + count
      await expect.poll(() => declaredCount, { timeout: 15_000 }).toBeGreaterThan(most)
    }
    await moreThan(40)
    await disturb()
    await moreThan(40)
    const declared = (await Promise.all(loops.map((stop) => stop()))).flat()
    const expected = [...before, ...declared].sort()
    expect(await queuesAt(1)).toEqual(expected)
    expect(await queuesAt(2)).toEqual(expected)
    await Promise.all(connections.map((connection) => connection.close()))
  }

  it('is there also when the node is killed that writes it', async () => {
    await expectGoingOn(() => node(0).kill())
    await node(0).start()
    await expect.poll(() => queuesAt(0), { timeout: 10_000 }).toEqual(await queuesAt(1))
  })

  it('is there also when that node stops for a while, and goes on with what it was given', async () => {
    await expectGoingOn(async () => node(0).pause())
    const expected = await queuesAt(1)
    node(0).continue()
    await expect.poll(() => queuesAt(0), { timeout: 20_000 }).toEqual(expected)
    expect(await queuesAt(1)).toEqual(expected)
    expect(await queuesAt(2)).toEqual(expected)
  })
})
