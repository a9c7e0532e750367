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

  it('may be used at all other nodes at once', async () => {
    const connections = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    const channels = await Promise.all(connections.map((connection) => connection.createChannel()))
    const useAll = channels.map(async (channel, index) => {
      for (let round = 0; round < 40; round++) {
        const queue = `used-${index}-${round}`
        await channel.assertQueue(queue)
        await channel.bindQueue(queue, 'amq.topic', queue)
        const elsewhere = channels.map((other) => other.checkQueue(queue))
        expect((await Promise.all(elsewhere)).map((found) => found.queue)).toEqual(
          channels.map(() => queue),
        )
        await channel.deleteQueue(queue)
      }
    })
    await Promise.all(useAll)
    await Promise.all(connections.map((connection) => connection.close()))
  })

  it('is what one of them wanted, where they want the same queue to be different', async () => {
    const connections = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    for (let round = 0; round < 20; round++) {
      const queue = `wanted-${round}`
      const tries = connections.map(async (connection, index) => {
        const channel = await connection.createChannel()
        channel.on('error', () => {})
        const wanted = { maxLength: index + 1 }
        return channel.assertQueue(queue, wanted).then(
          () => 'declared',
          ({ code }: { code: number }) => code,
        )
      })
      const outcomes = await Promise.all(tries)
      expect(outcomes.sort()).toEqual([406, 406, 'declared'])
    }
    await Promise.all(connections.map((connection) => connection.close()))
  })

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
