import { CONNECTION_CLOSE, CONNECTION_OPEN, QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../../../src/index.ts'
import { plainResponse } from '../../support/raw-client.ts'
import { RestartedBroker } from './restarted-broker.ts'
import { RunningBroker } from './running-broker.ts'

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' }

/** A virtual host, with a user for it. */
async function addVhost(broker: Broker, vhost = 'v', user = 'u'): Promise<void> {
  await broker.vhosts.put(vhost)
  await broker.users.put(user, { password: 'secret' })
  await broker.permissions.put({ user, vhost, ...EVERYTHING })
}

const LOGIN = { username: 'u', password: 'secret', virtualHost: 'v' }

describe('a virtual host', () => {
  it('can be added and used at once', async () => {
    const running = await RunningBroker.start()
    await addVhost(running.broker)
    const channel = await running.channel(LOGIN)
    await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    expect(running.broker.vhosts.list().map(({ name }) => name)).toEqual(['/', 'v'])
  })

  it('takes its connections, queues and messages with it when it is deleted', async () => {
    const running = await RunningBroker.start()
    const { broker } = running
    await addVhost(broker)
    await broker.policies.put('v', 'p', { pattern: '', definition: { 'max-length': 1 } })
    await broker.vhostLimits.put('v', { 'max-queues': 1 })
    const connection = await running.connect(LOGIN)
    const other = await running.channel()
    const channel = await connection.channel()
    await channel.send(QUEUE_DECLARE, { queue: 'q', durable: true }).expect(QUEUE_DECLARE_OK)
    channel.publish({ routingKey: 'q', body: 'm' })
    await broker.vhosts.delete('v')
    const close = await connection.control.expect(CONNECTION_CLOSE)
    expect(close.replyText).toBe("CONNECTION_FORCED - vhost 'v' is deleted")
    await other.send(QUEUE_DECLARE, { queue: 'still there' }).expect(QUEUE_DECLARE_OK)

    expect(broker.policies.list()).toEqual([])
    expect(broker.vhostLimits.list().size).toBe(0)
    expect(broker.permissions.list().map(({ vhost }) => vhost)).toEqual(['/'])
    await addVhost(broker)
    const again = await running.channel(LOGIN)
    for (const queue of ['q', 'q2']) {
      const { messageCount } = await again
        .send(QUEUE_DECLARE, { queue, durable: true })
        .expect(QUEUE_DECLARE_OK)
      expect(messageCount).toBe(0)
    }
  })

  it.each(['closed', 'killed'] as const)('stays deleted when the broker is %s', async (end) => {
    const restarted = await RestartedBroker.start()
    await addVhost(restarted.running.broker)
    await addVhost(restarted.running.broker, 'kept')
    const channel = await restarted.running.channel(LOGIN)
    await channel.send(QUEUE_DECLARE, { queue: 'q', durable: true }).expect(QUEUE_DECLARE_OK)
    await restarted.running.broker.vhosts.delete('v')
    await restarted.restart(end)
    const { broker } = restarted.running
    expect(
      broker.vhosts
        .list()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['/', 'kept'])
    await broker.vhosts.put('v')
    await broker.permissions.put({ user: 'u', vhost: 'v', ...EVERYTHING })
    const again = await restarted.running.channel(LOGIN)
    again.send(QUEUE_DECLARE, { queue: 'q', passive: true })
    await again.expectClose(404, "NOT_FOUND - no queue 'q' in vhost 'v'", QUEUE_DECLARE)
  })

  it('that is not there cannot be deleted', async () => {
    const { broker } = await RunningBroker.start()
    await expect(broker.vhosts.delete('v')).rejects.toMatchObject({
      code: 'not_found',
      message: "Virtual host 'v' does not exist",
    })
  })
})

describe('a user', () => {
  it('loses connections and permissions when deleted', async () => {
    const running = await RunningBroker.start()
    const { broker } = running
    await addVhost(broker)
    const connection = await running.connect(LOGIN)
    await broker.users.delete('u')
    const close = await connection.control.expect(CONNECTION_CLOSE)
    expect(close.replyText).toBe("CONNECTION_FORCED - user 'u' is deleted")
    expect(broker.permissions.list().map(({ user }) => user)).toEqual(['guest'])
    await expect(running.connect(LOGIN)).rejects.toThrow('Login was refused')
  })

  it('keeps connections when password and tags change, and logs in with the new one', async () => {
    const running = await RunningBroker.start()
    const { broker } = running
    await addVhost(broker)
    const channel = await running.channel(LOGIN)
    await broker.users.put('u', { password: 'changed' })
    await broker.users.put('u', { tags: ['monitoring'] })
    await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    await expect(running.connect(LOGIN)).rejects.toThrow('Login was refused')
    await running.connect({ ...LOGIN, password: 'changed' })
    expect(broker.users.get('u').tags).toEqual(['monitoring'])
  })

  it('who is deleted while connecting does not become the next one of that name', async () => {
    const running = await RunningBroker.start()
    const { broker } = running
    await addVhost(broker)
    const connection = await running.dial()
    await connection.start()
    await connection.login({ response: plainResponse('u', 'secret') })
    await broker.users.delete('u')
    await broker.users.put('u', { password: 'of another' })
    await broker.permissions.put({ user: 'u', vhost: 'v', ...EVERYTHING })
    connection.sendTuneOk().send(CONNECTION_OPEN, { virtualHost: 'v' })
    const refused = "NOT_ALLOWED - access to vhost 'v' refused for user 'u'"
    await connection.expectClose(530, refused, CONNECTION_OPEN)
  })

  it('outlives the broker', async () => {
    const restarted = await RestartedBroker.start()
    await addVhost(restarted.running.broker)
    await restarted.restart('killed')
    await restarted.running.channel(LOGIN)
  })
})

describe('parameters', () => {
  it('are kept, listed and deleted', async () => {
    const restarted = await RestartedBroker.start()
    const shovel = { component: 'shovel', vhost: '/', name: 's', value: { 'src-queue': 'a' } }
    await restarted.running.broker.parameters.put(shovel)
    await restarted.running.broker.globalParameters.put('cluster_name', 'rabbit@here')
    await restarted.restart('closed')
    const { parameters, globalParameters } = restarted.running.broker
    expect(parameters.list()).toEqual([{ kind: 'parameter', ...shovel }])
    expect(globalParameters.find('cluster_name')?.value).toBe('rabbit@here')
    await parameters.delete('shovel', '/', 's')
    await globalParameters.delete('cluster_name')
    expect([...parameters.list(), ...globalParameters.list()]).toEqual([])
    await expect(parameters.delete('shovel', '/', 's')).rejects.toThrow('Parameter does not exist')
  })

  it('are no way around what is checked of policies and limits', async () => {
    const { parameters } = (await RunningBroker.start()).broker
    const policy = { component: 'policy', vhost: '/', name: 'p', value: {} }
    await expect(parameters.put(policy)).rejects.toThrow('policies may not be set')
    const limits = { component: 'vhost-limits', vhost: '/', name: 'limits', value: { x: 1 } }
    await expect(parameters.put(limits)).rejects.toThrow('Unrecognised terms [{<<"x">>,1}]')
  })
})
