import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../../src/base/logger.ts'
import { JetStreamError } from '../../../../src/store/jetstream/jet-stream-api.ts'
import type { KvChange, KvEntry } from '../../../../src/store/jetstream/kv-bucket.ts'
import { KvMirror, type KvMirrorParts } from '../../../../src/store/jetstream/kv-mirror.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** A bucket of which a test says what it tells of, and when. */
class FakeBucket {
  readonly name = 'bucket'
  /** How often it was asked. */
  askedCount = 0
  isAway = false
  onTold: (change: KvChange) => void = () => {}
  readonly #changes: KvEntry[] = []

  /** As servers may do that lose power. */
  loseLast(): void {
    this.#changes.pop()
  }

  change(key: string, value: string | undefined): KvChange {
    const entry = { key, value, revision: this.#changes.length + 1, id: '', timeMs: 0 }
    this.#changes.push(entry)
    return entry
  }

  told(message: Msg): KvChange | undefined {
    return message as unknown as KvChange
  }

  async lastRevision(): Promise<number> {
    this.askedCount++
    if (this.isAway) throw new JetStreamError('it is away', 0)
    return this.#changes.length
  }

  /** As a stream does that keeps the last one of each key. */
  async entries(first: number, last: number): Promise<KvEntry[]> {
    const isLast = ({ key, revision }: KvEntry): boolean =>
      this.#changes.findLast((other) => other.key === key)?.revision === revision
    return this.#changes.slice(first - 1, last).filter(isLast)
  }
}

let bucket: FakeBucket
let clock: FakeClock
let deleted: string[]
let told: [string, string | undefined][]

async function load(): Promise<KvMirror> {
  const connection: KvMirrorParts['connection'] = {
    subscribe: ((_subject, options) => {
      bucket.onTold = (change) => void options?.callback?.(null, change as unknown as Msg)
      return { unsubscribe() {} } as Subscription
    }) as NatsConnection['subscribe'],
  }
  const onDeleted = ({ key }: KvEntry): void => void deleted.push(key)
  const mirror = await KvMirror.load({
    ...{ bucket, connection, clock, onDeleted },
    logger: silentLogger,
  })
  mirror.listen((...change) => told.push(change))
  onTestFinished(() => mirror.close())
  return mirror
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  bucket = new FakeBucket()
  clock = new FakeClock()
  deleted = []
  told = []
})

it('has what the bucket had when it was loaded, and knows what had been deleted', async () => {
  bucket.change('a', 'first')
  bucket.change('b', 'there')
  bucket.change('gone', 'once')
  bucket.change('a', 'last')
  bucket.change('gone', undefined)
  const mirror = await load()
  expect(mirror.values).toEqual(
    new Map([
      ['b', 'there'],
      ['a', 'last'],
    ]),
  )
  expect([mirror.position, deleted]).toEqual([5, ['gone']])
})

it('asks for nothing that it is told of', async () => {
  const mirror = await load()
  const { askedCount } = bucket
  bucket.onTold(bucket.change('a', '1'))
  bucket.onTold(bucket.change('a', undefined))
  bucket.onTold(bucket.change('b', '2'))
  await mirror.reach(3)
  expect(told).toEqual([
    ['a', '1'],
    ['a', undefined],
    ['b', '2'],
  ])
  expect(bucket.askedCount).toBe(askedCount)
})

it('tells in their order of changes that come out of it, and of each once', async () => {
  const mirror = await load()
  const [first, second, third] = ['1', '2', '3'].map((value) => bucket.change('a', value))
  for (const change of [third, first, third, first, second, third]) {
    bucket.onTold(change as KvChange)
  }
  expect(told.map(([, value]) => value)).toEqual(['1', '2', '3'])
  expect(mirror.position).toBe(3)
})

it('asks for what it was not told of, when somebody waits for it', async () => {
  const mirror = await load()
  bucket.change('a', '1')
  const reached = mirror.reach(1)
  await turns()
  expect(told).toEqual([])
  clock.advance(50)
  await reached
  expect(told).toEqual([['a', '1']])
})

it('asks for what it was not told of, when it is told of what comes after that', async () => {
  const mirror = await load()
  bucket.change('a', '1')
  bucket.onTold(bucket.change('b', '2'))
  clock.advance(50)
  await turns()
  expect([mirror.position, told.length]).toEqual([2, 2])
})

it('asks now and then though nobody tells it anything', async () => {
  await load()
  bucket.change('a', '1')
  clock.advance(500)
  await turns()
  expect(told).toEqual([['a', '1']])
})

it('says when it cannot know what there is', async () => {
  const mirror = await load()
  bucket.isAway = true
  await expect(mirror.told()).rejects.toThrow('it is away')
  bucket.isAway = false
  bucket.change('a', '1')
  const known = mirror.told()
  await turns()
  clock.advance(50)
  await known
  expect(mirror.valueOf('a')).toBe('1')
})

it('cannot say what there is while the bucket has less than it has told of', async () => {
  const mirror = await load()
  bucket.onTold(bucket.change('a', '1'))
  bucket.onTold(bucket.change('b', '2'))
  bucket.loseLast()
  await expect(mirror.told()).rejects.toThrow('less of a bucket than it has told of')
  bucket.change('b', '2')
  await mirror.told()
  expect(told).toHaveLength(2)
})

it('knows what was changed after a position, for as long as it remembers', async () => {
  bucket.change('old', '1')
  bucket.change('kept', '1')
  const mirror = await load()
  bucket.onTold(bucket.change('old', undefined))
  expect([1, 2, 3].map((position) => mirror.isChangedAfter(position, 'old'))).toEqual([
    true,
    true,
    false,
  ])
  expect(mirror.isChangedAfter(2, 'kept')).toBe(false)
  clock.advance(180_000)
  bucket.onTold(bucket.change('new', '1'))
  expect(mirror.isChangedAfter(2, 'old')).toBe(true)
  expect(mirror.isChangedAfter(2, 'kept')).toBe(true)
  expect(mirror.isChangedAfter(3, 'kept')).toBe(false)
})
