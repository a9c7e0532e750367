// Answers without a queue: amq.rabbitmq.reply-to.

import type { Channel } from '../stage/channel.ts'
import type { Topic } from '../stage/stage.ts'

const replies = 'amq.rabbitmq.reply-to'

/** Sends a request that wants its answer here, and gives the address that the worker is shown. */
async function ask(client: Channel, worker: Channel): Promise<string> {
  await worker.queue('work')
  await client.consume(replies, { consumerTag: 'answers', noAck: true })
  await client.publish('', 'work', 'question', { replyTo: replies, correlationId: '1' })
  await worker.holds('work', 1)
  const request = await worker.get('work', true)
  return request?.message?.properties.replyTo ?? ''
}

export const directReplyTo: Topic = {
  topic: 'direct reply-to',
  scenarios: {
    'an answer finds its way': async ({ a, b }) => {
      const address = await ask(a, b)
      await b.publish('', address, 'answer', { correlationId: '1' })
      await a.receive()
    },
    'an answer on the same connection': async ({ a, a2 }) => {
      const address = await ask(a, a2)
      await a2.publish('', address, 'answer', { correlationId: '1' })
      await a.receive()
    },
    'several answers, confirmed': async ({ a, b }) => {
      const address = await ask(a, b)
      await b.confirmSelect()
      await b.publish('', address, 'one')
      await b.publish('', address, 'two')
      await b.confirmed()
      await a.receive(2)
    },
    'a mandatory answer to nobody comes back': async ({ a, b }) => {
      const address = await ask(a, b)
      await a.cancel('answers')
      await a.quiet()
      await b.publish('', address, 'answer', {}, { mandatory: true })
      await b.receive()
    },
    'an answer to somebody who is gone': async ({ a, b }) => {
      const address = await ask(a, b)
      await a.link.drop()
      await b.confirmSelect()
      await b.publish('', address, 'answer')
      await b.confirmed()
    },
    'needs no acknowledgements': async ({ a }) => {
      await a.consume(replies)
    },
    'one consumer a channel': async ({ a }) => {
      await a.consume(replies, { consumerTag: 'one', noAck: true })
      await a.consume(replies, { consumerTag: 'two', noAck: true })
    },
    'another one when the first is cancelled': async ({ a }) => {
      await a.consume(replies, { consumerTag: 'one', noAck: true })
      await a.cancel('one')
      await a.consume(replies, { consumerTag: 'two', noAck: true })
    },
    'asking needs a consumer': async ({ a }) => {
      await a.queue('work')
      await a.publish('', 'work', 'question', { replyTo: replies })
      await a.receive()
    },
    'can be declared': async ({ a }) => {
      await a.queue(replies)
      await a.queue(replies, {}, { passive: true })
    },
    'an address can be looked for': async ({ a, b }) => {
      const address = await ask(a, b)
      await b.count(address)
      await a.cancel('answers')
      await a.quiet()
      await b.count(address)
    },
    'cannot be got from or deleted': async ({ a }) => {
      await a.get(replies)
      await a.purge(replies)
      await a.remove(replies)
      await a.bind(replies, 'amq.direct', 'k')
    },
    'an answer through another exchange has no route': async ({ a, b }) => {
      const address = await ask(a, b)
      await b.publish('amq.direct', address, 'answer', {}, { mandatory: true })
      await b.receive()
    },
    'another reply-to is left alone': async ({ a }) => {
      await a.queue('work')
      await a.publish('', 'work', 'question', { replyTo: 'somewhere' })
      await a.get('work', true)
    },
  },
}
