import { afterEach, expect, test, vi } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Channel } from '../../../src/channel/channel.ts'
import { COMPAT_PROFILES } from '../../../src/config/compat.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { RecordingOutput } from './recording-output.ts'

const QUEUE_COUNT = 100

const owner = {}

/** A channel on which somebody consumes from each of many queues. */
function channelOfConsumers(): [Channel, ClassicQueue[]] {
  const vhost = new Vhost('/')
  const channel = new Channel(1, {
    vhost,
    access: Access.unrestricted('guest', '/'),
    profile: COMPAT_PROFILES.lenient,
    owner,
    link: { name: '' },
    output: new RecordingOutput(),
    maxMessageSize: 1024,
    consumersPerChannel: 0,
    consumerTimeoutMs: 0,
    cancelNotify: true,
    dispatch() {},
    messageLog: null,
    isMemoryShort: () => false,
    wait() {},
    channelClosed() {},
  })
  const properties = {
    durable: false,
    exclusiveOwner: null,
    autoDelete: false,
    arguments: new Map(),
  }
  const queues: ClassicQueue[] = []
  for (let n = 0; n < QUEUE_COUNT; n++) {
    const queue = vhost.declareQueue(`q${n}`, properties, owner) as ClassicQueue
    queues.push(queue)
    const { consumer } = channel.consumers.add({
      queue: () => queue,
      consumerTag: `c${n}`,
      noAck: false,
      exclusive: false,
      isQosGlobal: false,
      prefetchCount: 0,
      arguments: new Map(),
    })
    channel.consumers.start(consumer)
  }
  return [channel, queues]
}

function acknowledge(channel: Channel, deliveryTag: number): void {
  const delivery = channel.unacked.take(deliveryTag)
  if (delivery === undefined) throw new Error(`no delivery ${deliveryTag}`)
  channel.settle([delivery], 'acknowledge')
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('below the limit of the channel, an acknowledgement is no matter for its other consumers', () => {
  const [channel, [queue]] = channelOfConsumers()
  channel.limit.prefetchCount = 10
  for (let n = 0; n < 5; n++) queue?.publish(sampleMessage('x'))
  const resumed = vi.spyOn(ClassicQueue.prototype, 'resume')
  for (let tag = 1; tag <= 5; tag++) acknowledge(channel, tag)
  expect(resumed.mock.calls.length).toBeLessThanOrEqual(5)
})

test('at the limit of the channel, an acknowledgement lets its other consumers go on', () => {
  const [channel, queues] = channelOfConsumers()
  channel.limit.prefetchCount = 2
  for (const queue of queues) queue.publish(sampleMessage('x'))
  expect(channel.unacked.length).toBe(2)
  for (let tag = 1; tag <= QUEUE_COUNT; tag++) acknowledge(channel, tag)
  expect(channel.unacked.length).toBe(0)
  expect(queues.map(({ readyCount }) => readyCount)).toEqual(queues.map(() => 0))
})

test('at the limit of the channel, an acknowledgement wakes no more consumers than can take', () => {
  const [channel, queues] = channelOfConsumers()
  channel.limit.prefetchCount = 2
  for (let n = 0; n < 5; n++) for (const queue of queues) queue.publish(sampleMessage('x'))
  const resumed = vi.spyOn(ClassicQueue.prototype, 'resume')
  for (let tag = 1; tag <= QUEUE_COUNT; tag++) acknowledge(channel, tag)
  expect(resumed.mock.calls.length).toBeLessThan(4 * QUEUE_COUNT)
})
