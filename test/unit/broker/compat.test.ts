import {
  BASIC_CONSUME,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_TUNE,
  fieldTableFromObject,
  fieldTableToObject,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { CompatName } from '../../../src/config/compat.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { RunningBroker } from './running-broker.ts'

const start = (compat: CompatName) => RunningBroker.start({ compat })

const ALL: readonly CompatName[] = ['lenient', '3.13', '4.2', '4.3']

/** For which of the profiles the answer is yes. */
async function profilesWhere(
  answer: (running: RunningBroker) => Promise<boolean>,
): Promise<CompatName[]> {
  const yes: CompatName[] = []
  for (const name of ALL) if (await answer(await start(name))) yes.push(name)
  return yes
}

describe('profiles', () => {
  it.each([
    ['lenient', '4.2.0', 'PLAIN AMQPLAIN'],
    ['3.13', '3.13.7', 'PLAIN AMQPLAIN'],
    ['4.2', '4.2.0', 'PLAIN AMQPLAIN ANONYMOUS'],
    ['4.3', '4.3.5', 'PLAIN AMQPLAIN ANONYMOUS'],
  ] as const)('%s reports version %s, and offers %s', async (name, version, mechanisms) => {
    const connection = await (await start(name)).dial()
    const offer = await connection.start()
    expect(fieldTableToObject(offer.serverProperties)['version']).toBe(version)
    expect(offer.mechanisms.toString()).toBe(mechanisms)
  })

  it('that offer it let clients in without a name', async () => {
    const connection = await (await start('4.2')).dial()
    await connection.start()
    await connection.login({ mechanism: 'ANONYMOUS', response: Buffer.alloc(0) })
    await connection
      .sendTuneOk()
      .send(CONNECTION_OPEN, { virtualHost: '/' })
      .expect(CONNECTION_OPEN_OK)
  })

  it.each([
    ['lenient', ['0', '9', '4', '5', '40']],
    ['3.13', ['0', '9', '4', '5', '40']],
    ['4.2', ['9', '5', '40', '0', '4']],
    ['4.3', ['40', '9', '5', '4', '0']],
  ] as const)('%s orders what is in a quorum queue by priority as %j', async (name, order) => {
    const channel = await (await start(name)).channel()
    const quorum = new Map([['x-queue-type', { type: 'S', value: 'quorum' } as const]])
    const declared = { queue: 'q', durable: true, exclusive: false, arguments: quorum }
    const queue = await channel.declareQueue(declared)
    for (const body of ['0', '9', '4', '5', '40']) {
      channel.publish({ routingKey: queue, body, properties: { priority: Number(body) } })
    }
    expect(await channel.drain(queue)).toEqual(order)
  })

  it('of RabbitMQ 4 refuse frames below 8192 bytes', async () => {
    const connection = await (await start('4.2')).dial()
    await connection.start()
    await connection.login()
    connection.sendTuneOk({ frameMax: 4096 })
    await connection.expectClose(
      530,
      'NOT_ALLOWED - negotiated frame_max = 4096 is lower than the minimum allowed value (8192)',
      CONNECTION_TUNE,
    )
    await (await start('3.13')).connect({ tune: { frameMax: 4096 } })
  })

  it('but 4.3 have queues that are neither durable nor exclusive', async () => {
    const declare = async (channel: RawChannel) =>
      channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    for (const name of ['lenient', '3.13', '4.2'] as const) {
      await declare(await (await start(name)).channel())
    }
    const connection = await (await start('4.3')).connect()
    const channel = await connection.channel()
    await channel.send(QUEUE_DECLARE, { queue: 'e', exclusive: true }).expect(QUEUE_DECLARE_OK)
    await channel.send(QUEUE_DECLARE, { queue: 'd', durable: true }).expect(QUEUE_DECLARE_OK)
    channel.send(QUEUE_DECLARE, { queue: 'q' })
    await connection.expectClose(
      541,
      'INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\nBy default, this feature is not permitted anymore.\nThe feature will be removed from a future major RabbitMQ version, regardless of the configuration; actual version to be determined.',
      QUEUE_DECLARE,
    )
  })

  it('but 4.3 have queues of the first version', async () => {
    const table = fieldTableFromObject({ 'x-queue-version': 1 })
    const accepts = async (running: RunningBroker): Promise<boolean> => {
      const channel = await running.channel()
      channel.send(QUEUE_DECLARE, { queue: 'q', durable: true, arguments: table })
      return (await channel.wire.next(channel.number)).method.id === QUEUE_DECLARE_OK
    }
    expect(await profilesWhere(accepts)).toEqual(['lenient', '3.13', '4.2'])
  })

  it('but 4.3 limit a channel as a whole when qos is global', async () => {
    const limitsChannel = async (running: RunningBroker): Promise<boolean> => {
      const connection = await running.connect()
      const channel = await connection.channel(1)
      const queue = await channel.declareQueue()
      await channel.send(BASIC_QOS, { prefetchCount: 1, global: true }).expect(BASIC_QOS_OK)
      channel.publishAll(queue, ['1', '2', '3'])
      channel.send(BASIC_CONSUME, { queue, nowait: true })
      channel.send(BASIC_CONSUME, { queue, nowait: true })
      const { messageCount } = await (await connection.channel(2)).counts(queue)
      return messageCount === 2
    }
    expect(await profilesWhere(limitsChannel)).toEqual(['lenient', '3.13', '4.2'])
  })

  it('but 4.3 let anybody look whether a queue is there', async () => {
    const permits = async (running: RunningBroker): Promise<boolean> => {
      const { broker } = running
      await (await running.channel())
        .send(QUEUE_DECLARE, { queue: 'q', durable: true })
        .expect(QUEUE_DECLARE_OK)
      await broker.users.put('u', { password: 'u' })
      await broker.permissions.put({ user: 'u', vhost: '/', configure: '', write: '', read: '' })
      const channel = await running.channel({ username: 'u', password: 'u' })
      channel.send(QUEUE_DECLARE, { queue: 'q', passive: true })
      return (await channel.wire.next(channel.number)).method.id === QUEUE_DECLARE_OK
    }
    expect(await profilesWhere(permits)).toEqual(['lenient', '3.13', '4.2'])
  })

  it('of RabbitMQ 4 have quorum queues drop what came back 20 times, unless that is not limited', async () => {
    const drops = async (channel: RawChannel): Promise<boolean> => {
      const table = fieldTableFromObject({ 'x-queue-type': 'quorum' })
      channel.send(QUEUE_DECLARE, { queue: 'q', durable: true, arguments: table })
      await channel.expect(QUEUE_DECLARE_OK)
      channel.publish({ routingKey: 'q', body: 'm' })
      for (let count = 0; count < 21; count++) {
        const { deliveryTag } = await channel.get('q')
        channel.send(BASIC_NACK, { deliveryTag, requeue: true })
      }
      const { messageCount } = await channel.counts('q')
      await channel.send(QUEUE_PURGE, { queue: 'q' }).expect(QUEUE_PURGE_OK)
      return messageCount === 0
    }
    for (const name of ALL) {
      const running = await start(name)
      const { broker } = running
      const channel = await running.channel()
      const isLimited = name === '4.2' || name === '4.3'
      expect([name, await drops(channel)]).toEqual([name, isLimited])
      const settings = { pattern: '', definition: { 'delivery-limit': -1 } }
      await broker.policies.put('/', 'unlimited', settings)
      expect([name, await drops(channel)]).toEqual([name, false])
    }
  })

  it('of RabbitMQ 4 refuse policies that ask for mirrors', async () => {
    const accepts = async ({ broker }: RunningBroker): Promise<boolean> => {
      const settings = { pattern: '', definition: { 'ha-mode': 'all' } }
      return broker.policies.put('/', 'ha', settings).then(
        () => true,
        () => false,
      )
    }
    expect(await profilesWhere(accepts)).toEqual(['lenient', '3.13'])
  })
})
