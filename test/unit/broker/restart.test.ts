// What a broker still knows of exchanges, queues and bindings when it is started again.

import {
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  type FieldTable,
  type FieldValue,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { type End, RestartedBroker } from './restarted-broker.ts'

const ENDS: readonly End[] = ['closed', 'killed']

/** Arguments of which JSON would not know any more what they were. */
const ARGUMENTS: FieldTable = new Map<string, FieldValue>([
  ['x-message-ttl', { type: 'l', value: 60_000n }],
  ['x-max-length', { type: 'u', value: 1000 }],
  ['x-dead-letter-exchange', { type: 'S', value: 'é' }],
  ['at', { type: 'T', value: 1_700_000_000n }],
  ['octets', { type: 'x', value: Buffer.from([0, 255]) }],
  ['large', { type: 'l', value: 2n ** 62n + 1n }],
])

describe.each(ENDS)('a broker that was %s', (end) => {
  it('has its durable exchanges and queues, as they were declared', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    const alternate = new Map<string, FieldValue>([
      ['alternate-exchange', { type: 'S', value: 'amq.fanout' }],
    ])
    await before.exchange('e', { type: 'topic', internal: true, arguments: alternate })
    await before.queue('q', { arguments: ARGUMENTS })
    const named = await before.queue('')
    const after = await broker.clientAfter(end)
    expect(await after.queues('q', named)).toEqual(['q', named])
    expect(await after.exchanges('e')).toEqual(['e'])
    // Declared again as it was, or as anything else.
    await after.exchange('e', { type: 'topic', internal: true, arguments: alternate })
    await after.queue('q', { arguments: ARGUMENTS })
    await after.channel
      .send(QUEUE_DECLARE, { queue: 'q', durable: true })
      .expectClose(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received none but current is the value '60000' of type 'long'",
        QUEUE_DECLARE,
      )
  })

  it('routes by its durable bindings', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await before.exchange('inner', { type: 'headers' })
    await before.queue('q')
    await before.queue('other')
    await before.bind('amq.topic', 'q', 'a.#')
    await before.bindExchange('amq.direct', 'inner', 'k')
    await before.channel.bind({
      exchange: 'inner',
      queue: 'other',
      arguments: new Map([['x-match', { type: 'S', value: 'any' }]]),
    })
    await before.bind('inner', 'q')
    const after = await broker.clientAfter(end)
    expect(await after.route('amq.topic', 'a.b', 'q', 'other')).toEqual(['q'])
    expect(await after.route('amq.direct', 'k', 'q', 'other')).toEqual(['q'])
    expect(await after.route('amq.direct', 'l', 'q', 'other')).toEqual([])
    // The binding is the same one, so that it is still there to be removed.
    await after.unbindExchange('amq.direct', 'inner', 'k')
    expect(await after.route('amq.direct', 'k', 'q', 'other')).toEqual([])
  })

  it('has nothing of what was transient, nor what was bound to it', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await before.exchange('e')
    await before.queue('q')
    await before.exchange('transient', { durable: false })
    await before.queue('passing', { durable: false })
    await before.queue('mine', { exclusive: true })
    for (const queue of ['passing', 'mine']) await before.bind('e', queue, 'k')
    await before.bind('transient', 'q', 'k')
    const after = await broker.clientAfter(end)
    expect(await after.queues('q', 'passing', 'mine')).toEqual(['q'])
    expect(await after.exchanges('e', 'transient')).toEqual(['e'])
    await after.exchange('transient', { durable: false })
    await after.queue('passing', { durable: false })
    expect(await after.route('e', 'k', 'q', 'passing')).toEqual([])
    expect(await after.route('transient', 'k', 'q', 'passing')).toEqual([])
  })

  it('has nothing of what was deleted, nor what hung on it', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    await before.exchange('e')
    for (const queue of ['q', 'deleted', 'bound']) await before.queue(queue)
    await before.exchange('goes')
    await before.exchange('follows', { autoDelete: true })
    await before.bind('e', 'deleted', 'k')
    await before.bind('goes', 'q', 'k')
    await before.bindExchange('follows', 'goes', 'k')
    await before.bind('e', 'bound', 'k')
    await before.deleteQueue('deleted')
    await before.unbind('e', 'bound', 'k')
    await before.deleteExchange('goes')
    const after = await broker.clientAfter(end)
    expect(await after.queues('q', 'deleted', 'bound')).toEqual(['q', 'bound'])
    expect(await after.exchanges('e', 'goes', 'follows')).toEqual(['e'])
    await after.queue('deleted')
    await after.exchange('goes')
    expect(await after.route('e', 'k', 'q', 'deleted', 'bound')).toEqual([])
    expect(await after.route('goes', 'k', 'q', 'deleted', 'bound')).toEqual([])
  })

  // As RabbitMQ 3.10 does it: nothing deletes itself at the start, not even what is of no use.
  it('has exchanges and queues that delete themselves, and they still do', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    for (const exchange of ['unbound', 'lost its last', 'bound']) {
      await before.exchange(exchange, { autoDelete: true })
    }
    await before.queue('q', { autoDelete: true })
    await before.queue('passing', { durable: false })
    await before.bind('lost its last', 'passing')
    await before.bind('bound', 'q')
    const after = await broker.clientAfter(end)
    const exchanges = ['unbound', 'lost its last', 'bound']
    expect(await after.exchanges(...exchanges)).toEqual(exchanges)
    const consumerTag = await after.channel.consume('q')
    await after.channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    expect(await after.queues('q')).toEqual([])
    expect(await after.exchanges(...exchanges)).toEqual(['unbound', 'lost its last'])
    // Nobody is told when that is stored; but it is so before what is declared later.
    await after.queue('later')
    const again = await broker.clientAfter(end)
    expect(await again.queues('q')).toEqual([])
    expect(await again.exchanges(...exchanges)).toEqual(['unbound', 'lost its last'])
  })

  it('knows many things', async () => {
    const broker = await RestartedBroker.start()
    const before = await broker.client()
    const names = Array.from({ length: 300 }, (_, n) => `q${n}`)
    for (const queue of names) {
      before.channel.send(QUEUE_DECLARE, { queue, durable: true, nowait: true })
    }
    for (const queue of names) await before.bind('amq.topic', queue, `${queue}.#`)
    const after = await broker.clientAfter(end)
    expect(await after.queues(...names)).toEqual(names)
    expect(await after.route('amq.topic', 'q7.x', ...names)).toEqual(['q7'])
  })
})

describe('a queue that deletes itself', () => {
  const withConsumer = async (): Promise<RestartedBroker> => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q', { autoDelete: true })
    await client.channel.consume('q')
    return broker
  }

  it('goes when the broker stops with the last of its consumers', async () => {
    const after = await (await withConsumer()).clientAfter('closed')
    expect(await after.queues('q')).toEqual([])
  })

  it('stays when the broker is killed', async () => {
    const after = await (await withConsumer()).clientAfter('killed')
    expect(await after.queues('q')).toEqual(['q'])
  })
})
