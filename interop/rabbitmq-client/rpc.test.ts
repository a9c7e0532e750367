// rabbitmq-client's RPC: answers come through the pseudo-queue amq.rabbitmq.reply-to, on the
// channel that asked.

import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openRabbit, ready } from './rabbit.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** Two services, each with a connection of its own: one squares numbers for the other. */
async function squaring() {
  const queue = scratch.queue('square')
  const server = openRabbit(broker.url).rabbit
  const service = server.createConsumer({ queue }, async (request, reply) => {
    if (request.body === 'silence') return
    await reply({ square: request.body ** 2 })
  })
  await ready(service)
  const client = openRabbit(broker.url).rabbit
  return { queue, service, client }
}

test('requests in parallel each get their own answer', async () => {
  const { queue, service, client } = await squaring()
  const rpc = client.createRPCClient({ confirm: true })
  const questions = Array.from({ length: 40 }, (_, i) => i)
  const answers = await Promise.all(questions.map((n) => rpc.send(queue, n)))
  expect(answers.map((answer) => answer.body)).toEqual(questions.map((n) => ({ square: n * n })))
  await rpc.close()
  await service.close()
})

test('two clients of the same service do not get the answers of each other', async () => {
  const { queue, service, client } = await squaring()
  const other = openRabbit(broker.url).rabbit
  const clients = [client.createRPCClient(), client.createRPCClient(), other.createRPCClient()]
  const answers = await Promise.all(clients.map((rpc, i) => rpc.send(queue, i + 2)))
  expect(answers.map((answer) => answer.body.square)).toEqual([4, 9, 16])
  for (const rpc of clients) await rpc.close()
  await service.close()
})

test('a request that nobody answers times out', async () => {
  const { queue, service, client } = await squaring()
  const rpc = client.createRPCClient({ timeout: 100 })
  await expect(rpc.send(queue, 'silence')).rejects.toMatchObject({ code: 'RPC_TIMEOUT' })
  expect((await rpc.send(queue, 5)).body).toEqual({ square: 25 })
  await rpc.close()
  await service.close()
})

test('a client sets up the queue that its service may not have made yet', async () => {
  const queue = scratch.queue('late-service')
  const client = openRabbit(broker.url).rabbit
  const rpc = client.createRPCClient({ queues: [{ queue }] })
  const asked = rpc.send(queue, 'are you there?')
  const server = openRabbit(broker.url).rabbit
  const service = server.createConsumer({ queue }, (_request, reply) => reply('now I am'))
  expect((await asked).body).toBe('now I am')
  await rpc.close()
  await service.close()
})

test('reply-to without a consumer for the answers is refused', async () => {
  const { rabbit } = openRabbit(broker.url)
  const channel = await rabbit.acquire()
  await channel.confirmSelect()
  const envelope = { routingKey: unique('any'), replyTo: 'amq.rabbitmq.reply-to' }
  await expect(channel.basicPublish(envelope, 'question')).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'BasicPublish: PRECONDITION_FAILED - fast reply consumer does not exist',
  })
})

test('a client and its service find each other again after the network broke', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const queue = scratch.queue('outage')
  const { rabbit } = openRabbit(link.url)
  const service = rabbit.createConsumer({ queue }, (request, reply) => reply(`re: ${request.body}`))
  service.on('error', () => {})
  await ready(service)
  const rpc = rabbit.createRPCClient({ maxAttempts: 5 })
  expect((await rpc.send(queue, 'one')).body).toBe('re: one')

  const again = ready(service)
  link.reset()
  await again
  expect((await rpc.send(queue, 'two')).body).toBe('re: two')
  await rpc.close()
  await service.close()
})
