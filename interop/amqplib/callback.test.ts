// amqplib's callback API beyond the tutorials: what callbacks are told when things go well and
// when they do not.

import { type Channel, type ConfirmChannel, connect } from 'amqplib/callback_api'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { orThrow, program, text } from './program.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** A channel on a connection of its own. */
function channel(): Promise<Channel> {
  return new Promise((resolve) => {
    program(broker.url, (connection) => {
      connection.createChannel((error, opened) => {
        orThrow(error)
        resolve(opened)
      })
    })
  })
}

/** Calls with a callback, and answers with what that was called with. */
function called<T>(call: (callback: (error: unknown, ok: T) => void) => void): Promise<{
  error: unknown
  ok: T
}> {
  return new Promise((resolve) => {
    call((error, ok) => resolve({ error, ok }))
  })
}

test('declares, counts, gets and deletes answer their callbacks in order', async () => {
  const ch = await channel()
  const [queue, exchange] = [scratch.queue('answers'), scratch.exchange('answers')]
  const order = new Inbox<string>()
  ch.assertQueue(queue, {}, (_e, ok) => order.push(`queue ${ok.messageCount}`))
  ch.assertExchange(exchange, 'fanout', { durable: false }, () => order.push('exchange'))
  ch.bindQueue(queue, exchange, '', {}, () => {
    order.push('bound')
    // amqplib sends one call at a time; a publish does not wait for those that are queued.
    ch.publish(exchange, '', Buffer.from('one'))
    ch.get(queue, { noAck: true }, (_e, message) => {
      if (message) order.push(`${text(message)} ${message.fields.messageCount}`)
    })
    ch.get(queue, {}, (_e, message) => order.push(message ? 'full' : 'empty'))
    ch.unbindQueue(queue, exchange, '', {}, () => order.push('unbound'))
    ch.purgeQueue(queue, (_e, ok) => order.push(`purged ${ok.messageCount}`))
    ch.deleteQueue(queue, {}, (_e, ok) => order.push(`deleted ${ok.messageCount}`))
    ch.deleteExchange(exchange, {}, () => order.push('gone'))
  })
  expect(await order.take(9)).toEqual([
    'queue 0',
    'exchange',
    'bound',
    'one 0',
    'empty',
    'unbound',
    'purged 0',
    'deleted 0',
    'gone',
  ])
})

test('a failed call gives its callback the error, and the later ones theirs', async () => {
  const ch = await channel()
  const queue = unique('missing')
  const errors = new Inbox<Error & { code: number }>()
  const closed = new Inbox<void>()
  ch.on('error', (error) => errors.push(error as Error & { code: number }))
  ch.on('close', closed.push)
  const check = called((callback) => ch.checkQueue(queue, callback))
  const later = called((callback) => ch.assertQueue('', {}, callback))
  expect((await check).error).toMatchObject({
    message: `Operation failed: QueueDeclare; 404 (NOT-FOUND) with message "NOT_FOUND - no queue '${queue}' in vhost '/'"`,
  })
  expect((await later).error).toBeInstanceOf(Error)
  expect(await errors.next()).toMatchObject({ code: 404, classId: 50, methodId: 10 })
  await closed.next()
})

test('a consumer is called with null when its queue goes away', async () => {
  const ch = await channel()
  const queue = scratch.queue('going')
  const inbox = new Inbox<string>()
  ch.assertQueue(queue)
  const consume = (callback: (error: unknown, ok: { consumerTag: string }) => void) =>
    ch.consume(queue, (message) => inbox.push(text(message)), { noAck: true }, callback)
  const { ok } = await called(consume)
  expect(ok.consumerTag).toMatch(/^amq\.ctag-/)
  ch.sendToQueue(queue, Buffer.from('last'))
  expect(await inbox.next()).toBe('last')
  ch.deleteQueue(queue)
  expect(await inbox.next()).toBe('cancelled')
})

test('publishes that were not confirmed when their channel failed report so', async () => {
  const outcome = await new Promise<{ errors: unknown[]; waited: unknown }>((resolve) => {
    program(broker.url, (connection) => {
      connection.createConfirmChannel((failure, confirming: ConfirmChannel) => {
        orThrow(failure)
        const errors: unknown[] = []
        confirming.on('error', () => {})
        for (let i = 0; i < 3; i++) {
          const lost = Buffer.from('lost')
          confirming.publish(unique('missing'), '', lost, {}, (error) => errors.push(error))
        }
        confirming.waitForConfirms((waited) => resolve({ errors, waited }))
      })
    })
  })
  expect(outcome.errors).toHaveLength(3)
  for (const error of [...outcome.errors, outcome.waited]) expect(error).toBeInstanceOf(Error)
})

test('a connection closes with its callback, and its channels with it', async () => {
  const events = new Inbox<string>()
  connect(broker.url, (error, connection) => {
    orThrow(error)
    connection.on('close', () => events.push('connection closed'))
    connection.createChannel((failure, ch) => {
      orThrow(failure)
      ch.on('close', () => events.push('channel closed'))
      ch.assertQueue('', { exclusive: true }, () => {
        connection.close(() => events.push('called back'))
      })
    })
  })
  expect((await events.take(3)).toSorted()).toEqual([
    'called back',
    'channel closed',
    'connection closed',
  ])
})

test('a refused connection calls back with the reason', async () => {
  const wrong = new URL(broker.url)
  wrong.password = 'wrong'
  const { error } = await called((callback) => connect(wrong.href, callback))
  expect(error).toMatchObject({ message: expect.stringContaining('403 (ACCESS-REFUSED)') })
})
