// A stream of a broker with a data directory, whose process ends and begins again.

import { BASIC_ACK, BASIC_QOS, BASIC_QOS_OK } from 'amqp-codec'
import { expect, it } from 'vitest'
import { type Broker, createBroker } from '../../../src/index.ts'
import { RawConnection } from '../../support/raw-client.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { RestartedBroker } from '../broker/restarted-broker.ts'

const STREAM = 'events'

async function openChannel(broker: Broker): Promise<RawChannel> {
  const address = { host: '127.0.0.1', port: broker.port }
  const channel = await (await (await RawConnection.dial(address)).open()).channel()
  await channel.send(BASIC_QOS, { prefetchCount: 10 }).expect(BASIC_QOS_OK)
  await channel.confirmSelect()
  return channel
}

async function declare(channel: RawChannel): Promise<number> {
  await channel.declareQueue({
    queue: STREAM,
    durable: true,
    exclusive: false,
    arguments: { 'x-queue-type': 'stream', 'x-max-age': '7D' },
  })
  return (await channel.counts(STREAM)).messageCount
}

async function offsetsAndBodies(channel: RawChannel, count: number): Promise<string[]> {
  const deliveries = []
  while (deliveries.length < count) {
    for (const delivery of await channel.deliveries(1)) {
      deliveries.push(delivery)
      channel.send(BASIC_ACK, { deliveryTag: delivery.deliveryTag })
    }
  }
  return deliveries.map(({ properties, body }) => {
    return `${String(properties.headers?.get('x-stream-offset')?.value as bigint)} ${body}`
  })
}

it('a stream has its messages, offsets and times after a restart', async () => {
  const dataDir = temporaryDirectory()
  const before = await createBroker({ port: 0, dataDir })
  const publisher = await openChannel(before)
  await declare(publisher)
  // Whatever their delivery mode, messages of a stream are stored.
  for (const [index, deliveryMode] of [1, 2, 1].entries()) {
    publisher.publish({ routingKey: STREAM, body: `m${index}`, properties: { deliveryMode } })
  }
  await publisher.confirmed(3)
  await publisher.consume(STREAM, { arguments: { 'x-stream-offset': 'first' } })
  expect(await offsetsAndBodies(publisher, 3)).toEqual(['0 m0', '1 m1', '2 m2'])
  publisher.wire.destroy()
  await before.close()

  const after = await createBroker({ port: 0, dataDir })
  const channel = await openChannel(after)
  expect(await declare(channel)).toBe(3)
  channel.publish({ routingKey: STREAM, body: 'm3' })
  await channel.confirmed(1)
  const beginning: [string | number, string[]][] = [
    ['first', ['0 m0', '1 m1', '2 m2', '3 m3']],
    [2, ['2 m2', '3 m3']],
    ['1h', ['0 m0', '1 m1', '2 m2', '3 m3']],
    ['last', ['3 m3']],
  ]
  for (const [offset, expected] of beginning) {
    const reader = await openChannel(after)
    await reader.consume(STREAM, { arguments: { 'x-stream-offset': offset } })
    expect(await offsetsAndBodies(reader, expected.length)).toEqual(expected)
    reader.wire.destroy()
  }
  channel.wire.destroy()
  await after.close()
})

it('a stream that a policy lets keep more than its arguments do has all of it after a restart', async () => {
  const broker = await RestartedBroker.start()
  const definition = { 'max-length-bytes': 100_000_000 }
  await broker.running.broker.policies.put('/', 'more', { pattern: '', definition })
  const channel = await broker.running.channel()
  await channel.confirmSelect()
  await channel.declareQueue({
    queue: STREAM,
    durable: true,
    exclusive: false,
    arguments: {
      'x-queue-type': 'stream',
      'x-max-length-bytes': 100_000,
      'x-stream-max-segment-size-bytes': 65_536,
    },
  })
  for (let n = 0; n < 50; n++) channel.publish({ routingKey: STREAM, body: 'x'.repeat(10_000) })
  await channel.confirmed(50)
  await broker.restart('killed')
  expect((await (await broker.running.channel()).counts(STREAM)).messageCount).toBe(50)
})
