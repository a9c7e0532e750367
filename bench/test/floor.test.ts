import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../../test/support/temporary-directory.ts'
import { Floor } from '../floor/floor.ts'
import { TurnLog } from '../floor/turn-log.ts'

async function connect(isFlushed: boolean): Promise<amqplib.ChannelModel> {
  const log = new TurnLog(join(temporaryDirectory(), 'log'), isFlushed)
  const floor = new Floor(log)
  const server = createServer((socket) => floor.accept(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const connection = await amqplib.connect(
    `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`,
  )
  onTestFinished(() => connection.close())
  return connection
}

describe.each([
  ['flushes', true],
  ['does not flush', false],
])('The floor, when it %s', (_, isFlushed) => {
  test('confirms messages and delivers them in order, as far as it has credit', async () => {
    const connection = await connect(isFlushed)
    const channel = await connection.createConfirmChannel()
    await channel.assertQueue('q', { durable: true })
    // From what fits a small flush to what comes in many chunks, and more frames than one.
    const bodies = [0, 1, 100, 5000, 70_000, 300_000].map((size) => Buffer.alloc(size, `${size}`))
    for (const body of bodies) channel.sendToQueue('q', body, { persistent: true })
    await channel.waitForConfirms()
    expect((await channel.checkQueue('q')).messageCount).toBe(bodies.length)

    const received: Buffer[] = []
    await channel.prefetch(2)
    const { consumerTag } = await channel.consume('q', (message) => {
      if (message === null) return
      received.push(message.content)
      if (received.length !== 1) channel.ack(message)
    })
    await expect.poll(() => received.length).toBe(bodies.length)
    expect(Buffer.concat(received).equals(Buffer.concat(bodies))).toBe(true)
    await channel.cancel(consumerTag)
    expect(await channel.purgeQueue('q')).toEqual({ messageCount: 0 })
  })
})
