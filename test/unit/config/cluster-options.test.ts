import { describe, expect, it } from 'vitest'
import { assertClusterComplete } from '../../../src/broker/cluster-options.ts'
import { OPTION_ROWS, type OptionName } from '../../../src/config/options.ts'
import { readValue } from '../../../src/config/read-value.ts'
import { resolveOptions } from '../../../src/config/resolve.ts'
import { type BrokerOptions, createBroker } from '../../../src/index.ts'

const read = (name: OptionName, given: unknown): unknown =>
  readValue(OPTION_ROWS.get(name)!, given, '--here')

describe('the NATS servers of a cluster', () => {
  it.each([
    ['nats://a:4222', ['nats://a:4222']],
    ['nats://broker:secret@a:4222, tls://b', ['nats://broker:secret@a:4222', 'tls://b']],
    [['tls://[::1]:4222'], ['tls://[::1]:4222']],
    ['none', []],
    [[], []],
  ])('are understood as %j', (given, expected) => {
    expect(read('cluster', given)).toEqual(expected)
  })

  it.each(['', 'a:4222', 'http://a', 'nats://', 'nats://a,,nats://b', 5, [5]])(
    'are not %j, which is not shown, since there may be a password in it',
    (given) => {
      expect(() => read('cluster', given)).toThrow(
        /^--here: expected addresses nats:\/\/host:port or tls:\/\/host:port separated by commas, or "none"$/,
      )
    },
  )
})

describe('the name of a node', () => {
  it.each(['n1', 'a-B_9', 'x'.repeat(64)])('may be %s', (name) => {
    expect(read('nodeName', name)).toBe(name)
  })

  it.each(['a.b', 'a b', 'a*', 'n1@host', 'ä', 'x'.repeat(65), 5])('is not %j', (name) => {
    expect(() => read('nodeName', name)).toThrow(
      '--here: expected up to 64 letters, digits, - and _, got',
    )
  })
})

describe('options that belong together', () => {
  const check = (options: BrokerOptions) => () => assertClusterComplete(resolveOptions(options))
  const cluster = ['nats://a']

  it('are fine with and without a cluster', () => {
    check({})()
    check({ nodeName: 'n1' })()
    check({ cluster, nodeName: 'n1', natsCert: 'c', natsKey: 'k' })()
  })

  it.each<[BrokerOptions, string]>([
    [{ cluster }, 'node-name is missing'],
    [{ natsCredentials: 'file' }, 'cluster is missing'],
    [{ natsCa: 'file' }, 'cluster is missing'],
    [{ cluster, nodeName: 'n1', natsCert: 'c' }, 'nats-cert and nats-key belong together'],
    [{ cluster, nodeName: 'n1', natsKey: 'k' }, 'nats-cert and nats-key belong together'],
  ])('are missed in %j', async (options, message) => {
    expect(check(options)).toThrow(message)
    await expect(createBroker({ ...options, port: 0 })).rejects.toThrow(message)
  })
})
