// What clients see while definitions are being stored, and when they cannot be.

import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_NACK,
  EXCHANGE_BIND,
  EXCHANGE_DECLARE,
  EXCHANGE_DELETE,
  fieldTableFromObject,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_UNBIND,
} from 'amqp-codec'
import { afterEach, describe, expect, it, type Mock, vi } from 'vitest'
import { LmdbMetadata } from '../../../src/store/lmdb/lmdb-metadata.ts'
import { eventually } from '../../support/eventually.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { RestartedBroker } from './restarted-broker.ts'

const REFUSED =
  'PRECONDITION_FAILED - definitions cannot be stored at present; for details see the broker logfile'

/** From now on nothing can be stored, until what it returns is called. */
function failStores(): () => void {
  const spies = (['put', 'delete'] as const).map((name) =>
    vi.spyOn(LmdbMetadata.prototype, name).mockRejectedValue(new Error('no room')),
  )
  return () => {
    for (const spy of spies) spy.mockRestore()
  }
}

/** The next definition is on its way until what it returns is called, and is not stored then. */
function failNextPut(): { readonly put: Mock; readonly fail: () => void } {
  let fail = (): void => {}
  const failed = new Promise<void>((_, reject) => {
    fail = () => reject(new Error('no room'))
  })
  const put = vi.spyOn(LmdbMetadata.prototype, 'put').mockReturnValueOnce(failed)
  return { put, fail }
}

/** The next deletion takes until what it returns is called. */
function holdNextDelete(): () => void {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  vi.spyOn(LmdbMetadata.prototype, 'delete').mockReturnValueOnce(held)
  return release
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('what cannot be stored', () => {
  it('is refused, is not there, and may be tried again', async () => {
    const logger = new RecordingLogger()
    const broker = await RestartedBroker.start({ logger })
    const client = await broker.client()
    await client.queue('there')
    const mend = failStores()
    const { channel } = client
    channel.send(QUEUE_DECLARE, { queue: 'q', durable: true })
    await channel.expectClose(406, REFUSED, QUEUE_DECLARE)
    channel.send(EXCHANGE_DECLARE, { exchange: 'e', type: 'fanout', durable: true })
    await channel.expectClose(406, REFUSED, EXCHANGE_DECLARE)
    channel.send(QUEUE_BIND, { queue: 'there', exchange: 'amq.fanout' })
    await channel.expectClose(406, REFUSED, QUEUE_BIND)
    channel.send(EXCHANGE_BIND, { destination: 'amq.direct', source: 'amq.fanout' })
    await channel.expectClose(406, REFUSED, EXCHANGE_BIND)
    expect(await client.queues('q', 'there')).toEqual(['there'])
    expect(await client.exchanges('e')).toEqual([])
    expect(await client.route('amq.fanout', '', 'there')).toEqual([])
    expect(logger.lines).toContainEqual([
      'error',
      expect.stringContaining('could not be stored'),
      { err: new Error('no room'), keys: [expect.stringMatching(/^queue .*:q$/)] },
    ])

    mend()
    await client.queue('q')
    await client.exchange('e')
    await client.bind('e', 'q')
    const after = await broker.clientAfter('killed')
    expect(await after.queues('q', 'there')).toEqual(['q', 'there'])
    expect(await after.route('e', '', 'q', 'there')).toEqual(['q'])
    expect(await after.route('amq.fanout', '', 'q', 'there')).toEqual([])
  })

  it('disturbs nothing that is there, nothing transient, and no other channel', async () => {
    const broker = await RestartedBroker.start()
    const [client, other] = [await broker.client(), await broker.client()]
    await client.queue('there')
    failStores()
    await client.queue('passing', { durable: false })
    await client.bind('amq.fanout', 'passing')
    client.channel.send(QUEUE_DECLARE, { queue: 'q', durable: true })
    await client.channel.expectClose(406, REFUSED, QUEUE_DECLARE)
    expect(await other.route('amq.fanout', '', 'passing')).toEqual(['passing'])
    await other.queue('there')
    await other.exchange('amq.fanout', { type: 'fanout' })
    await other.deleteQueue('passing')
    expect(await other.route('', 'there', 'there')).toEqual(['there'])
  })

  it('is refused to whoever declares it as well', async () => {
    const broker = await RestartedBroker.start()
    const [one, two] = [(await broker.client()).channel, (await broker.client()).channel]
    const { put, fail } = failNextPut()
    one.send(QUEUE_DECLARE, { queue: 'q', durable: true })
    await eventually(() => expect(put).toHaveBeenCalled())
    two.send(QUEUE_DECLARE, { queue: 'q', durable: true })
    await broker.running.settled()
    fail()
    await one.expectClose(406, REFUSED, QUEUE_DECLARE)
    await two.expectClose(406, REFUSED, QUEUE_DECLARE)
    two.send(QUEUE_DECLARE, { queue: 'q', durable: true })
    await two.expect(QUEUE_DECLARE_OK)
  })

  it.each(['classic', 'quorum', 'stream'])(
    'takes messages with it, which are not confirmed (%s queue)',
    async (type) => {
      const broker = await RestartedBroker.start()
      const client = await broker.client()
      await client.queue('there')
      const publisher = await broker.running.channel()
      await publisher.confirmSelect()
      const { put, fail } = failNextPut()
      const arguments_ = fieldTableFromObject({ 'x-queue-type': type })
      client.channel.send(QUEUE_DECLARE, { queue: 'q', durable: true, arguments: arguments_ })
      await eventually(() => expect(put).toHaveBeenCalled())
      for (const routingKey of ['q', 'there']) {
        publisher.publish({ routingKey, mandatory: true, properties: { deliveryMode: 2 } })
      }
      await broker.running.settled()
      fail()
      expect((await publisher.expect(BASIC_NACK)).deliveryTag).toBe(1)
      expect((await publisher.expect(BASIC_ACK)).deliveryTag).toBe(2)
      await client.channel.expectClose(406, REFUSED, QUEUE_DECLARE)
    },
  )
})

describe('a deletion that cannot be stored', () => {
  it('is refused, and holds once it is tried again', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    await client.queue('stays')
    await client.exchange('e')
    await client.bind('amq.fanout', 'stays')
    const mend = failStores()
    const { channel } = client
    const attempts = async (outcome: 'fails' | 'works') => {
      const requests = [
        () => channel.send(QUEUE_DELETE, { queue: 'q' }),
        () => channel.send(EXCHANGE_DELETE, { exchange: 'e' }),
        () => channel.send(QUEUE_UNBIND, { queue: 'stays', exchange: 'amq.fanout' }),
      ]
      const ids = [QUEUE_DELETE, EXCHANGE_DELETE, QUEUE_UNBIND]
      for (const [index, send] of requests.entries()) {
        const id = ids[index] as number
        send()
        if (outcome === 'fails') await channel.expectClose(406, REFUSED, id)
        else expect((await channel.wire.next(1)).method.id).toBe(id + 1)
      }
    }
    await attempts('fails')
    await attempts('fails')
    mend()
    await attempts('works')
    const after = await broker.clientAfter('killed')
    expect(await after.queues('q', 'stays')).toEqual(['stays'])
    expect(await after.exchanges('e')).toEqual([])
    expect(await after.route('amq.fanout', '', 'stays')).toEqual([])
  })

  it('is undone by nothing but a declaration', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    for (const queue of ['gone', 'back']) await client.queue(queue)
    const mend = failStores()
    for (const queue of ['gone', 'back']) {
      client.channel.send(QUEUE_DELETE, { queue })
      await client.channel.expectClose(406, REFUSED, QUEUE_DELETE)
    }
    mend()
    await client.queue('back')
    const after = await broker.clientAfter('killed')
    expect(await after.queues('gone', 'back')).toEqual(['back'])
  })
})

describe('a durable queue that is deleted', () => {
  it('is answered for before its consumers are told', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    const other = await broker.running.channel()
    for (const channel of [client.channel, other]) await channel.consume('q')
    client.channel.send(QUEUE_DELETE, { queue: 'q' })
    await client.channel.expect(QUEUE_DELETE_OK)
    await client.channel.expect(BASIC_CANCEL)
    await other.expect(BASIC_CANCEL)
  })

  it('is gone at once, also while that is being stored', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    const release = holdNextDelete()
    client.channel.send(QUEUE_DELETE, { queue: 'q' })
    await broker.running.settled()
    expect(await (await broker.client()).queues('q')).toEqual([])
    release()
    await client.channel.expect(QUEUE_DELETE_OK)
  })

  it('ends also when nobody is left to be answered', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    const other = await broker.running.channel()
    await other.consume('q')
    const release = holdNextDelete()
    client.channel.send(QUEUE_DELETE, { queue: 'q' })
    await broker.running.settled()
    client.channel.wire.reset()
    await eventually(() => expect(broker.running.broker.connectionCount).toBe(1))
    release()
    await other.expect(BASIC_CANCEL)
  })

  it('ends also when that cannot be stored', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    const other = await broker.running.channel()
    await other.consume('q')
    failStores()
    client.channel.send(QUEUE_DELETE, { queue: 'q' })
    await client.channel.expectClose(406, REFUSED, QUEUE_DELETE)
    await other.expect(BASIC_CANCEL)
  })
})
