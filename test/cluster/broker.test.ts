// Brokers of one cluster, each used by clients of its own.

import amqplib from 'amqplib'
import { expect, it } from 'vitest'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('a cluster of three brokers', () => {
  const { nodes } = clusterHere()

  it('has queues that are declared on one node and used on the others at once', async () => {
    const [one, two, three] = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    const declaring = await one!.createChannel()
    const publishing = await two!.createConfirmChannel()
    const consuming = await three!.createChannel()
    for (const number of Array(12).keys()) {
      const queue = `everywhere-${number}`
      await declaring.assertQueue(queue)
      publishing.sendToQueue(queue, Buffer.from(queue), { persistent: true })
      await publishing.waitForConfirms()
      const message = await consuming.get(queue)
      if (!message) throw new Error(`${queue} is empty`)
      expect(message.content.toString()).toBe(queue)
      consuming.ack(message)
      await declaring.deleteQueue(queue)
    }
    await Promise.all([one, two, three].map((connection) => connection!.close()))
  })
})
