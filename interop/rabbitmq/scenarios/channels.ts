// channel.open, channel.close, channel.flow, and methods where none should be.

import {
  ACCESS_REQUEST,
  BASIC_ACK,
  BASIC_CANCEL_OK,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  CHANNEL_OPEN,
  CONNECTION_TUNE_OK,
  CONNECTION_UPDATE_SECRET,
  encodeMethodFrame,
  type Method,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { type FieldsOf, method } from '../../../test/support/raw-client-method.ts'
import type { Scenario, Stage, Topic } from '../stage/stage.ts'

/** Sends a method on a channel that need not be open, and takes what comes. */
async function sendOn<Id extends Method['id']>(
  { a }: Stage,
  channel: number,
  id: Id,
  fields: FieldsOf<Id> = {},
): Promise<void> {
  await a.link.opened()
  await a.link.send(channel, method(id, fields))
}

/** What a broker says to a method that a client has no business to send. */
function refuses<Id extends Method['id']>(id: Id, fields: FieldsOf<Id> = {}): Scenario {
  return async ({ a }) => {
    await a.send(id, fields)
    await a.quiet()
  }
}

export const channels: Topic = {
  topic: 'channels',
  scenarios: {
    'a channel can be closed and opened again': async (stage) => {
      const { a } = stage
      await a.open()
      await a.call(CHANNEL_CLOSE, { replyCode: 200, replyText: 'bye' })
      await a.call(CHANNEL_OPEN)
      await a.queue('q')
    },
    'an open channel cannot be opened': async ({ a }) => {
      await a.call(CHANNEL_OPEN)
    },
    'a channel that is not open takes nothing': async (stage) => {
      await sendOn(stage, 5, QUEUE_DECLARE, { queue: 'q' })
      await stage.channel('a', 5).next('a refusal')
    },
    'a channel that is not open cannot be closed': async (stage) => {
      await sendOn(stage, 5, CHANNEL_CLOSE)
      await stage.channel('a', 5).next('a refusal')
    },
    'close-ok for a channel that is not open': async (stage) => {
      await sendOn(stage, 5, CHANNEL_CLOSE_OK)
      await stage.channel('a', 5).next('a refusal')
    },
    'channel 0 is not for channels': async (stage) => {
      await sendOn(stage, 0, CHANNEL_OPEN)
      await stage.channel('a', 0).next('a refusal')
    },
    'channel 0 is not for queues': async (stage) => {
      await sendOn(stage, 0, QUEUE_DECLARE, { queue: 'q' })
      await stage.channel('a', 0).next('a refusal')
    },
    'the highest channel can be opened': async (stage) => {
      const channel = stage.channel('a', 1999)
      await channel.queue('q')
    },
    'a channel above the highest cannot': async (stage) => {
      stage.connection('a', { tune: { channelMax: 10 } })
      await sendOn(stage, 11, CHANNEL_OPEN)
      await stage.channel('a', 11).next('an answer')
    },
    'more channels than there may be': async (stage) => {
      stage.connection('a', { tune: { channelMax: 2 } })
      await stage.a.open()
      await stage.a2.open()
      await sendOn(stage, 3, CHANNEL_OPEN)
      await stage.channel('a', 3).next('a refusal')
    },
    'flow is answered when it is on': async ({ a }) => {
      await a.call(CHANNEL_FLOW, { active: true })
    },
    'flow cannot be turned off': async ({ a }) => {
      await a.call(CHANNEL_FLOW, { active: false })
    },
    'access.request is granted': async ({ a }) => {
      await a.call(ACCESS_REQUEST, { realm: '/data', active: true })
    },
    'what only brokers send: flow-ok': refuses(CHANNEL_FLOW_OK, { active: true }),
    'what only brokers send: get-empty': refuses(BASIC_GET_EMPTY),
    'what only brokers send: cancel-ok': refuses(BASIC_CANCEL_OK, { consumerTag: 'c' }),
    "a connection's methods on a channel": refuses(CONNECTION_TUNE_OK),
    "a connection's methods at the wrong time": async (stage) => {
      await sendOn(stage, 0, CONNECTION_TUNE_OK, { channelMax: 5 })
      await stage.channel('a', 0).next('a refusal')
    },
    'update-secret is taken': async (stage) => {
      await sendOn(stage, 0, CONNECTION_UPDATE_SECRET, {
        newSecret: Buffer.from('new'),
        reason: 'it is time',
      })
      await stage.channel('a', 0).next('an answer')
    },
    'a close does away with consumers': async ({ a, a2 }) => {
      await a2.queue('q')
      await a.consume('q')
      await a.call(CHANNEL_CLOSE, { replyCode: 200 })
      await a2.put('q', 'one')
      await a2.get('q', true)
    },
    'a broken channel leaves the others alone': async ({ a, a2 }) => {
      await a2.queue('q')
      await a.count('nothing')
      await a2.put('q', 'one')
      await a2.get('q', true)
    },
    'what a closing channel says is ignored': async ({ a }) => {
      await a.open()
      const nonsense = [
        method(QUEUE_DECLARE, { queue: 'nothing', passive: true }),
        method(QUEUE_DECLARE, { queue: 'q' }),
        method(BASIC_ACK, { deliveryTag: 5 }),
        method(BASIC_GET, { queue: 'nothing' }),
      ]
      await a.link.write(Buffer.concat(nonsense.map((it) => encodeMethodFrame(1, it))))
      await a.next('channel.close')
      await a.count('q')
    },
    'both sides close at once': async ({ a }) => {
      await a.open()
      const both = [
        method(QUEUE_DECLARE, { queue: 'nothing', passive: true }),
        method(CHANNEL_CLOSE, { replyCode: 200 }),
      ]
      await a.link.write(Buffer.concat(both.map((it) => encodeMethodFrame(1, it))))
      await a.receive(2)
    },
    'a delivery from a client': async ({ a }) => {
      await a.open()
      const deliver = method(BASIC_DELIVER, { consumerTag: 'c', deliveryTag: 1 })
      await a.link.write(encodeMethodFrame(1, deliver))
      await a.publish('', 'q', '')
      await a.next('a refusal')
    },
  },
}
