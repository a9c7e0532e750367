// Users, permissions, and limits.

import { CHANNEL_OPEN, EXCHANGE_UNBIND, QUEUE_UNBIND } from 'amqp-codec'
import { method } from '../../../test/support/raw-client-method.ts'
import type { Permissions } from '../stage/administration.ts'
import type { Channel } from '../stage/channel.ts'
import type { Scenario, Stage, Topic } from '../stage/stage.ts'

const mine: Permissions = { configure: '^mine', write: '^mine', read: '^mine' }
const anything: Permissions = { configure: '.*', write: '.*', read: '.*' }

/** A channel of a user of these permissions; `a` stays that of a user who may do all. */
async function channelOf(stage: Stage, permissions?: Permissions, tag?: string): Promise<Channel> {
  const user = await stage.administration.addUser('user', permissions, tag)
  stage.connection('b', { user, password: 'secret' })
  return stage.b
}

/** Plays with a channel of a user who may do things to what begins with `mine`, beside foreign things. */
function withUser(play: (user: Channel) => Promise<void>, permissions = mine): Scenario {
  return async (stage) => {
    const { a } = stage
    await a.queue('foreign')
    await a.exchange('foreign.x', 'topic')
    await a.queue('mine')
    await a.exchange('mine.x', 'topic')
    await play(await channelOf(stage, permissions))
  }
}

export const access: Topic = {
  topic: 'access',
  scenarios: {
    'a user without permissions may not enter': async (stage) => {
      const b = await channelOf(stage)
      await b.open()
    },
    'declaring a queue': withUser(async (b) => {
      await b.queue('mine.2')
      await b.queue('foreign.2')
      await b.queue('foreign')
      await b.count('foreign')
      await b.queue('')
    }),
    'declaring a queue with dead letters': withUser(async (b) => {
      await b.queue('mine.2', { 'x-dead-letter-exchange': 'mine.x' })
      await b.queue('mine.3', { 'x-dead-letter-exchange': 'foreign.x' })
    }),
    'declaring an exchange': withUser(async (b) => {
      await b.exchange('mine.y', 'direct')
      await b.exchange('foreign.y', 'direct')
      await b.exchange('foreign.x', 'topic', {}, { passive: true })
      await b.exchange('mine.z', 'direct', { 'alternate-exchange': 'foreign.x' })
    }),
    deleting: withUser(async (b) => {
      await b.remove('mine')
      await b.remove('foreign')
      await b.removeExchange('mine.x')
      await b.removeExchange('foreign.x')
      await b.purge('foreign')
    }),
    binding: withUser(async (b) => {
      await b.bind('mine', 'mine.x', 'k')
      await b.bind('mine', 'foreign.x', 'k')
      await b.bind('foreign', 'mine.x', 'k')
      await b.call(QUEUE_UNBIND, { queue: 'foreign', exchange: 'mine.x', routingKey: 'k' })
      await b.bindExchange('mine.x', 'foreign.x')
      await b.bindExchange('foreign.x', 'mine.x')
      await b.call(EXCHANGE_UNBIND, { destination: 'foreign.x', source: 'mine.x' })
    }),
    publishing: withUser(async (b) => {
      await b.publish('mine.x', 'k', 'one')
      await b.publish('foreign.x', 'k', 'two')
      await b.receive()
      await b.publish('', 'mine', 'three')
      await b.receive()
    }),
    reading: withUser(async (b) => {
      await b.get('mine')
      await b.get('foreign')
      await b.consume('mine')
      await b.consume('foreign')
    }),
    'expressions that match anywhere': withUser(
      async (b) => {
        await b.queue('foreign.2')
        await b.queue('mine.2')
        await b.get('foreign')
      },
      { configure: 'eig', write: '', read: 'nothing' },
    ),
    topics: async (stage) => {
      const { a } = stage
      const b = await channelOf(stage, anything)
      const user = `user-${stage.virtualHost}`
      await stage.administration.setTopicPermissions(user, 'amq.topic', '^mine', '^mine')
      await a.queue('q')
      await b.bind('q', 'amq.topic', 'mine.#')
      await b.bind('q', 'amq.topic', 'foreign.#')
      await b.publish('amq.topic', 'mine.1', 'one')
      await b.publish('amq.topic', 'foreign.1', 'two')
      await b.receive()
    },
    'user-id is that of the user': async (stage) => {
      const b = await channelOf(stage, anything)
      await b.queue('q')
      await b.publish('', 'q', 'one', { userId: 'guest' })
      await b.receive()
    },
    'user-id may be that of others with a tag': async (stage) => {
      const b = await channelOf(stage, anything, 'impersonator')
      await b.queue('q')
      await b.publish('', 'q', 'one', { userId: 'guest' })
      await b.holds('q', 1)
    },
    'passive declarations need no permission': withUser(async (b) => {
      await b.exchange('foreign.x', 'topic', {}, { passive: true })
      await b.count('foreign')
    }),
    'permissions are looked at before existence': withUser(async (b) => {
      await b.get('nowhere')
      await b.purge('nowhere')
      await b.remove('nowhere')
      await b.consume('nowhere')
      await b.bind('nowhere', 'mine.nowhere')
      await b.bind('mine', 'nowhere')
      await b.removeExchange('nowhere')
      await b.publish('nowhere', 'k', 'one')
      await b.receive()
    }),
    'permissions are looked at before flags': withUser(async (b) => {
      await b.queue('foreign', { 'x-max-length': 5 })
      await b.exchange('foreign.x', 'direct')
      await b.remove('foreign', { ifUnused: true })
    }),
    'unbinding from what is foreign': withUser(async (b) => {
      await b.call(QUEUE_UNBIND, { queue: 'mine', exchange: 'foreign.x', routingKey: 'k' })
      await b.call(EXCHANGE_UNBIND, { destination: 'mine.x', source: 'foreign.x' })
    }),
    'a limit of connections for a user': async (stage) => {
      const user = await stage.administration.addUser('user', anything)
      await stage.administration.setUserLimit(user, 'max-connections', 0)
      stage.connection('b', { user, password: 'secret' })
      await stage.b.open()
    },
    'a limit of channels for a user': async (stage) => {
      const user = await stage.administration.addUser('user', anything)
      await stage.administration.setUserLimit(user, 'max-channels', 0)
      stage.connection('b', { user, password: 'secret' })
      await stage.b.link.opened()
      await stage.b.link.send(1, method(CHANNEL_OPEN, {}))
      await stage.b.next('a refusal')
    },
    'limits that are taken off': async (stage) => {
      const user = await stage.administration.addUser('user', anything)
      await stage.administration.setUserLimit(user, 'max-connections', 0)
      await stage.administration.setUserLimit(user, 'max-connections', -1)
      await stage.administration.setLimit('max-queues', 0)
      await stage.administration.setLimit('max-queues', -1)
      stage.connection('b', { user, password: 'secret' })
      await stage.b.queue('q')
    },
    'a limit of queues': async ({ a, administration }) => {
      await administration.setLimit('max-queues', 1)
      await a.queue('q')
      await a.queue('q')
      await a.queue('p')
    },
    'a limit of no queues': async ({ a, administration }) => {
      await administration.setLimit('max-queues', 0)
      await a.queue('q')
    },
    'a limit of connections': async (stage) => {
      await stage.administration.setLimit('max-connections', 0)
      await stage.a.open()
    },
    'connections that an administrator closes without a reason': async ({ a, administration }) => {
      await a.queue('q')
      await administration.closeConnections()
      await a.next('a close')
    },
    'connections that an administrator closes': async ({ a, administration }) => {
      await a.queue('q')
      await administration.closeConnections('enough')
      await a.next('a close')
    },
  },
}
