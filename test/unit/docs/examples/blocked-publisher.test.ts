import { once } from 'node:events'
import { connect } from 'amqplib'
import { expect, it } from 'vitest'
import { createBroker } from '../../../../src/index.ts'

it('tells publishers when it is short of memory', async () => {
  const broker = await createBroker({ port: 0 })
  const connection = await connect(broker.url)
  const channel = await connection.createConfirmChannel()

  broker.setAlarm('memory', true)
  channel.publish('amq.fanout', '', Buffer.from('held back'))
  expect(await once(connection, 'blocked')).toEqual(['low on memory'])

  broker.setAlarm('memory', false)
  await once(connection, 'unblocked')
  await channel.waitForConfirms()
  await connection.close()
  await broker.close()
})
