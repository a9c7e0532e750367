// RPC of @cloudamqp/amqp-client: direct reply-to on one side, a queue on the other.

import { type AMQPRPCClient, AMQPSession, builtinParsers } from '@cloudamqp/amqp-client'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch } from '../support/scratch.ts'
import { openSession } from './client.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** A server that echoes, and a session for its clients. */
async function echo() {
  const queue = scratch.queue('echo')
  const serving = await openSession(broker.url)
  await serving.rpcServer(queue, (request) => `processed:${request.bodyString()}`)
  return { queue, session: await openSession(broker.url) }
}

test('a single call makes and closes a client of its own', async () => {
  const { queue, session } = await echo()
  const reply = await session.rpcCall(queue, 'hello', { timeout: 5000 })
  expect(reply.bodyString()).toBe('processed:hello')
})

test('a client is used again for many calls at a time', async () => {
  const { queue, session } = await echo()
  const clients = [await session.rpcClient(), await session.rpcClient()] as const
  const ask = async (rpc: AMQPRPCClient, question: string) =>
    (await rpc.call(queue, question)).bodyString()
  const questions = Array.from({ length: 30 }, (_, i) => `q${i}`)
  const answers = await Promise.all(questions.map((q, i) => ask(clients[i % 2 ? 1 : 0], q)))
  expect(answers).toEqual(questions.map((question) => `processed:${question}`))
  for (const rpc of clients) await rpc.close()
})

test('objects are questions and answers where the sessions parse JSON', async () => {
  const options = { parsers: builtinParsers, defaultContentType: 'application/json' } as const
  const serving = await AMQPSession.connect(broker.url, options)
  const asking = await AMQPSession.connect(broker.url, options)
  onTestFinished(async () => {
    await asking.stop()
    await serving.stop()
  })
  const queue = scratch.queue('sums')
  await serving.rpcServer(queue, (request) => {
    const { a, b } = request.body as { a: number; b: number }
    return { sum: a + b }
  })
  const reply = await asking.rpcCall(queue, { a: 20, b: 22 }, { timeout: 5000 })
  expect(reply.body).toEqual({ sum: 42 })
})

test('a call that is not answered times out', async () => {
  const session = await openSession(broker.url)
  const queue = await session.queue(scratch.queue('silent'))
  await expect(session.rpcCall(queue.name, 'anyone?', { timeout: 50 })).rejects.toThrow(
    'No response received in 50ms',
  )
})

test('a client and a server are of use again after an outage', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const connected = new Inbox<void>()
  const session = await openSession(link.url, { onconnect: () => connected.push() })
  await connected.next()
  const queue = scratch.queue('mended')
  await session.rpcServer(queue, (request) => `re: ${request.bodyString()}`)
  const rpc = await session.rpcClient()
  expect((await rpc.call(queue, 'one')).bodyString()).toBe('re: one')
  link.reset()
  await connected.next()
  expect((await rpc.call(queue, 'two')).bodyString()).toBe('re: two')
})
