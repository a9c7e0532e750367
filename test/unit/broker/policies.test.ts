import {
  BASIC_ACK,
  BASIC_NACK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  fieldTableFromObject,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { AdministrationError, type BrokerOptions } from '../../../src/index.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { RestartedBroker } from './restarted-broker.ts'
import { RunningBroker } from './running-broker.ts'
import { TopologyClient } from './topology-client.ts'

async function started(options: BrokerOptions = {}) {
  const running = await RunningBroker.start(options)
  const channel = await running.channel()
  return { running, broker: running.broker, channel, client: new TopologyClient(channel) }
}

async function fill(channel: RawChannel, queue: string, ...bodies: string[]): Promise<void> {
  channel.publishAll(queue, bodies)
  await declared(channel, queue)
}

const declared = (channel: RawChannel, queue: string) =>
  channel.send(QUEUE_DECLARE, { queue, passive: true }).expect(QUEUE_DECLARE_OK)

describe('a policy', () => {
  it('counts for queues that are there, and for those to come', async () => {
    const { broker, channel, client } = await started()
    await client.queue('old')
    await fill(channel, 'old', '1', '2', '3')
    const definition = { 'max-length': 2 }
    await broker.policies.put('/', 'short', { pattern: '', definition })
    expect(await channel.drain('old')).toEqual(['2', '3'])
    await client.queue('new')
    await fill(channel, 'new', '1', '2', '3')
    expect(await channel.drain('new')).toEqual(['2', '3'])
  })

  it('counts for exclusive queues, and for those that the server names', async () => {
    const { broker, channel } = await started()
    const definition = { 'max-length': 1 }
    await broker.policies.put('/', 'short', { pattern: '^amq\\.gen-', definition })
    channel.send(QUEUE_DECLARE, { exclusive: true })
    const { queue } = await channel.expect(QUEUE_DECLARE_OK)
    await fill(channel, queue, '1', '2')
    expect(await channel.drain(queue)).toEqual(['2'])
  })

  it('counts no more when it is changed or deleted', async () => {
    const { broker, channel, client } = await started()
    await client.queue('q')
    await broker.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 1 } })
    await broker.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 2 } })
    await fill(channel, 'q', '1', '2', '3')
    expect(await channel.drain('q')).toEqual(['2', '3'])
    await broker.policies.delete('/', 'p')
    await fill(channel, 'q', '1', '2', '3')
    expect(await channel.drain('q')).toEqual(['1', '2', '3'])
  })

  it('gives an exchange an alternate one, known routes notwithstanding', async () => {
    const { broker, channel, client } = await started()
    await client.queue('lost')
    await client.exchange('e', { type: 'fanout' })
    await client.bind('amq.fanout', 'lost')
    expect(await client.route('e', 'k', 'lost')).toEqual([])
    const settings = { pattern: '^e$', definition: { 'alternate-exchange': 'amq.fanout' } }
    await broker.policies.put('/', 'lost', { ...settings, applyTo: 'exchanges' })
    expect(await client.route('e', 'k', 'lost')).toEqual(['lost'])
    await broker.policies.delete('/', 'lost')
    expect(await client.route('e', 'k', 'lost')).toEqual([])
    await declared(channel, 'lost')
  })

  it('of the operator limits what users and arguments set', async () => {
    const { broker, channel, client } = await started()
    await client.queue('q', { arguments: fieldTableFromObject({ 'x-max-length': 5 }) })
    await broker.policies.put('/', 'user', {
      pattern: '',
      definition: { 'max-length': 3, overflow: 'reject-publish' },
    })
    const definition = { 'max-length': 1 }
    await broker.operatorPolicies.put('/', 'operator', { pattern: '', definition })
    await channel.send(CONFIRM_SELECT).expect(CONFIRM_SELECT_OK)
    channel.publish({ routingKey: 'q' })
    await channel.expect(BASIC_ACK)
    channel.publish({ routingKey: 'q' })
    await channel.expect(BASIC_NACK)
  })

  it('is refused in the words of RabbitMQ, and nothing changes', async () => {
    const { broker } = await started()
    const settings = { pattern: '', definition: { 'max-length': -1 } }
    const refused = await broker.policies.put('/', 'p', settings).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AdministrationError)
    expect(refused).toMatchObject({
      code: 'bad_request',
      message: 'Validation failed\n\n-1 is not a valid maximum length\n',
    })
    expect(broker.policies.list()).toEqual([])
    await expect(broker.policies.delete('/', 'p')).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      broker.policies.put('nope', 'p', { pattern: '', definition: { expires: 1 } }),
    ).rejects.toThrow("Virtual host 'nope' does not exist")
  })

  it.each(['closed', 'killed'] as const)('outlives a broker that is %s', async (end) => {
    const restarted = await RestartedBroker.start()
    const { broker } = restarted.running
    await broker.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 2 } })
    await broker.operatorPolicies.put('/', 'o', { pattern: '', definition: { 'max-length': 1 } })
    await (await restarted.client()).queue('q')
    const { channel } = await restarted.clientAfter(end)
    await fill(channel, 'q', '1', '2', '3')
    expect(await channel.drain('q')).toEqual(['3'])
    const [policy] = restarted.running.broker.policies.list('/')
    expect(policy).toMatchObject({ name: 'p', applyTo: 'all', priority: 0 })
  })
})
