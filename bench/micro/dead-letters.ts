// What a message costs that dies in two queues on its way to a third.
//
//   npx tsx bench/micro/dead-letters.ts

import { fieldTableFromObject } from 'amqp-codec'
import { Message } from '../../src/message/message.ts'
import { PublishAddress } from '../../src/message/publish-address.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { Vhost } from '../../src/vhost/vhost.ts'
import { measure } from './measure.ts'
import { publishes } from './publishes.ts'

const MESSAGES = 1000

const vhost = new Vhost('/')
const owner = {}

function declare(name: string, queueArguments: Record<string, unknown>): Queue {
  const properties = {
    durable: false,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: fieldTableFromObject(queueArguments),
  }
  return vhost.declareQueue(name, properties, owner)
}

/** It keeps nothing, and passes on what it gets. */
const passing = (next: string) => ({
  'x-max-length': 0,
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': next,
})

const first = declare('first', passing('second'))
declare('second', passing('third'))
const last = declare('third', {})

const { bytes, starts, bodies } = publishes(100)
const methodEnd = (starts[0] as number) + 8 + bytes.readUInt32BE((starts[0] as number) + 3)
const contentBytes = (starts[1] as number) - methodEnd
const address = PublishAddress.of('', 'first')

function message(i: number): Message {
  const start = (starts[i % bodies.length] as number) + methodEnd
  return new Message(address, bytes, start, start + contentBytes, [])
}

measure('publish to a queue, and die there and in the next one', MESSAGES, () => {
  for (let i = 0; i < MESSAGES; i++) first.publish(message(i))
  if (last.purge() !== MESSAGES) throw new Error('some went astray')
})
