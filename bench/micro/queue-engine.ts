// What the queue engine costs a message, without the wire around it.
//
//   npx tsx bench/micro/queue-engine.ts

import { Message } from '../../src/message/message.ts'
import { PublishAddress } from '../../src/message/publish-address.ts'
import { ClassicQueue } from '../../src/queue/classic-queue.ts'
import type { QueueConsumer } from '../../src/queue/queue.ts'
import { measure } from './measure.ts'
import { publishes } from './publishes.ts'

const MESSAGES = 1000
const BACKLOG = 100_000

const { bytes, starts, bodies } = publishes(16)
const methodEnd = starts[0]! + 8 + bytes.readUInt32BE(starts[0]! + 3)
const address = new PublishAddress('', 'a-queue', Buffer.from('\0\x07a-queue'), 0, 9)
const contentBytes = starts[1]! - methodEnd

function message(i: number): Message {
  const start = starts[i % bodies.length]! + methodEnd
  return new Message(address, bytes, start, start + contentBytes, [])
}

function queue(): ClassicQueue {
  const properties = {
    durable: false,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: new Map(),
  }
  return new ClassicQueue({
    name: 'a-queue',
    vhostName: '/',
    properties,
    events: { lastConsumerLeft() {}, expired() {}, deadLetter() {} },
  })
}

let delivered = 0
const consumer: QueueConsumer = {
  noAck: true,
  priority: 0,
  prefetchCount: 0,
  arguments: new Map(),
  canTake: () => true,
  deliver: () => {
    delivered++
  },
  cancelled() {},
}

const consumed = queue()
consumed.consume(consumer, false)
measure('publish to a queue whose consumer waits', MESSAGES, () => {
  for (let i = 0; i < MESSAGES; i++) consumed.publish(message(i))
})

const empty = queue()
measure('publish to a queue without consumers, then get', MESSAGES, () => {
  for (let i = 0; i < MESSAGES; i++) empty.publish(message(i))
  while (empty.get(true)) delivered++
})

const long = queue()
for (let i = 0; i < BACKLOG; i++) long.publish(message(i))
measure(`publish and get with ${BACKLOG} messages in the queue`, MESSAGES, () => {
  for (let i = 0; i < MESSAGES; i++) {
    long.publish(message(i))
    if (long.get(true)) delivered++
  }
})

measure(`take and requeue with ${BACKLOG} messages in the queue`, MESSAGES, () => {
  const taken = Array.from({ length: MESSAGES }, () => long.get(false)!)
  long.requeue(taken)
})

if (delivered === 0) throw new Error('nothing was delivered')
