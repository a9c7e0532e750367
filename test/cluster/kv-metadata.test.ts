import { expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import type { NatsLink } from '../../src/nats/nats-link.ts'
import { KvMetadata } from '../../src/store/jetstream/kv-metadata.ts'
import { metadataContract } from '../contract/metadata.contract.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

function openBucket(bucket: string, replicas: number, link: NatsLink = nats.link) {
  const options = { link, bucket, replicas, clock: systemClock, logger: silentLogger }
  return KvMetadata.open(options)
}

function newBucket(): string {
  const bucket = nats.uniqueName()
  onTestFinished(() => nats.api.deleteStream(`KV_${bucket}`).catch(() => {}))
  return bucket
}

for (const replicas of [1, 3]) {
  nats.describe(`KvMetadata with replicas: ${replicas}`, () => {
    metadataContract(() => {
      const bucket = newBucket()
      return () => openBucket(bucket, replicas)
    })
  })
}

nats.describe('KvMetadata of several nodes', () => {
  async function openMany(): Promise<KvMetadata[]> {
    const bucket = newBucket()
    const stores: KvMetadata[] = []
    for (let node = 0; node < 3; node++) {
      stores.push(await openBucket(bucket, 3, await nats.connect()))
    }
    onTestFinished(async () => {
      for (const store of stores) await store.close()
    })
    return stores
  }

  it('sees at once what another has done, and is told of it', async () => {
    const [here, there] = (await openMany()) as [KvMetadata, KvMetadata]
    const told: [string, string | undefined][] = []
    await there.watch((...change) => told.push(change))
    await here.put('a', 'from here')
    expect(await there.read('a')).toBe('from here')
    await there.put('a', 'from there')
    await here.delete('a')
    expect(await there.load()).toEqual(new Map())
    await vi.waitFor(() => expect(told.at(-1)).toEqual(['a', undefined]), 5000)
  })

  it('has been told of what others did before it waited for that', async () => {
    const [here, there] = (await openMany()) as [KvMetadata, KvMetadata]
    const told = new Map<string, string | undefined>()
    await there.watch((key, value) => told.set(key, value))
    for (let round = 0; round < 50; round++) {
      await Promise.all([here.put('a', `${round}`), here.put(`b ${round}`, 'put')])
      await Promise.all([there.told(), there.told()])
      expect(told.get('a')).toBe(`${round}`)
      expect(told.get(`b ${round}`)).toBe('put')
    }
  })

  it('is told of a thousand changes', async () => {
    const [here, there] = (await openMany()) as [KvMetadata, KvMetadata]
    const told = new Map<string, string | undefined>()
    await there.watch((key, value) => told.set(key, value))
    const keys = Array.from({ length: 1000 }, (_, n) => `key ${n}`)
    await Promise.all(keys.map((key) => here.put(key, `value of ${key}`)))
    await vi.waitFor(() => expect(told.size).toBe(1000), 10_000)
    expect(told).toEqual(await there.load())
  })

  it('replaces many keys at once, each of them once, while others do the same', async () => {
    const stores = await openMany()
    const keys = Array.from({ length: 300 }, (_, n) => `key ${n}`)
    const replaceAll = (store: KvMetadata, name: string): Promise<boolean[]> =>
      Promise.all(keys.map((key) => store.replace(key, undefined, `${key} of ${name}`)))
    const made = await Promise.all(stores.map((store, index) => replaceAll(store, `${index}`)))
    const values = (await stores[0]?.load()) ?? new Map<string, string>()
    for (const [at, key] of keys.entries()) {
      const makers = made.flatMap((outcomes, index) => (outcomes[at] ? [`${key} of ${index}`] : []))
      expect(makers).toEqual([values.get(key)])
    }
  })

  it('counts together without losing anything', async () => {
    const stores = await openMany()
    const count = async (store: KvMetadata, name: string): Promise<void> => {
      for (let made = 0; made < 40; ) {
        const before = await store.read('count')
        const counted = Number(before?.split(' ')[0] ?? 0)
        if (await store.replace('count', before, `${counted + 1} ${name} ${made}`)) made++
      }
    }
    await Promise.all(stores.map((store, index) => count(store, `node ${index}`)))
    expect(await stores[0]?.read('count')).toMatch(/^120 /)
  })
})
