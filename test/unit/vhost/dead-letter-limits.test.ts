// What keeps dead letters from growing without end, or from ending the broker.

import { fieldTableFromObject } from 'amqp-codec'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { queueFactory } from '../../../src/vhost/queue-factory.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

const OWNER = {}

let clock: FakeClock
let logger: RecordingLogger
let vhost: Vhost

beforeEach(() => {
  clock = new FakeClock()
  logger = new RecordingLogger()
  vhost = new Vhost('/', { clock, logger, createQueue: queueFactory({ ...memoryOnly(), clock }) })
})

function declare(name: string, sketch: Readonly<Record<string, unknown>> = {}): ClassicQueue {
  const queueArguments = fieldTableFromObject(sketch)
  const flags = { durable: false, exclusiveOwner: null, autoDelete: false }
  return vhost.declareQueue(name, { ...flags, arguments: queueArguments }, OWNER) as ClassicQueue
}

/** The exchange for dead letters, and who gets them. */
function declareExchange(...destinations: readonly string[]): void {
  const flags = { durable: false, autoDelete: false, internal: false }
  vhost.declareExchange('dlx', { type: 'fanout', ...flags, arguments: new Map() })
  for (const destination of destinations) {
    const binding = { source: 'dlx', kind: 'queue', destination, routingKey: '' } as const
    vhost.bind({ ...binding, arguments: new Map() }, OWNER)
  }
}

describe('a net of queues', () => {
  it('ends before it has made a message of every order that its queues have', () => {
    const names = Array.from({ length: 8 }, (_, n) => `${n}`)
    for (const name of names) declare(name, { 'x-max-length': 0, 'x-dead-letter-exchange': 'dlx' })
    const seen = declare('seen')
    declareExchange(...names, 'seen')
    vhost.queues.find('0')?.publish(sampleMessage('m'))
    expect(seen.readyCount).toBe(4096)
    expect(logger.take().map(([level, message]) => `${level}: ${message}`)).toEqual([
      'error: Too many dead letters followed from one: the last are lost',
    ])
    vhost.queues.find('0')?.publish(sampleMessage('m'))
    expect(seen.readyCount).toBe(2 * 4096)
  })
})

describe('a dead letter that nobody can take', () => {
  it('is lost, and the ones behind it are not', () => {
    const queue = declare('q', { 'x-dead-letter-exchange': 'dlx', 'x-message-ttl': 10 })
    declare('dead')
    declareExchange('dead')
    const dead = vhost.queues.find('dead') as ClassicQueue
    const take = dead.publish.bind(dead)
    let count = 0
    dead.publish = (message) => {
      if (count++ === 0) throw new Error('a mistake of ours')
      return take(message)
    }
    for (const body of ['a', 'b']) queue.publish(sampleMessage(body))
    clock.advance(10)
    expect([queue.readyCount, dead.readyCount]).toEqual([0, 1])
    expect(bodyOf(dead.get(true)!.message).toString()).toBe('b')
    expect(logger.take().map(([, message]) => message)).toEqual([
      'A dead letter could not be published, and is lost',
    ])
  })
})
