// rabbitmq-client over TLS.

import { afterAll, expect } from 'vitest'
import { ownBrokerTest } from '../support/broker.ts'
import { startTlsBroker } from '../support/tls-broker.ts'
import { openRabbit } from './rabbit.ts'

const { url, ca, cert, key, close } = await startTlsBroker()
afterAll(close)

ownBrokerTest('it publishes, confirms and gets', async () => {
  const { rabbit } = openRabbit(url, { tls: { ca, cert, key } })
  const { queue } = await rabbit.queueDeclare({ exclusive: true })
  const publisher = rabbit.createPublisher({ confirm: true })
  const body = 'abc'.repeat(100_000)
  await publisher.send(queue, body)
  expect(await rabbit.basicGet({ queue, noAck: true })).toMatchObject({ body })
  await publisher.close()
})

ownBrokerTest('it is told when the broker cannot be believed', async () => {
  const { errors } = openRabbit(url, { tls: true })
  expect(await errors.next()).toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
})
