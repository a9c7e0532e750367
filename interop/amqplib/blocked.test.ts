// What amqplib's programs see of a broker that is short of memory: publishers are held back and
// told so, consumers are served.

import { afterAll, expect } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { unique } from '../support/scratch.ts'
import { consumeInto, openChannel, openConnection, texts } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

ownBrokerTest('a publisher is blocked, loses nothing, and is let go on', async () => {
  const connection = await openConnection(broker.url)
  const events = new Inbox<string>()
  connection.on('blocked', (reason) => events.push(`blocked: ${reason}`))
  connection.on('unblocked', () => events.push('unblocked'))
  const channel = await connection.createConfirmChannel()
  const queue = unique('blocked')
  await channel.assertQueue(queue)
  const consumer = await openChannel(broker.url)
  const { inbox } = await consumeInto(consumer, queue, { noAck: true })

  broker.setAlarm(true)
  const bodies = Array.from({ length: 20 }, (_, i) => `${i}`)
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body))
  expect(await events.next()).toBe('blocked: low on memory')
  broker.setAlarm(false)
  expect(await events.next()).toBe('unblocked')
  await channel.waitForConfirms()
  expect(texts(await inbox.take(20))).toEqual(bodies)
})

ownBrokerTest('consumers go on with what there is while publishers wait', async () => {
  const queue = unique('consumed')
  const connection = await openConnection(broker.url)
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue)
  for (let i = 0; i < 5; i++) channel.sendToQueue(queue, Buffer.from(`${i}`))
  await channel.waitForConfirms()
  const blocked = new Promise((resolve) => connection.once('blocked', resolve))
  const unblocked = new Promise((resolve) => connection.once('unblocked', resolve))

  broker.setAlarm(true)
  channel.sendToQueue(queue, Buffer.from('5'))
  await blocked
  const consumer = await openChannel(broker.url)
  const { inbox } = await consumeInto(consumer, queue)
  for (let i = 0; i < 5; i++) {
    const message = await inbox.next()
    expect(texts([message])).toEqual([`${i}`])
    if (message !== null) consumer.ack(message)
  }
  broker.setAlarm(false)
  await unblocked
  expect(texts([await inbox.next()])).toEqual(['5'])
})
