// Requests to queues that answer later, as those on other nodes do.

import { QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it, vi } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { REJECTED } from '../../../src/exchange/destination.ts'
import { publish } from '../../../src/management/publishing.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { SlowAnswers } from '../../support/slow-answers.ts'
import { LateTickets } from '../channel/late-tickets.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const Q = '/queues/%2F/q'
const LOOK = { count: 10, ackmode: 'ack_requeue_true', encoding: 'auto' }

async function start(...bodies: string[]): Promise<ManagedTestBroker> {
  const managed = await ManagedTestBroker.start()
  const channel = await (await managed.connect()).channel()
  await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
  await channel.publishAll('q', bodies).counts('q')
  return managed
}

describe('a queue that answers later', () => {
  it('is purged when it says so', async () => {
    const managed = await start('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'purge')
    let isPurged = false
    const answer = managed.delete(`${Q}/contents`).finally(() => {
      isPurged = true
    })
    await slow.asked()
    await managed.ask('/whoami')
    expect(isPurged).toBe(false)
    slow.answer()
    expect((await answer).status).toBe(204)
  })

  it('gives its messages, one after the other, and has them back', async () => {
    const managed = await start('a', 'b')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'get')
    const answer = managed.post(`${Q}/get`, LOOK)
    for (let asked = 0; asked < 3; asked++) {
      await slow.asked()
      slow.answer()
    }
    const shown = (await answer).json.map((one: { payload: string }) => one.payload)
    expect(shown).toEqual(['a', 'b'])
    expect((await managed.ask(Q)).json).toMatchObject({ messages_ready: 2 })
  })

  it('is counted before it is deleted only if it is empty', async () => {
    const managed = await start()
    const channel = await (await managed.connect()).channel()
    const slow = new SlowAnswers(ClassicQueue.prototype, 'counted')
    const answer = managed.delete(`${Q}?if-empty=true`)
    await slow.asked()
    channel.publishAll('q', ['a'])
    await channel.expectNothing()
    slow.answer()
    expect((await answer).status).toBe(400)
  })
})

describe('a declaration that another node was faster with', () => {
  it.each([
    ['queue', Q, 'queueStored', { auto_delete: true }],
    ['exchange', '/exchanges/%2F/e', 'exchangeStored', { type: 'topic' }],
  ])('is compared to the other %s', async (_, path, stored, different) => {
    const managed = await ManagedTestBroker.start()
    const slow = new SlowAnswers(Vhost.prototype, stored)
    const [same, other] = [managed.put(path), managed.put(path)]
    await slow.asked()
    vi.restoreAllMocks()
    await managed.delete(path)
    await managed.put(path, different)
    slow.answer()
    for (const answer of [same, other]) expect((await answer).status).toBe(400)
  })
})

it('a message that its queue refuses later is refused', async () => {
  const vhost = new Vhost('/')
  const properties = { durable: false, exclusiveOwner: null, autoDelete: false }
  const queue = vhost.declareQueue('q', { ...properties, arguments: new Map() }, {})
  const tickets = new LateTickets()
  const ticket = tickets.open()
  queue.publish = () => ticket
  const publication = {
    ...{ vhost, access: Access.unrestricted('guest', '/'), messageLog: tickets },
    ...{ exchange: '', routingKey: 'q', properties: {}, body: Buffer.from('x') },
  }
  const published = publish(publication)
  tickets.settle(ticket, REJECTED)
  await expect(published).rejects.toThrow('Unable to publish message')
})
