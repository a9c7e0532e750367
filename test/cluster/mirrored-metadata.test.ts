import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import type { NatsLink } from '../../src/nats/nats-link.ts'
import type { KvNote, KvReceipt } from '../../src/store/jetstream/kv-note.ts'
import { MirroredMetadata } from '../../src/store/jetstream/mirrored-metadata.ts'
import { metadataContract } from '../contract/metadata.contract.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

function openBucket(bucket: string, replicas: number, link: NatsLink = nats.link) {
  const options = { link, bucket, replicas, clock: systemClock, logger: silentLogger }
  return MirroredMetadata.open(options)
}

function newBucket(): string {
  const bucket = nats.uniqueName()
  onTestFinished(() => nats.api.deleteStream(`KV_${bucket}`).catch(() => {}))
  return bucket
}

for (const replicas of [1, 3]) {
  nats.describe(`MirroredMetadata with replicas: ${replicas}`, () => {
    metadataContract(() => {
      const bucket = newBucket()
      return () => openBucket(bucket, replicas)
    })
  })
}

type Stores = [MirroredMetadata, MirroredMetadata, MirroredMetadata]

async function openThree(bucket = newBucket()): Promise<Stores> {
  const stores: MirroredMetadata[] = []
  for (let node = 0; node < 3; node++) {
    stores.push(await openBucket(bucket, 3, await nats.connect()))
  }
  onTestFinished(async () => {
    for (const store of stores) await store.close()
  })
  return stores as Stores
}

/** How nodes may have their changes written; each of them without another one's being lost. */
const WAYS: Readonly<Record<string, (stores: Stores) => void>> = {
  'each by itself': () => {},
  'by one for all': ([first, ...others]) => {
    for (const store of others) store.writeElsewhere((note) => first.scribe.write(note))
  },
  'by one another': ([a, b, c]) => {
    a.writeElsewhere((note) => b.scribe.write(note))
    b.writeElsewhere((note) => c.scribe.write(note))
    c.writeElsewhere((note) => a.scribe.write(note))
  },
  'by one who does not always say so': ([first, ...others]) => {
    let count = 0
    for (const store of others) {
      store.writeElsewhere(async (note) => {
        const receipt = await first.scribe.write(note)
        return count++ % 3 === 0 ? undefined : receipt
      })
    }
  },
  'by one who does not always know': ([first, ...others]) => {
    let count = 0
    for (const store of others) {
      store.writeElsewhere(async (note) => {
        if (count++ % 3 > 0) return first.scribe.write(note)
        void first.scribe.write(note)
        return undefined
      })
    }
  },
}

for (const [way, arrange] of Object.entries(WAYS)) {
  nats.describe(`what many nodes change at once, written ${way}`, () => {
    it('is made once, where all of them want the same key', async () => {
      const stores = await openThree()
      arrange(stores)
      const keys = Array.from({ length: 300 }, (_, n) => `key ${n}`)
      const made = await Promise.all(
        stores.map((store, index) => {
          const own = index === 1 ? keys.toReversed() : keys
          const tries = own.map((key) => store.replace(key, undefined, `${key} of ${index}`))
          return Promise.all(tries).then((outcomes) => new Set(own.filter((_, at) => outcomes[at])))
        }),
      )
      const values = await stores[0].load()
      for (const key of keys) {
        const makers = made.flatMap((of, index) => (of.has(key) ? [`${key} of ${index}`] : []))
        expect(makers).toEqual([values.get(key)])
      }
    })

    it('counts together', async () => {
      const stores = await openThree()
      arrange(stores)
      const count = async (store: MirroredMetadata, name: string): Promise<void> => {
        for (let made = 0; made < 30; ) {
          const before = await store.read('count')
          const counted = Number(before?.split(' ')[0] ?? 0)
          if (await store.replace('count', before, `${counted + 1} ${name} ${made}`)) made++
        }
      }
      await Promise.all(stores.map((store, index) => count(store, `node ${index}`)))
      expect(await stores[0].read('count')).toMatch(/^90 /)
    })

    it('is told to all up to the position that each says', async () => {
      const stores = await openThree()
      arrange(stores)
      const told = await Promise.all(
        stores.map(async (store) => {
          const values = new Map<string, string | undefined>()
          await store.watch((key, value) => values.set(key, value))
          return values
        }),
      )
      await Promise.all(
        stores.map(async (store, index) => {
          for (let round = 0; round < 20; round++) {
            await Promise.all([store.put(`a ${index}`, `${round}`), store.delete(`b ${index}`)])
            await store.put(`b ${index}`, `${round}`)
            const { position } = store
            await Promise.all(stores.map((other) => other.told(position)))
            for (const values of told) {
              expect(values.get(`a ${index}`)).toBe(`${round}`)
              expect(values.get(`b ${index}`)).toBe(`${round}`)
            }
          }
        }),
      )
    })
  })
}

nats.describe('a change that another node makes for this one', () => {
  it('is not made any more when it was given up, and done and undone since', async () => {
    const [here, there] = await openThree()
    const given: KvNote[] = []
    here.writeElsewhere(async (note) => void given.push(note))
    await here.put('a', 'stale')
    await here.put('b', 'kept')
    await here.delete('a')
    const late = await Promise.all(given.map((note) => there.scribe.write(note)))
    expect(late.map(({ revisions }) => revisions)).toEqual([[0], [0], [0]])
    expect(await there.load()).toEqual(new Map([['b', 'kept']]))
  })

  it('is one note where many are made at once', async () => {
    const [here, there] = await openThree()
    const notes: KvReceipt[] = []
    here.writeElsewhere(async (note) => {
      const receipt = await there.scribe.write(note)
      notes.push(receipt)
      return receipt
    })
    const keys = Array.from({ length: 200 }, (_, n) => `key ${n}`)
    await Promise.all(keys.map((key) => here.put(key, 'value')))
    expect(notes).toHaveLength(1)
    expect(notes[0]?.revisions).toEqual(keys.map((_, index) => index + 1))
    expect(await there.load()).toEqual(new Map(keys.map((key) => [key, 'value'])))
  })

  it('is refused by itself when it is larger than NATS takes', async () => {
    const [here] = await openThree()
    const large = 'x'.repeat(nats.link.requests.maxPayloadBytes)
    const puts = [here.put('a', 'small'), here.put('b', large), here.replace('c', undefined, large)]
    const outcomes = await Promise.allSettled(puts)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await here.load()).toEqual(new Map([['a', 'small']]))
  })
})

nats.describe('a bucket of definitions', () => {
  it('has a key for each, as the tools of NATS see it', async () => {
    const bucket = newBucket()
    const [store] = await openThree(bucket)
    await store.put('queue a', 'its value')
    const subject = `$KV.${bucket}.${Buffer.from('queue a').toString('base64url')}`
    const message = await nats.api.message(`KV_${bucket}`, { last_by_subj: subject })
    expect(message?.data.toString()).toBe('its value')
  })
})
