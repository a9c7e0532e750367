import { once } from 'node:events'
import { connect } from 'amqplib'
import { expect, it } from 'vitest'
import { createBroker } from '../../../../src/index.ts'
import { ManualClock } from './manual-clock.ts'

it('drops a client that was silent for three heartbeats', async () => {
  const clock = new ManualClock()
  const broker = await createBroker({ port: 0, heartbeatSec: 30, clock })
  const connection = await connect(broker.url)
  const lost = once(connection, 'error')

  clock.advance(91_000)
  const [error] = await lost
  expect(error.message).toBe('Unexpected close')
  expect(broker.connectionCount).toBe(0)
  await broker.close()
})
