// rascal's advanced example: failed messages wait in a queue whose messages expire, come back by
// dead-lettering, and end among the dead letters when their attempts are used up.

import type { VhostConfig } from 'rascal'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { openRascal, publish, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

const failed = new Error('connection timed out')

/** The example's virtual host, with a delay of milliseconds in place of a minute. */
const registration: VhostConfig = {
  exchanges: ['service', 'delay', 'retry', 'dead_letters'],
  queues: {
    'user:save': {
      options: {
        arguments: {
          'x-dead-letter-exchange': 'dead_letters',
          'x-dead-letter-routing-key': 'registration.dead_letter',
        },
      },
    },
    'delay:short': {
      options: { arguments: { 'x-message-ttl': 30, 'x-dead-letter-exchange': 'retry' } },
    },
    'dead_letters:registration': {},
  },
  bindings: {
    save: { source: 'service', destination: 'user:save', bindingKey: 'webapp.user.created.#' },
    delay: { source: 'delay', destination: 'delay:short', bindingKey: 'delay.short' },
    // Qualified like the queue's own name, which forwarding puts before the key.
    retry: {
      source: 'retry',
      destination: 'user:save',
      bindingKey: 'user:save.#',
      qualifyBindingKeys: true,
    },
    dead: {
      source: 'dead_letters',
      destination: 'dead_letters:registration',
      bindingKey: 'registration.dead_letter',
    },
  },
  subscriptions: {
    save_user: { queue: 'user:save' },
    dead: { queue: 'dead_letters:registration' },
  },
  publications: {
    user_created: { exchange: 'service', routingKey: 'webapp.user.created.gb' },
    retry_soon: { exchange: 'delay', options: { CC: ['delay.short'] } },
  },
}

test('a failed message comes back after the delay, until its attempts are used up', async () => {
  const { rascalBroker } = await openRascal(broker.url, registration)
  const { inbox } = await subscribe(rascalBroker, 'save_user')
  const { inbox: dead } = await subscribe(rascalBroker, 'dead')
  const queue = rascalBroker.getFullyQualifiedName('/', 'user:save')
  const delayQueue = rascalBroker.getFullyQualifiedName('/', 'delay:short')
  const messageId = await publish(rascalBroker, 'user_created', { username: 'cressie' })

  for (let attempt = 0; attempt < 3; attempt++) {
    const { message, content, ackOrNack } = await inbox.next()
    const headers = message.properties.headers ?? {}
    expect(content).toEqual({ username: 'cressie' })
    expect(message.properties.messageId).toBe(messageId)
    expect(message.fields.routingKey).toBe('webapp.user.created.gb')
    expect(headers['rascal'].recovery?.[queue]?.forwarded).toBe(attempt || undefined)
    if (attempt > 0) {
      expect(headers['x-death']?.[0]).toMatchObject({
        queue: delayQueue,
        reason: 'expired',
        exchange: rascalBroker.getFullyQualifiedName('/', 'delay'),
      })
    }
    ackOrNack(failed, [
      { strategy: 'forward', publication: 'retry_soon', attempts: 2, xDeathFix: true },
      { strategy: 'nack' },
    ])
  }

  const { message, content, ackOrNack } = await dead.next()
  expect(content).toEqual({ username: 'cressie' })
  expect(message.properties.headers?.['x-death']?.[0]).toMatchObject({
    count: 1,
    reason: 'rejected',
    queue,
  })
  ackOrNack()
})

test('a message is annotated before it joins the dead letters', async () => {
  const { rascalBroker } = await openRascal(broker.url, registration)
  const { inbox } = await subscribe(rascalBroker, 'save_user')
  const { inbox: dead } = await subscribe(rascalBroker, 'dead')
  await publish(rascalBroker, 'user_created', { username: 'duplicate' })
  const job = await inbox.next()
  job.ackOrNack(failed, { strategy: 'republish', immediateNack: true })

  const { message, ackOrNack } = await dead.next()
  expect(message.properties.headers?.['rascal'].error.message).toBe(failed.message)
  ackOrNack()
  // The second delivery, which was nacked at once, never reached the handler.
  expect(inbox.waiting).toEqual([])
})

test('a dead letter that is put back is handled like a new message', async () => {
  const { rascalBroker } = await openRascal(broker.url, registration)
  const { inbox } = await subscribe(rascalBroker, 'save_user')
  const { inbox: dead } = await subscribe(rascalBroker, 'dead')
  await publish(rascalBroker, 'user_created', 'second chance')
  const first = await inbox.next()
  first.ackOrNack(failed, { strategy: 'nack' })
  const letter = await dead.next()
  const publication = await rascalBroker.forward('/user:save', letter.message)
  await new Promise((resolve) => publication.on('success', resolve))
  letter.ackOrNack()
  const again = await inbox.next()
  expect(again.content).toBe('second chance')
  expect(again.message.properties.headers?.['x-death']).toHaveLength(1)
  again.ackOrNack()
})
