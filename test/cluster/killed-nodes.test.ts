// Processes of a cluster that end in any way, while the clients of others go on.

import amqplib from 'amqplib'
import { expect, it } from 'vitest'
import { runProgram } from '../support/program.ts'
import { ask } from './support/ask.ts'
import { clusterOfProcesses } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('a cluster whose nodes are killed', () => {
  const { nodes } = clusterOfProcesses()
  const [first, second, third] = [0, 1, 2].map((index) => () => nodes[index]!) as [Get, Get, Get]
  type Get = () => (typeof nodes)[number]
  const states = async (node: Get): Promise<[name: string, running: boolean][]> => {
    const { json } = await ask(node(), '/nodes')
    return json.map(({ name, running }: { name: string; running: boolean }) => [name, running])
  }

  it('goes on with all queues on the connections to the other nodes', async () => {
    const connection = await amqplib.connect(first().url)
    const channel = await connection.createConfirmChannel()
    const queues = Array.from({ length: 12 }, (_, number) => `killed-${number}`)
    for (const queue of queues) {
      await channel.assertQueue(queue)
      channel.sendToQueue(queue, Buffer.from('before'), { persistent: true })
    }
    await channel.waitForConfirms()
    await third().kill()
    for (const queue of queues)
      channel.sendToQueue(queue, Buffer.from('after'), { persistent: true })
    await channel.waitForConfirms()
    expect(await states(first)).toEqual([
      ['leveret@n1', true],
      ['leveret@n2', true],
      ['leveret@n3', false],
    ])
    const consuming = await amqplib.connect(second().url)
    const consumer = await consuming.createChannel()
    for (const queue of queues) {
      const bodies = [await consumer.get(queue), await consumer.get(queue)]
      expect(bodies.map((got) => (got || undefined)?.content.toString())).toEqual([
        'before',
        'after',
      ])
      consumer.ackAll()
    }
    await third().start()
    await expect.poll(() => states(second)).toContainEqual(['leveret@n3', true])
    await Promise.all([connection.close(), consuming.close()])
  })

  it('is told about by the command line', async () => {
    const url = ['--url', second().managementUrl]
    const leveret = (...words: string[]) => runProgram(['cluster', ...words, ...url])
    const { json } = await ask(first(), '/cluster')
    expect(json.nodes.map(({ name }: { name: string }) => name)).toHaveLength(3)
    const status = await leveret('status')
    expect(status.stdout).toContain('Nodes\t3, away none, draining none')
    expect((await leveret('nodes')).stdout.split('\n').filter(Boolean)).toHaveLength(3)
    expect((await leveret('shards')).stdout.split('\n').filter(Boolean)).toHaveLength(6)
    expect(await leveret('drain', 'n3')).toMatchObject({
      exitCode: 0,
      stderr: 'Node "n3" is being drained\n',
    })
    await expect.poll(async () => (await leveret('shards')).stdout).not.toContain('leveret@n3')
    expect(await leveret('drain', 'n3', '--off')).toMatchObject({ exitCode: 0 })
    expect(await leveret('move', '0', 'n9')).toMatchObject({
      exitCode: 4,
      stderr: 'leveret: there is no node n9 in the cluster\n',
    })
    expect(await leveret('move', '0', 'n1')).toMatchObject({ exitCode: 0 })
    expect(await leveret('forget', 'n1')).toMatchObject({ exitCode: 1 })
  })

  it('is left in an orderly way by a node that is asked to end', async () => {
    const connection = await amqplib.connect(second().url)
    const channel = await connection.createConfirmChannel()
    const { queue } = await channel.assertQueue('kept', { durable: true })
    channel.sendToQueue(queue, Buffer.from('one'), { persistent: true })
    await channel.waitForConfirms()
    await first().stop()
    expect(first().output).not.toContain('"level":50')
    channel.sendToQueue(queue, Buffer.from('two'), { persistent: true })
    await channel.waitForConfirms()
    expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 2 })
    await first().start()
    await connection.close()
  })
})
