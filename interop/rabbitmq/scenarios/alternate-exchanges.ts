// Where messages go that an exchange knows no queue for.

import type { Topic } from '../stage/stage.ts'

const mandatory = { mandatory: true }

export const alternateExchanges: Topic = {
  topic: 'alternate exchanges',
  scenarios: {
    'take what has no route': async ({ a }) => {
      await a.exchange('rest', 'fanout')
      await a.exchange('x', 'direct', { 'alternate-exchange': 'rest' })
      await a.queue('q')
      await a.queue('others')
      await a.bind('q', 'x', 'k')
      await a.bind('others', 'rest')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.publish('x', 'other', 'two', {}, mandatory)
      await a.drain('q')
      await a.drain('others')
    },
    'that know no route either return the message': async ({ a }) => {
      await a.exchange('rest', 'direct')
      await a.exchange('x', 'direct', { 'alternate-exchange': 'rest' })
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'that are not there return the message': async ({ a }) => {
      await a.exchange('x', 'direct', { 'alternate-exchange': 'nowhere' })
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'may be there later': async ({ a }) => {
      await a.exchange('x', 'direct', { 'alternate-exchange': 'rest' })
      await a.exchange('rest', 'fanout')
      await a.queue('q')
      await a.bind('q', 'rest')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.get('q', true)
    },
    'may be internal, and the default exchange': async ({ a }) => {
      await a.exchange('rest', 'fanout', {}, { internal: true })
      await a.exchange('x', 'direct', { 'alternate-exchange': 'rest' })
      await a.exchange('y', 'direct', { 'alternate-exchange': '' })
      await a.queue('q')
      await a.bind('q', 'rest')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.publish('y', 'q', 'two', {}, mandatory)
      await a.publish('y', 'p', 'three', {}, mandatory)
      await a.receive()
      await a.drain('q')
    },
    'may be in a chain': async ({ a }) => {
      await a.exchange('z', 'fanout')
      await a.exchange('y', 'direct', { 'alternate-exchange': 'z' })
      await a.exchange('x', 'topic', { 'alternate-exchange': 'y' })
      await a.queue('q')
      await a.bind('q', 'z')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.get('q', true)
    },
    'may be in a circle': async ({ a }) => {
      await a.exchange('y', 'direct', { 'alternate-exchange': 'x' })
      await a.exchange('x', 'direct', { 'alternate-exchange': 'y' })
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'of an exchange behind another take what has no route there': async ({ a }) => {
      await a.exchange('rest', 'fanout')
      await a.exchange('y', 'direct', { 'alternate-exchange': 'rest' })
      await a.exchange('x', 'fanout')
      await a.bindExchange('y', 'x')
      await a.queue('q')
      await a.queue('direct')
      await a.bind('q', 'rest')
      await a.bind('direct', 'x')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.get('q', true)
      await a.get('direct', true)
    },
  },
}
