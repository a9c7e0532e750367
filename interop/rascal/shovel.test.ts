// rascal's shovels: a subscription of one place connected to a publication of another.

import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { openRascal, publish, readyCount, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

test('a shovel moves what is there and what comes, in order, with its properties', async () => {
  const config = {
    exchanges: ['source_ex', 'target_ex'],
    queues: ['source_q', 'target_q'],
    bindings: ['source_ex[#] -> source_q', 'target_ex[#] -> target_q'],
    publications: { from: { exchange: 'source_ex' }, to: { exchange: 'target_ex' } },
    subscriptions: { moving: { queue: 'source_q' }, moved: { queue: 'target_q', prefetch: 100 } },
  }
  const { rascalBroker } = await openRascal(broker.url, config, { shovels: ['moving -> to'] })
  const { inbox } = await subscribe(rascalBroker, 'moved')
  for (let i = 0; i < 50; i++) {
    const options = { messageId: `m-${i}`, headers: { number: i } }
    await publish(rascalBroker, 'from', { i }, { routingKey: `key.${i}`, options })
  }
  const deliveries = await inbox.take(50)
  for (const [i, { message, content, ackOrNack }] of deliveries.entries()) {
    expect(content).toEqual({ i })
    expect(message.fields.routingKey).toBe(`key.${i}`)
    expect(message.properties).toMatchObject({ messageId: `m-${i}`, headers: { number: i } })
    ackOrNack()
  }
  await expect.poll(() => readyCount(rascalBroker, 'source_q')).toBe(0)
})

test('a message forwarded to where nobody listens is returned, and can be kept', async () => {
  const config = {
    exchanges: ['target_ex'],
    queues: ['source_q'],
    publications: { to: { exchange: 'target_ex', timeout: 0 } },
    subscriptions: { moving: { queue: 'source_q', prefetch: 1 } },
  }
  const { rascalBroker } = await openRascal(broker.url, config)
  await publish(rascalBroker, '/source_q', 'stays')
  const { inbox } = await subscribe(rascalBroker, 'moving')
  const { message, ackOrNack } = await inbox.next()
  // Confirmed, for it was routed to nothing, and returned: rascal tells both.
  const publication = await rascalBroker.forward('to', message)
  const returned = await new Promise((resolve) => publication.on('return', resolve))
  expect(returned).toMatchObject({ fields: { replyCode: 312 } })
  ackOrNack(new Error('nobody took it'), { strategy: 'nack', requeue: true })
  const again = await inbox.next()
  expect(again.content).toBe('stays')
  again.ackOrNack()
})
