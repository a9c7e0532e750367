// The virtual host's configuration, which rascal asserts, checks, purges and takes down.

import rascal, { type Broker, type BrokerConfig } from 'rascal'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { unique } from '../support/scratch.ts'
import { openRascal, publish, readyCount, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

/** The error with which a broker cannot be made. */
async function failure(config: BrokerConfig): Promise<Error> {
  try {
    await rascal.BrokerAsPromised.create(rascal.withDefaultConfig(config))
  } catch (error) {
    // The half-made broker comes with the error, so that it can be taken down.
    const { broker: key } = error as { broker: symbol }
    await (error as Record<symbol, Broker>)[key]?.shutdown()
    return error as Error
  }
  throw new Error('the broker was made')
}

test('exchanges of every type, bound to each other, route as configured', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    exchanges: {
      front: { type: 'topic' },
      copies: { type: 'fanout', options: { durable: false } },
      exact: { type: 'direct', options: { internal: true } },
      by_header: { type: 'headers' },
    },
    queues: { all: {}, gold: {}, urgent: { options: { durable: false } } },
    bindings: {
      b1: { source: 'front', destination: 'copies', destinationType: 'exchange' },
      b2: {
        source: 'front',
        destination: 'exact',
        destinationType: 'exchange',
        bindingKeys: ['gold', 'silver'],
      },
      b3: { source: 'copies', destination: 'all' },
      b4: { source: 'exact', destination: 'gold', bindingKey: 'gold' },
      b5: {
        source: 'by_header',
        destination: 'urgent',
        options: { 'x-match': 'all', urgent: true },
      },
    },
  })
  await publish(rascalBroker, '/front', 1, 'gold')
  await publish(rascalBroker, '/front', 2, 'silver')
  await publish(rascalBroker, '/by_header', 3, { options: { headers: { urgent: true } } })
  await publish(rascalBroker, '/by_header', 4, { options: { headers: { urgent: false } } })
  for (const [queue, contents] of Object.entries({ all: [1, 2], gold: [1], urgent: [3] })) {
    const { inbox } = await subscribe(rascalBroker, `/${queue}`, { options: { noAck: true } })
    const deliveries = await inbox.take(contents.length)
    expect(deliveries.map(({ content }) => content)).toEqual(contents)
  }
})

test('a large configuration is asserted over several channels', async () => {
  const queues = Array.from({ length: 60 }, (_, i) => `q${i}`)
  const { rascalBroker } = await openRascal(broker.url, {
    concurrency: 8,
    exchanges: ['all'],
    queues,
    bindings: queues.map((queue) => `all[key] -> ${queue}`),
  })
  await publish(rascalBroker, '/all', 'to everyone', 'key')
  expect(await readyCount(rascalBroker, 'q0')).toBe(1)
  expect(await readyCount(rascalBroker, 'q59')).toBe(1)
})

test('two instances with the same names keep apart by their namespaces', async () => {
  const config = { exchanges: ['e'], queues: ['q'], bindings: ['e -> q'] }
  const { rascalBroker: one } = await openRascal(broker.url, config)
  const { rascalBroker: two } = await openRascal(broker.url, config)
  await publish(one, '/e', 'mine', 'any')
  expect(await readyCount(one, 'q')).toBe(1)
  expect(await readyCount(two, 'q')).toBe(0)
})

test('two instances with one namespace share what they both assert', async () => {
  const config = {
    namespace: unique('shared'),
    exchanges: ['e'],
    queues: ['q'],
    bindings: ['e -> q'],
  }
  const { rascalBroker: one } = await openRascal(broker.url, config)
  const { rascalBroker: two } = await openRascal(broker.url, config)
  const { inbox } = await subscribe(two, '/q')
  await publish(one, '/e', 'over to you', 'any')
  const { content, ackOrNack } = await inbox.next()
  expect(content).toBe('over to you')
  ackOrNack()
})

test('what exists with other properties fails the start', async () => {
  const namespace = unique('settled')
  await openRascal(broker.url, { namespace, queues: ['q'] })
  const queues = { q: { options: { durable: false } } }
  const error = await failure({
    vhosts: { '/': { namespace, connection: { url: broker.url }, queues } },
  })
  expect(error.message).toContain(
    `PRECONDITION_FAILED - inequivalent arg 'durable' for queue '${namespace}:q' in vhost '/'`,
  )
})

test('what is only checked must exist', async () => {
  const name = unique('missing')
  const connection = { url: broker.url }
  const checked = { [name]: { assert: false, check: true } }
  const queues = await failure({ vhosts: { '/': { connection, queues: checked } } })
  expect(queues.message).toContain(`NOT_FOUND - no queue '${name}' in vhost '/'`)
  const exchanges = await failure({ vhosts: { '/': { connection, exchanges: checked } } })
  expect(exchanges.message).toContain(`NOT_FOUND - no exchange '${name}' in vhost '/'`)
})

test('a wrong password fails the start', async () => {
  const url = broker.url.replace('guest@', 'wrong@')
  const error = await failure({ vhosts: { '/': { connection: { url } } } })
  expect(error.message).toContain('Failed to connect')
})

test('of several connections, one that works is taken', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    connection: undefined,
    connectionStrategy: 'fixed',
    connections: ['amqp://guest:guest@127.0.0.1:9', broker.url],
    queues: ['q'],
  })
  await publish(rascalBroker, '/q', 'made it')
  expect(await readyCount(rascalBroker, 'q')).toBe(1)
})

test('purging empties every queue, bouncing keeps what is in them', async () => {
  const { rascalBroker } = await openRascal(broker.url, { queues: ['a', 'b'] })
  for (const queue of ['/a', '/b']) await publish(rascalBroker, queue, 'message')
  await rascalBroker.bounce()
  expect(await readyCount(rascalBroker, 'a')).toBe(1)
  await publish(rascalBroker, '/a', 'after the bounce')
  expect(await readyCount(rascalBroker, 'a')).toBe(2)
  await rascalBroker.purge()
  expect(await readyCount(rascalBroker, 'a')).toBe(0)
  expect(await readyCount(rascalBroker, 'b')).toBe(0)
})

test('a queue can be purged on every start', async () => {
  const namespace = unique('purged')
  const { rascalBroker } = await openRascal(broker.url, { namespace, queues: ['q'] })
  await publish(rascalBroker, '/q', 'from the last run')
  await openRascal(broker.url, { namespace, queues: { q: { purge: true } } })
  expect(await readyCount(rascalBroker, 'q')).toBe(0)
})
