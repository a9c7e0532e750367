// What goes from one node's queue or exchange to another's by itself.

import amqplib from 'amqplib'
import { expect, it } from 'vitest'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()
const REPLIES = 'amq.rabbitmq.reply-to'

nats.describe('a cluster of three brokers', () => {
  const { nodes } = clusterHere()
  const open = async (index: number) => {
    const connection = await amqplib.connect(nodes[index]!.url)
    return { connection, channel: await connection.createConfirmChannel() }
  }
  /** The first message that comes to a consumer on that channel. */
  const next = (channel: amqplib.Channel, queue: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const got = (message: amqplib.Message | null) => resolve(String(message?.content))
      channel.consume(queue, got, { noAck: true }).catch(reject)
    })

  it('brings replies back to the node of who asked', async () => {
    const [asking, answering] = [await open(0), await open(1)]
    const { queue } = await asking.channel.assertQueue('questions')
    const reply = next(asking.channel, REPLIES)
    asking.channel.sendToQueue(queue, Buffer.from('ping'), { replyTo: REPLIES })
    await asking.channel.waitForConfirms()
    const question = await answering.channel.get(queue, { noAck: true })
    if (!question) throw new Error('nothing was asked')
    const { replyTo } = question.properties
    await answering.channel.checkQueue(replyTo)
    answering.channel.sendToQueue(replyTo, Buffer.from('pong'))
    expect(await reply).toBe('pong')
    await asking.connection.close()
    const gone = answering.channel.checkQueue(replyTo)
    answering.channel.on('error', () => {})
    await expect(gone).rejects.toThrow(`NOT_FOUND - no queue '${replyTo}' in vhost '/'`)
    await answering.connection.close()
  })

  it('has taken back what a client held when that is told that it is closed', async () => {
    const [one, two] = [await open(0), await open(1)]
    for (const index of Array(6).keys()) {
      const queue = `held-${index}`
      await one.channel.assertQueue(queue)
      one.channel.sendToQueue(queue, Buffer.from('x'))
      await one.channel.waitForConfirms()
      const holding = await one.connection.createChannel()
      expect(await holding.get(queue)).toMatchObject({ content: Buffer.from('x') })
      await holding.close()
      expect(await two.channel.get(queue)).toMatchObject({ fields: { redelivered: true } })
    }
    await two.connection.close()
    for (const index of Array(6).keys()) {
      expect(await one.channel.checkQueue(`held-${index}`)).toMatchObject({ messageCount: 1 })
    }
    await one.connection.close()
  })

  it('brings dead letters, and what was delayed, to queues that are anywhere', async () => {
    const [one, two] = [await open(0), await open(1)]
    const type = { arguments: { 'x-delayed-type': 'fanout' } }
    await one.channel.assertExchange('later', 'x-delayed-message', type)
    for (const index of Array(6).keys()) {
      const [dying, last] = [`dying-${index}`, `last-${index}`]
      await one.channel.assertQueue(last)
      await one.channel.assertQueue(dying, {
        messageTtl: 50,
        deadLetterExchange: '',
        deadLetterRoutingKey: last,
      })
      await one.channel.bindQueue(dying, 'later', '')
    }
    const arrived = Array.from({ length: 6 }, (_, index) => next(one.channel, `last-${index}`))
    two.channel.publish('later', '', Buffer.from('x'), {
      persistent: true,
      headers: { 'x-delay': 100 },
    })
    await two.channel.waitForConfirms()
    expect(await Promise.all(arrived)).toEqual(Array(6).fill('x'))
    await Promise.all([one, two].map(({ connection }) => connection.close()))
  })
})
