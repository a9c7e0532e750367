// amqplib over TLS: with a password, and with a certificate that says who the client is.

import { credentials } from 'amqplib'
import { afterAll, expect } from 'vitest'
import { ownBrokerTest } from '../support/broker.ts'
import { startTlsBroker } from '../support/tls-broker.ts'
import { getOne, openConnection } from './session.ts'

const { url, ca, cert, key, close } = await startTlsBroker()
afterAll(close)

ownBrokerTest('messages of any size come through', async () => {
  const connection = await openConnection(url, { ca })
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('')
  const bodies = [0, 1, 20_000, 3_000_000].map((size) => Buffer.alloc(size, 'abc'))
  for (const body of bodies) channel.sendToQueue(queue, body)
  await channel.waitForConfirms()
  for (const body of bodies) expect((await getOne(channel, queue)).content.equals(body)).toBe(true)
})

ownBrokerTest('a broker that nobody vouches for is not connected to', async () => {
  await expect(openConnection(url)).rejects.toThrow('self-signed certificate')
})

ownBrokerTest('a certificate logs in', async () => {
  const external = { ca, cert, key, credentials: credentials.external() }
  const connection = await openConnection(url, external)
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('')
  channel.sendToQueue(queue, Buffer.from('mine'), { userId: 'ann' })
  await channel.waitForConfirms()
  expect((await getOne(channel, queue)).properties.userId).toBe('ann')
})

ownBrokerTest('without one there is only the password', async () => {
  const external = { ca, credentials: credentials.external() }
  await expect(openConnection(url, external)).rejects.toThrow()
  await openConnection(url, { ca })
})
