// rabbitmq-client through outages: its consumers and publishers mend themselves.

import { afterAll, expect, onTestFinished, test } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openRabbit, ready } from './rabbit.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

async function linkToBroker(): Promise<Link> {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  return link
}

test('a consumer and a publisher go on after the network broke', async () => {
  const link = await linkToBroker()
  const { rabbit, errors } = openRabbit(link.url)
  const queue = scratch.queue('outage')
  const handled = new Inbox<string>()
  const sub = rabbit.createConsumer({ queue, noAck: true }, (message) => handled.push(message.body))
  sub.on('error', () => {})
  await ready(sub)
  const pub = rabbit.createPublisher({ confirm: true, maxAttempts: 5 })
  await pub.send(queue, 'before')
  expect(await handled.next()).toBe('before')

  await link.cut()
  expect(await errors.next()).toBeInstanceOf(Error)
  const sent = pub.send(queue, 'during')
  const again = ready(sub)
  await link.mend()
  await Promise.all([sent, again])
  expect(await handled.next()).toBe('during')
  await pub.close()
  await sub.close()
})

test('a message in work during an outage is handled again', async () => {
  const link = await linkToBroker()
  const { rabbit } = openRabbit(link.url)
  const queue = scratch.queue('in-work')
  const started = new Inbox<boolean>()
  const finish = new Inbox<void>()
  const sub = rabbit.createConsumer({ queue }, async (message) => {
    started.push(message.redelivered)
    await finish.next()
  })
  sub.on('error', () => {})
  await ready(sub)
  const pub = openRabbit(broker.url).rabbit.createPublisher({ confirm: true })
  await pub.send(queue, 'job')
  expect(await started.next()).toBe(false)

  link.reset()
  finish.push()
  expect(await started.next()).toBe(true)
  finish.push()
  await sub.close()
  await pub.close()
})

test('a connection tries one host after the other', async () => {
  const dead = await linkToBroker()
  const deadHost = new URL(dead.url).host
  await dead.cut()
  const { rabbit, errors } = openRabbit(broker.url, {
    hosts: [deadHost, new URL(broker.url).host],
  })
  await rabbit.onConnect(5000)
  expect(await errors.next()).toMatchObject({ code: 'ECONNREFUSED' })
})

test('a wrong password, and a missing virtual host, are told apart', async () => {
  const url = new URL(broker.url)
  const { errors: login } = openRabbit(url.href, { url: url.href.replace('guest@', 'wrong@') })
  expect(await login.next()).toMatchObject({
    code: 'ACCESS_REFUSED',
    message: expect.stringContaining('Login was refused using authentication mechanism PLAIN'),
  })
  const vhost = unique('elsewhere')
  const { errors: open } = openRabbit(`${broker.url}/${vhost}`)
  expect(await open.next()).toMatchObject({
    code: 'NOT_ALLOWED',
    message: `ConnectionOpen: NOT_ALLOWED - vhost ${vhost} not found`,
  })
})

ownBrokerTest('a consumer and a publisher outlive a restart of the broker', async () => {
  const first = await startBroker()
  const { rabbit, errors } = openRabbit(first.url)
  const queue = unique('restarted')
  const handled = new Inbox<string>()
  const sub = rabbit.createConsumer({ queue }, (message) => handled.push(message.body))
  sub.on('error', () => {})
  await ready(sub)
  const pub = rabbit.createPublisher({ confirm: true, maxAttempts: 5 })
  await pub.send(queue, 'before')
  expect(await handled.next()).toBe('before')

  const again = ready(sub)
  await first.close()
  expect(await errors.next()).toMatchObject({
    code: 'CONNECTION_FORCED',
    message: "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
  })
  const second = await startBroker({ port: first.port })
  onTestFinished(() => second.close())
  await again
  await pub.send(queue, 'after')
  expect(await handled.next()).toBe('after')
  await pub.close()
  await sub.close()
})

ownBrokerTest('a publisher waits while the broker blocks it', async () => {
  const mine = await startBroker()
  onTestFinished(() => mine.close())
  const { rabbit } = openRabbit(mine.url)
  const events = new Inbox<string>()
  rabbit.on('connection.blocked', (reason) => events.push(`blocked: ${reason}`))
  rabbit.on('connection.unblocked', () => events.push('unblocked'))
  const queue = unique('blocked')
  const pub = rabbit.createPublisher({ confirm: true, queues: [{ queue }] })
  await pub.send(queue, 'before')

  mine.setAlarm(true)
  const first = pub.send(queue, 'first')
  expect(await events.next()).toBe('blocked: low on memory')
  expect(rabbit.ready).toBe(false)
  // Held back by the client, which has corked its socket.
  const second = pub.send(queue, 'second')
  mine.setAlarm(false)
  expect(await events.next()).toBe('unblocked')
  await Promise.all([first, second])
  expect(await rabbit.queueDeclare({ queue, passive: true })).toMatchObject({ messageCount: 3 })
  await pub.close()
})
