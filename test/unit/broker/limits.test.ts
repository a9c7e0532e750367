// The texts are those of RabbitMQ 3.10.

import {
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { plainResponse, type RawConnection } from '../../support/raw-client.ts'
import { RestartedBroker } from './restarted-broker.ts'
import { RunningBroker } from './running-broker.ts'

const GUEST_REFUSED = "NOT_ALLOWED - access to vhost '/' refused for user 'guest'"

/** A connection that has agreed on the limits, and asks for a virtual host. */
async function opening(
  running: RunningBroker,
  virtualHost: string,
  user = 'guest',
): Promise<RawConnection> {
  const connection = await running.dial()
  await connection.start()
  await connection.login({ response: plainResponse(user, user) })
  connection.sendTuneOk().send(CONNECTION_OPEN, { virtualHost })
  return connection
}

describe('a virtual host', () => {
  it('has as many connections as its limit allows', async () => {
    const running = await RunningBroker.start()
    const first = await running.connect()
    await running.broker.vhostLimits.put('/', { 'max-connections': 1 })
    const second = await opening(running, '/')
    const refused = `${GUEST_REFUSED}: connection limit (1) is reached`
    await second.expectClose(530, refused, CONNECTION_OPEN)
    await first.close()
    await running.connect()
    await running.broker.vhostLimits.put('/', { 'max-connections': -1 })
    await running.connect()
  })

  it('has as many queues as its limit allows, those of connections included', async () => {
    const running = await RunningBroker.start()
    const channel = await running.channel()
    await running.broker.vhostLimits.put('/', { 'max-queues': 1 })
    await channel.send(QUEUE_DECLARE, { queue: 'a', exclusive: true }).expect(QUEUE_DECLARE_OK)
    await channel.send(QUEUE_DECLARE, { queue: 'a', exclusive: true }).expect(QUEUE_DECLARE_OK)
    const refused =
      "PRECONDITION_FAILED - cannot declare queue 'b': queue limit in vhost '/' (1) is reached"
    channel.send(QUEUE_DECLARE, { queue: 'b' })
    await channel.expectClose(406, refused, QUEUE_DECLARE)
  })

  it('lets nobody in without permissions', async () => {
    const running = await RunningBroker.start()
    await running.broker.users.put('u', { password: 'u' })
    const connection = await opening(running, '/', 'u')
    const refused = "NOT_ALLOWED - access to vhost '/' refused for user 'u'"
    await connection.expectClose(530, refused, CONNECTION_OPEN)
    const lost = await opening(running, 'nope', 'u')
    await lost.expectClose(530, 'NOT_ALLOWED - vhost nope not found', CONNECTION_OPEN)
  })
})

describe('a user', () => {
  it('has as many connections as the limit allows', async () => {
    const running = await RunningBroker.start()
    await running.connect()
    await running.broker.userLimits.put('guest', { 'max-connections': 1 })
    const connection = await opening(running, '/')
    const refused =
      "NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached"
    await connection.expectClose(530, refused, CONNECTION_OPEN)
  })

  it('has as many channels as the limit allows, on all connections', async () => {
    const running = await RunningBroker.start()
    await running.broker.userLimits.put('guest', { 'max-channels': 2 })
    const first = await running.connect()
    await first.channel(1)
    const second = await running.connect()
    await second.channel(1)
    second.on(2).send(CHANNEL_OPEN)
    const refused =
      "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user limit of (2)"
    await second.expectClose(530, refused, 0)
    // The channel of the second connection is gone with it.
    await first.on(2).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
  })
})

describe('limits', () => {
  it('are refused when they are not known or no numbers', async () => {
    const { broker } = await RunningBroker.start()
    await expect(broker.vhostLimits.put('/', { 'max-foo': 1 })).rejects.toThrow(
      'Validation failed\n\nUnrecognised terms [{<<"max-foo">>,1}] in limits\n',
    )
    const text = { 'max-connections': 'x' as unknown as number }
    await expect(broker.vhostLimits.put('/', text)).rejects.toThrow(
      'max-connections should be a number, actually was <<"x">>',
    )
    await expect(broker.userLimits.put('guest', { 'max-foo': 1 })).rejects.toThrow(
      'Unrecognised terms [{<<"max-foo">>,1}] in user-limits',
    )
    await expect(broker.userLimits.put('nope', {})).rejects.toMatchObject({ code: 'not_found' })
    expect([broker.vhostLimits.list(), broker.userLimits.list()]).toEqual([new Map(), new Map()])
  })

  it('outlive the broker, and are taken away one by one', async () => {
    const restarted = await RestartedBroker.start()
    const before = restarted.running.broker
    await before.vhostLimits.put('/', { 'max-connections': 1, 'max-queues': 5 })
    await before.userLimits.put('guest', { 'max-channels': 7 })
    await restarted.restart('killed')
    const { running } = restarted
    const { vhostLimits, userLimits } = running.broker
    expect(Object.fromEntries(vhostLimits.get('/'))).toEqual({
      'max-connections': 1,
      'max-queues': 5,
    })
    expect(userLimits.list()).toEqual(new Map([['guest', new Map([['max-channels', 7]])]]))
    await running.connect()
    const connection = await opening(running, '/')
    expect((await connection.control.expect(CONNECTION_CLOSE)).replyCode).toBe(530)
    await vhostLimits.delete('/', 'max-connections')
    expect([...vhostLimits.get('/').keys()]).toEqual(['max-queues'])
    await running.connect()
  })
})
