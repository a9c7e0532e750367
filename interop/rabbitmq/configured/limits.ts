// What a broker refuses because it is configured so, the same on both sides.

import type { BrokerOptions } from '../../../src/index.ts'
import type { Topic } from '../stage/stage.ts'

/** As Erlang writes it; a channel looks after its deliveries once a tick. */
export const RABBITMQ_SETTINGS = `{max_message_size, 1000},
  {consumer_timeout, 1000},
  {channel_tick_interval, 200}`

export const LEVERET_SETTINGS: BrokerOptions = {
  maxMessageSizeBytes: 1000,
  consumerTimeoutMs: 1000,
}

export const configuredLimits: Topic = {
  topic: 'configured limits',
  scenarios: {
    'the largest message there may be': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', Buffer.alloc(1000, 'x'))
      await a.holds('q', 1)
      await a.get('q', true)
    },
    'a message that is too large': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', Buffer.alloc(1001, 'x'))
      await a.receive()
      await a.count('q')
    },
    'a message that is too large, and is to be confirmed': async ({ a }) => {
      await a.queue('q')
      await a.confirmSelect()
      await a.put('q', 'one')
      await a.confirmed()
      await a.publish('', 'q', Buffer.alloc(2000, 'x'))
      await a.receive()
    },
    'a message that is too large is that first': async ({ a }) => {
      await a.publish('nowhere', 'q', Buffer.alloc(2000, 'x'), { expiration: 'soon' })
      await a.receive()
    },
    'a delivery that nobody acknowledges': async ({ a, a2 }) => {
      await a2.queue('q')
      await a.consume('q')
      await a2.put('q', 'one')
      await a.receive(2)
      await a2.holds('q', 1)
      await a2.get('q', true)
    },
    'a message that somebody got and does not acknowledge': async ({ a, a2 }) => {
      await a2.queue('q')
      await a2.put('q', 'one')
      await a2.holds('q', 1)
      await a.get('q')
      await a.receive()
      await a2.holds('q', 1)
      await a2.get('q', true)
    },
    'a delivery that needs no acknowledgement': async ({ a, a2 }) => {
      await a2.queue('q')
      await a2.queue('clock', { 'x-message-ttl': 2000 })
      await a.consume('q', { noAck: true })
      await a2.put('q', 'one')
      await a.receive()
      await a2.put('clock', 'tick')
      await a2.holds('clock', 1)
      await a2.holds('clock', 0)
      await a2.put('q', 'two')
      await a.receive()
    },
  },
}
