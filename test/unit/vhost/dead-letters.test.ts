// From queue to queue, through the exchanges of a vhost. https://www.rabbitmq.com/docs/dlx

import { fieldTableFromObject } from 'amqp-codec'
import { beforeEach, describe, expect, it } from 'vitest'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
import { Message } from '../../../src/message/message.ts'
import { PublishAddress } from '../../../src/message/publish-address.ts'
import type { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { queueFactory } from '../../../src/vhost/queue-factory.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

const OWNER = {}

let clock: FakeClock
let vhost: Vhost

beforeEach(() => {
  clock = new FakeClock()
  vhost = new Vhost('/', { clock, createQueue: queueFactory({ ...memoryOnly(), clock }) })
})

function declare(name: string, sketch: Readonly<Record<string, unknown>> = {}): ClassicQueue {
  const properties = {
    durable: false,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: fieldTableFromObject(sketch),
  }
  return vhost.declareQueue(name, properties, OWNER) as ClassicQueue
}

/** A queue whose messages go to the queue of that name when they die. */
const declareTo = (name: string, next: string, sketch: Readonly<Record<string, unknown>> = {}) =>
  declare(name, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': next, ...sketch })

function declareExchange(name: string, type: string, ...bindings: [key: string, queue: string][]) {
  const flags = { durable: false, autoDelete: false, internal: false }
  vhost.declareExchange(name, { type, ...flags, arguments: new Map() })
  for (const [routingKey, destination] of bindings) {
    const binding = { source: name, kind: 'queue', destination, routingKey } as const
    vhost.bind({ ...binding, arguments: new Map() }, OWNER)
  }
}

const publish = (queue: Queue, name: string, expiration?: string) =>
  queue.publish(
    sampleMessage(name, {
      routingKey: queue.name,
      properties: expiration === undefined ? {} : { expiration },
    }),
  )

/** Takes all that is ready, as `name by key`. */
function drain(queue: ClassicQueue): string[] {
  const found: string[] = []
  for (let taken = queue.get(true); taken !== undefined; taken = queue.get(true)) {
    found.push(`${bodyOf(taken.message).toString()} by ${taken.message.address.routingKey}`)
  }
  return found
}

function rejectFirst(queue: ClassicQueue): void {
  queue.reject([queue.get(false)!])
}

describe('a dead message', () => {
  it('goes to the exchange that its queue names, by the key that it came with', () => {
    const dead = declare('dead')
    const other = declare('other')
    const queue = declare('q', { 'x-dead-letter-exchange': 'dlx' })
    declareExchange('dlx', 'direct', ['q', 'dead'], ['other', 'other'])
    publish(queue, 'm')
    rejectFirst(queue)
    expect([drain(dead), drain(other)]).toEqual([['m by q'], []])
  })

  it('goes by the key that its queue names, if it names one', () => {
    const dead = declare('dead')
    const queue = declareTo('q', 'dead')
    publish(queue, 'm')
    rejectFirst(queue)
    expect(drain(dead)).toEqual(['m by dead'])
  })

  it('keeps a key that is no text, octet by octet', () => {
    const dead = declare('dead')
    const queue = declare('q', { 'x-dead-letter-exchange': 'dlx' })
    declareExchange('dlx', 'fanout', ['', 'dead'])
    for (const octet of [0xfe, 0xff]) {
      const length = 200
      const octets = Buffer.from([0, length, ...new Array<number>(length).fill(octet)])
      const address = new PublishAddress('', octets.toString('utf8', 2), octets, 0, octets.length)
      const { buffer, start, end, rest } = sampleMessage('m')
      queue.publish(new Message(address, buffer, start, end, rest))
      rejectFirst(queue)
      const { address: now } = dead.get(true)!.message
      const expected = Buffer.concat([Buffer.from('\x03dlx'), octets.subarray(1)])
      expect(now.buffer.subarray(now.start, now.end)).toEqual(expected)
    }
  })

  it('shows no more of a key than a short string can have', () => {
    const dead = declare('dead')
    const key = `${'k'.repeat(254)}\u00e9 and more`
    const sketch = { 'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': key }
    const queue = declare('q', sketch)
    declareExchange('dlx', 'fanout', ['', 'dead'])
    publish(queue, 'm')
    rejectFirst(queue)
    const { address } = dead.get(true)!.message
    const expected = `\x03dlx\xfe${'k'.repeat(254)}`
    expect(address.buffer.toString('latin1', address.start, address.end)).toBe(expected)
  })

  it('goes by its CC keys too, unless its queue names another', () => {
    const copied = declare('copied')
    declare('dead')
    const headers = fieldTableFromObject({ CC: ['copied'] })
    const message = () => sampleMessage('m', { routingKey: 'q', properties: { headers } })
    const queue = declare('q', { 'x-dead-letter-exchange': '' })
    queue.publish(message())
    rejectFirst(queue)
    expect(drain(copied)).toEqual(['m by q'])
    const named = declareTo('named', 'dead')
    named.publish(message())
    rejectFirst(named)
    expect(drain(copied)).toEqual([])
  })

  it('goes to as many queues as its exchange says, as one message', () => {
    const queues = ['a', 'b', 'c'].map((name) => declare(name))
    const queue = declare('q', { 'x-dead-letter-exchange': 'dlx' })
    declareExchange('dlx', 'fanout', ['', 'a'], ['', 'b'], ['', 'c'])
    publish(queue, 'm')
    rejectFirst(queue)
    const messages = queues.map((one) => one.get(true)?.message)
    expect([new Set(messages).size, messages[0]?.address.exchange]).toEqual([1, 'dlx'])
  })

  it('is gone when there is no such exchange, or it leads nowhere', () => {
    const lost = declare('lost', { 'x-dead-letter-exchange': 'missing' })
    const stray = declareTo('stray', 'missing')
    for (const queue of [lost, stray]) {
      publish(queue, 'm')
      rejectFirst(queue)
      expect([queue.readyCount, queue.unackedCount]).toEqual([0, 0])
    }
  })

  it('finds an exchange that was declared later', () => {
    const dead = declare('dead')
    const queue = declare('q', { 'x-dead-letter-exchange': 'dlx' })
    declareExchange('dlx', 'fanout', ['', 'dead'])
    publish(queue, 'm')
    rejectFirst(queue)
    expect(dead.readyCount).toBe(1)
  })

  it('is gone when the queue refuses it that it is for', () => {
    const full = declare('full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' })
    publish(full, 'first')
    const queue = declareTo('q', 'full')
    publish(queue, 'm')
    rejectFirst(queue)
    expect(drain(full)).toEqual(['first by full'])
  })

  it('is published with its time in seconds', () => {
    const dead = declare('dead')
    const queue = declareTo('q', 'dead')
    publish(queue, 'm', '1500')
    clock.advance(1500)
    const history = dead.get(true)?.message.headers?.get('x-death')
    const entry = history?.type === 'A' ? history.value[0] : undefined
    const time = entry?.type === 'F' ? entry.value.get('time') : undefined
    expect(time).toEqual({ type: 'T', value: BigInt(Math.floor(clock.wallTime() / 1000)) })
  })
})

describe('a chain of queues', () => {
  it('is gone through at once where each is full', () => {
    const end = declare('end')
    for (let n = 0; n < 50; n++)
      declareTo(`${n}`, n === 49 ? 'end' : `${n + 1}`, { 'x-max-length': 0 })
    publish(vhost.queues.find('0')!, 'm')
    expect(drain(end)).toEqual(['m by end'])
  })

  it('keeps the order in which messages expire', () => {
    const end = declare('end')
    const second = declareTo('second', 'end', { 'x-message-ttl': 10 })
    const first = declareTo('first', 'second', { 'x-message-ttl': 10 })
    const names = Array.from({ length: 20 }, (_, n) => `m${n}`)
    for (const name of names) publish(first, name)
    clock.advance(10)
    expect([first.readyCount, second.readyCount]).toEqual([0, 20])
    clock.advance(10)
    expect(drain(end)).toEqual(names.map((name) => `${name} by end`))
  })

  it('gives a delay: what was rejected comes back when it has expired elsewhere', () => {
    const work = declareTo('work', 'wait')
    declareTo('wait', 'work', { 'x-message-ttl': 1000 })
    publish(work, 'm')
    for (let round = 0; round < 3; round++) {
      rejectFirst(work)
      expect(work.readyCount).toBe(0)
      clock.advance(1000)
      expect(work.readyCount).toBe(1)
    }
  })

  it('dead-letters what its last queue refuses, too', () => {
    const end = declare('end')
    const options = { 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' }
    const second = declareTo('second', 'end', options)
    const first = declareTo('first', 'second', options)
    expect([publish(first, 'm'), second.readyCount]).toEqual([REJECTED, 0])
    expect(drain(end)).toEqual(['m by end'])
  })
})

describe('a ring of queues', () => {
  it('ends a message that goes round by itself', () => {
    const first = declareTo('first', 'second', { 'x-message-ttl': 10 })
    const second = declareTo('second', 'first', { 'x-message-ttl': 10 })
    publish(first, 'm')
    clock.advance(10)
    expect([first.readyCount, second.readyCount]).toEqual([0, 1])
    clock.advance(10)
    expect([first.readyCount, second.readyCount]).toEqual([0, 0])
  })

  it('ends at once where none of them may have anything', () => {
    const first = declareTo('first', 'second', { 'x-max-length': 0 })
    declareTo('second', 'first', { 'x-max-length': 0 })
    expect(publish(first, 'm')).toBe(ACCEPTED)
    expect(first.readyCount).toBe(0)
  })

  it('ends, however many they are', () => {
    for (let n = 0; n < 300; n++) declareTo(`${n}`, `${(n + 1) % 300}`, { 'x-max-length': 0 })
    publish(vhost.queues.find('0')!, 'm')
    expect(vhost.queues.find('0')?.readyCount).toBe(0)
  })

  it('ends whatever a client has written into the history', () => {
    const first = declareTo('first', 'second', { 'x-max-length': 0 })
    declareTo('second', 'first', { 'x-max-length': 0 })
    for (const history of ['a text', ['a text'], [{}], [{ queue: 5, reason: 'rejected' }]]) {
      const headers = fieldTableFromObject({ 'x-death': history })
      first.publish(sampleMessage('m', { properties: { headers } }))
      expect(first.readyCount).toBe(0)
    }
  })

  it('is none for what is rejected: a queue may be its own dead-letter queue', () => {
    const queue = declareTo('q', 'q')
    publish(queue, 'm')
    rejectFirst(queue)
    rejectFirst(queue)
    expect(drain(queue)).toEqual(['m by q'])
  })

  it('is one for a queue alone where its messages expire', () => {
    const queue = declareTo('q', 'q', { 'x-message-ttl': 10 })
    publish(queue, 'm')
    clock.advance(10)
    expect(queue.readyCount).toBe(0)
  })
})
