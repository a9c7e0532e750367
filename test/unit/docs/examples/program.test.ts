import { connect } from 'amqplib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Broker, createBroker } from '../../../../src/index.ts'

let broker: Broker

beforeAll(async () => {
  broker = await createBroker({ port: 0 })
})

afterAll(() => broker.close())

it('delivers what was published', async () => {
  const connection = await connect(broker.url)
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('')
  channel.sendToQueue(queue, Buffer.from('hello'))
  await channel.waitForConfirms()

  const message = await channel.get(queue, { noAck: true })
  expect(message).toMatchObject({ content: Buffer.from('hello') })
  await connection.close()
})
