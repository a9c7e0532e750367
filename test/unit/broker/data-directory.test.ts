// A broker's data directory: who may use it, and what its first start decides.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBroker } from '../../../src/index.ts'
import { LmdbMetadata } from '../../../src/store/lmdb/lmdb-metadata.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { RestartedBroker } from './restarted-broker.ts'
import { RunningBroker } from './running-broker.ts'

const DEFAULTS_DIFFER = expect.stringContaining('count at the first start')

describe('the first start with a data directory', () => {
  const app = { defaultUser: 'app', defaultPass: 'sésame', defaultVhost: 'orders' }

  it('makes the default user and virtual host, which then are as they are', async () => {
    const logger = new RecordingLogger()
    const broker = await RestartedBroker.start({ ...app, logger })
    const session = { username: 'app', password: 'sésame', virtualHost: 'orders' }
    await broker.running.connect(session)
    await broker.restart('closed')
    await broker.running.connect(session)
    expect(logger.lines.filter(([level]) => level === 'warn')).toEqual([])
  })

  it.each([
    ['user', { defaultUser: 'other' }],
    ['password', { defaultPass: 'other' }],
    ['virtual host', { defaultVhost: '/' }],
  ])('is not made up for by another default %s later, of which the log tells', async (_, later) => {
    const logger = new RecordingLogger()
    const broker = await RestartedBroker.start({ ...app, logger })
    await broker.restart('closed', { ...app, ...later })
    const warnings = logger.lines.filter(([level]) => level === 'warn')
    expect(warnings.map(([, message]) => message)).toContainEqual(DEFAULTS_DIFFER)
    expect(JSON.stringify(warnings)).not.toContain('sésame')
    await broker.running.connect({ username: 'app', password: 'sésame', virtualHost: 'orders' })
    const {
      defaultUser: username,
      defaultPass: password,
      defaultVhost: virtualHost,
    } = {
      ...app,
      ...later,
    }
    await expect(broker.running.connect({ username, password, virtualHost })).rejects.toThrow()
  })

  it('stores no password', async () => {
    const broker = await RestartedBroker.start(app)
    await broker.running.broker.close()
    const stored = readFileSync(join(broker.dataDir, 'definitions.mdb'))
    expect(stored.includes('orders')).toBe(true)
    expect(stored.includes('sésame')).toBe(false)
  })

  it('counts even if the broker could not listen then', async () => {
    const taken = await RunningBroker.start()
    const dataDir = join(temporaryDirectory(), 'data')
    const { port } = taken.broker
    await expect(createBroker({ ...app, dataDir, port })).rejects.toThrow('EADDRINUSE')
    const running = await RunningBroker.start({ dataDir })
    await running.connect({ username: 'app', password: 'sésame', virtualHost: 'orders' })
  })
})

describe('a data directory', () => {
  it('is refused to a second broker, for as long as the first one runs', async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const first = await RunningBroker.start({ dataDir })
    const error = await createBroker({ port: 0, dataDir }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toContain('in use by another broker')
    await first.broker.close()
    await RunningBroker.start({ dataDir })
  })

  it('is let go by a broker that cannot start', async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    const taken = await RunningBroker.start()
    for (let attempt = 0; attempt < 2; attempt++) {
      const starting = createBroker({ dataDir, port: taken.broker.port })
      await expect(starting).rejects.toThrow('EADDRINUSE')
    }
    await RunningBroker.start({ dataDir })
  })

  it('of a newer version is refused', async () => {
    const dataDir = temporaryDirectory()
    writeFileSync(join(dataDir, 'format'), 'leveret store 1000\n')
    await expect(createBroker({ port: 0, dataDir })).rejects.toThrow('newer version')
  })

  it('with definitions that cannot be read is refused, and let go', async () => {
    const broker = await RestartedBroker.start()
    const client = await broker.client()
    await client.queue('q')
    await client.channel.confirmSelect()
    const message = { routingKey: 'q', body: 'm', properties: { deliveryMode: 2 } }
    await client.channel.publish(message).confirmed(1)
    await broker.running.broker.close()
    const path = join(broker.dataDir, 'definitions.mdb')
    for (const [format, message] of [
      ['2', 'newer version'],
      ['1', undefined],
    ] as const) {
      const metadata = await LmdbMetadata.open(path)
      await metadata.put('format', format)
      await metadata.close()
      const started = broker.restart('closed')
      if (message === undefined) await started
      else await expect(started).rejects.toThrow(message)
    }
    const after = await broker.client()
    expect(await after.channel.drain('q')).toEqual(['m'])
  })

  it('is not made by a broker that keeps nothing', async () => {
    const logger = new RecordingLogger()
    const running = await RunningBroker.start({ logger })
    await running.connect()
    expect(existsSync('none')).toBe(false)
    expect(logger.lines.filter(([level]) => level === 'warn')).toEqual([])
  })
})
