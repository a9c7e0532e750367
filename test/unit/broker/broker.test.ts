import { BASIC_GET, BASIC_GET_EMPTY, CONNECTION_BLOCKED } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { RunningBroker } from './running-broker.ts'

describe('a broker', () => {
  it('counts who has come in', async () => {
    const running = await RunningBroker.start()
    expect(running.broker.connectionCount).toBe(0)
    const stranger = await running.dial()
    await stranger.start()
    const connection = await running.connect()
    expect(running.broker.connectionCount).toBe(1)
    await connection.close()
    await eventually(() => expect(running.broker.connectionCount).toBe(0))
  })

  it('lets no more in than it may, until somebody goes', async () => {
    const running = await RunningBroker.start({ maxConnections: 2 })
    const [first] = [await running.connect(), await running.connect()]
    const third = await running.dial()
    await third.wire.ended()
    await first.close()
    await eventually(() => expect(running.broker.connectionCount).toBe(1))
    await running.connect()
  })

  it('counts strangers among its connections', async () => {
    const running = await RunningBroker.start({ maxConnections: 1 })
    const stranger = await running.dial()
    await stranger.start()
    await (await running.dial()).wire.ended()
    await stranger.wire.hangUp()
    await eventually(async () => await running.connect())
  })

  it('ends the handshake that has lasted longest when there are too many', async () => {
    const running = await RunningBroker.start({ maxPendingConnections: 2 })
    const strangers = [await running.dial(), await running.dial(), await running.dial()]
    const [oldest, ...others] = strangers
    await oldest?.wire.ended()
    for (const stranger of others) await stranger.open()
    expect(running.broker.connectionCount).toBe(2)
  })

  it('tells where it listens, still when it has stopped', async () => {
    const { broker } = await RunningBroker.start({ defaultVhost: 'a/b', defaultPass: 'p@ss' })
    expect(broker.port).toBeGreaterThan(0)
    expect(broker.address).toBe(`127.0.0.1:${broker.port}`)
    expect(broker.url).toBe(`amqp://guest:p%40ss@127.0.0.1:${broker.port}/a%2Fb`)
    const { url } = broker
    await broker.close()
    expect(broker.url).toBe(url)
  })

  it('cannot listen where another one does', async () => {
    const { broker } = await RunningBroker.start()
    await expect(RunningBroker.start({ port: broker.port })).rejects.toThrow('EADDRINUSE')
  })
})

describe('several brokers in one process', () => {
  it('have nothing in common', async () => {
    const [one, two] = [await RunningBroker.start(), await RunningBroker.start()]
    const [first, second] = [await one.channel(), await two.channel()]
    for (const channel of [first, second]) await channel.declareQueue({ queue: 'q' })
    await first.confirmSelect()
    await first.publish({ routingKey: 'q', body: 'of the first' }).confirmed(1)
    await second.send(BASIC_GET, { queue: 'q' }).expect(BASIC_GET_EMPTY)
    expect((await first.get('q')).body).toBe('of the first')
  })

  it('are short of things on their own', async () => {
    const [one, two] = [await RunningBroker.start(), await RunningBroker.start()]
    const [blocked, free] = [await one.connect(), await two.channel()]
    await free.confirmSelect()
    one.broker.setAlarm('memory', true)
    ;(await blocked.channel()).publish({ exchange: 'amq.fanout' })
    await blocked.control.expect(CONNECTION_BLOCKED)
    await free.publish({ exchange: 'amq.fanout' }).confirmed(1)
  })

  it('stop on their own, and their port is free again', async () => {
    const [one, two] = [await RunningBroker.start(), await RunningBroker.start()]
    const channel = await two.channel()
    const { port } = one.broker
    await one.broker.close()
    await channel.expectNothing()
    const third = await RunningBroker.start({ port })
    await third.channel()
  })
})

describe('a connection that is cut off', () => {
  it('takes its exclusive queues along', async () => {
    const running = await RunningBroker.start()
    const owner = await running.channel()
    await owner.declareQueue({ queue: 'mine' })
    const other = await running.channel()
    owner.wire.reset()
    await eventually(() => expect(running.broker.connectionCount).toBe(1))
    await other.declareQueue({ queue: 'mine' })
  })

  it('gives back what one channel had, and none of it to a consumer on another of its channels', async () => {
    const running = await RunningBroker.start()
    const keeper = await running.channel()
    const queue = await keeper.declareQueue({ queue: 'q', exclusive: false })
    const connection = await running.connect()
    const [careful, careless] = [await connection.channel(1), await connection.channel(2)]
    await careful.consume(queue)
    keeper.publishAll(queue, ['a', 'b', 'c'])
    await careful.bodies(3)
    await careless.consume(queue, { noAck: true })
    connection.wire.reset()
    await eventually(async () => {
      expect(await keeper.counts(queue)).toMatchObject({ consumerCount: 0 })
    })
    expect(await keeper.drain(queue)).toEqual(['a', 'b', 'c'])
  })
})
