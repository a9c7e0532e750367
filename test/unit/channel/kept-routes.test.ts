import {
  BASIC_PUBLISH,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_HEADER,
  FRAME_METHOD,
} from 'amqp-codec'
import { expect, test } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Channel } from '../../../src/channel/channel.ts'
import { COMPAT_PROFILES } from '../../../src/config/compat.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { method } from '../../support/raw-client-method.ts'
import { RecordingOutput } from './recording-output.ts'

const owner = {}
const access = Access.unrestricted('guest', '/')

/** Publishes to as many queues, and gives how many of them the request is kept with. */
function keptQueues(queueCount: number): number {
  const vhost = new Vhost('/')
  for (let n = 0; n < queueCount; n++) {
    const name = `q${n}`
    const properties = { durable: false, exclusiveOwner: null, autoDelete: false }
    vhost.declareQueue(name, { ...properties, arguments: new Map() }, owner)
    const binding = { kind: 'queue', destination: name, routingKey: '' } as const
    vhost.bind({ source: 'amq.fanout', ...binding, arguments: new Map() }, owner)
  }
  const channel = new Channel(1, {
    vhost,
    access,
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
  const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, { exchange: 'amq.fanout' }))
  const header = encodeContentHeaderFrame(1, 0, {})
  channel.onFrame(FRAME_METHOD, frame, 7, frame.length - 1)
  channel.onFrame(FRAME_HEADER, header, 7, header.length - 1)
  expect([...vhost.queues.values()].every(({ readyCount }) => readyCount === 1)).toBe(true)
  return vhost.findPublishRequest(access, frame, 7, frame.length - 1).queues.length
}

test('a route of a few queues is kept with its request', () => {
  expect(keptQueues(3)).toBe(3)
})

// Thousands of requests are kept: with wide routes, they would hold gigabytes.
test('a wide route is not', () => {
  expect(keptQueues(1000)).toBe(0)
})
