// The seven RabbitMQ tutorials again, as their callback programs are written: declares are sent
// without waiting for their answers, and the protocol's order does the rest.

import { randomUUID } from 'node:crypto'
import type { Channel } from 'amqplib/callback_api'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch } from '../support/scratch.ts'
import { orThrow, program, text } from './program.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** Runs `use` with a channel on a connection of its own. */
function onChannel(use: (channel: Channel) => void): void {
  program(broker.url, (connection) => {
    connection.createChannel((error, channel) => {
      orThrow(error)
      use(channel)
    })
  })
}

test('tutorial 1: receive.js may be started before send.js', async () => {
  const queue = scratch.queue('hello')
  const inbox = new Inbox<string>()
  onChannel((channel) => {
    channel.assertQueue(queue, { durable: false })
    channel.consume(queue, (message) => inbox.push(text(message)), { noAck: true })
  })
  onChannel((channel) => {
    channel.assertQueue(queue, { durable: false })
    channel.sendToQueue(queue, Buffer.from('Hello World!'))
  })
  expect(await inbox.next()).toBe('Hello World!')
})

test('tutorial 2: two workers with prefetch 1 share the tasks', async () => {
  const queue = scratch.queue('task_queue')
  const done = new Inbox<string>()
  const ready = new Inbox<string>()
  const worker = (name: string) => {
    onChannel((channel) => {
      channel.assertQueue(queue, { durable: true })
      channel.prefetch(1)
      channel.consume(
        queue,
        (task) => {
          if (task === null) return
          done.push(`${name}: ${text(task)}`)
          channel.ack(task)
        },
        { noAck: false },
        () => ready.push(name),
      )
    })
  }
  worker('one')
  worker('two')
  await ready.take(2)
  onChannel((channel) => {
    channel.assertQueue(queue, { durable: true })
    for (let i = 0; i < 10; i++)
      channel.sendToQueue(queue, Buffer.from(`task ${i}`), { persistent: true })
  })
  const results = await done.take(10)
  expect(new Set(results.map((line) => line.slice(5))).size).toBe(10)
  expect(results.some((line) => line.startsWith('one'))).toBe(true)
  expect(results.some((line) => line.startsWith('two'))).toBe(true)
})

/** The receiver of tutorials 3 to 5: a queue of its own, bound with each of the keys. */
function receiveLogs(exchange: string, type: string, keys: string[]): Promise<Inbox<string>> {
  return new Promise((resolve) => {
    const inbox = new Inbox<string>()
    onChannel((channel) => {
      channel.assertExchange(exchange, type, { durable: false })
      channel.assertQueue('', { exclusive: true }, (error, { queue }) => {
        orThrow(error)
        for (const key of keys) channel.bindQueue(queue, exchange, key)
        const print = { noAck: true }
        channel.consume(
          queue,
          (line) => inbox.push(text(line)),
          print,
          () => resolve(inbox),
        )
      })
    })
  })
}

/** The sender of tutorials 3 to 5. */
function emitLogs(exchange: string, type: string, keys: string[]): void {
  onChannel((channel) => {
    channel.assertExchange(exchange, type, { durable: false })
    for (const key of keys) channel.publish(exchange, key, Buffer.from(key))
  })
}

test('tutorial 3: a fanout exchange copies each line to every receiver', async () => {
  const exchange = scratch.exchange('logs')
  const receivers = await Promise.all([1, 2, 3].map(() => receiveLogs(exchange, 'fanout', [''])))
  emitLogs(exchange, 'fanout', ['first', 'second'])
  for (const receiver of receivers) expect(await receiver.take(2)).toEqual(['first', 'second'])
})

test('tutorial 4: a direct exchange routes by severity', async () => {
  const exchange = scratch.exchange('direct_logs')
  const errors = await receiveLogs(exchange, 'direct', ['error'])
  const rest = await receiveLogs(exchange, 'direct', ['info', 'warning'])
  emitLogs(exchange, 'direct', ['info', 'error', 'debug', 'warning', 'error'])
  expect(await errors.take(2)).toEqual(['error', 'error'])
  expect(await rest.take(2)).toEqual(['info', 'warning'])
})

test('tutorial 5: a topic exchange routes by pattern', async () => {
  const exchange = scratch.exchange('topic_logs')
  const orange = await receiveLogs(exchange, 'topic', ['*.orange.*'])
  const lazyOrRabbit = await receiveLogs(exchange, 'topic', ['*.*.rabbit', 'lazy.#'])
  emitLogs(exchange, 'topic', [
    'quick.orange.rabbit',
    'lazy.orange.elephant',
    'quick.orange.fox',
    'lazy.brown.fox',
    'lazy.pink.rabbit',
    'quick.brown.fox',
    'orange',
    'lazy',
  ])
  expect(await orange.take(3)).toEqual([
    'quick.orange.rabbit',
    'lazy.orange.elephant',
    'quick.orange.fox',
  ])
  expect(await lazyOrRabbit.take(5)).toEqual([
    'quick.orange.rabbit',
    'lazy.orange.elephant',
    'lazy.brown.fox',
    'lazy.pink.rabbit',
    'lazy',
  ])
})

test('tutorial 6: rpc_client.js gets the answer of rpc_server.js', async () => {
  const queue = scratch.queue('rpc_queue')
  onChannel((server) => {
    server.assertQueue(queue, { durable: false })
    server.prefetch(1)
    server.consume(queue, (request) => {
      if (request === null) return
      const square = Number(text(request)) ** 2
      server.sendToQueue(request.properties.replyTo, Buffer.from(String(square)), {
        correlationId: request.properties.correlationId,
      })
      server.ack(request)
    })
  })

  const replies = new Inbox<string>()
  onChannel((client) => {
    client.assertQueue(queue, { durable: false })
    client.assertQueue('', { exclusive: true }, (error, { queue: replyTo }) => {
      orThrow(error)
      const correlationId = randomUUID()
      const receive = { noAck: true }
      client.consume(
        replyTo,
        (reply) => {
          if (reply?.properties.correlationId === correlationId) replies.push(text(reply))
        },
        receive,
      )
      client.sendToQueue(queue, Buffer.from('30'), { correlationId, replyTo })
    })
  })
  expect(await replies.next()).toBe('900')
})

test('tutorial 7: the callback of each publish hears of its confirm', async () => {
  const confirmed = new Inbox<number>()
  const allConfirmed = new Inbox<void>()
  program(broker.url, (connection) => {
    connection.createConfirmChannel((error, channel) => {
      orThrow(error)
      channel.assertQueue('', { exclusive: true }, (failure, { queue }) => {
        orThrow(failure)
        for (let i = 0; i < 200; i++) {
          channel.sendToQueue(queue, Buffer.from(String(i)), { persistent: true }, (nack) => {
            orThrow(nack)
            confirmed.push(i)
          })
        }
        channel.waitForConfirms((nacked) => {
          orThrow(nacked)
          allConfirmed.push()
        })
      })
    })
  })
  const order = await confirmed.take(200)
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  await allConfirmed.next()
})
