// What consumers of other nodes hold when the queue moves to this one.

import { describe, expect, it } from 'vitest'
import type { ClaimId } from '../../../src/queue/claims.ts'
import type { Place } from '../../../src/queue/queue.ts'
import { QuorumQueue } from '../../../src/queue/quorum-queue.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { nameOf, QueueFixture, type QueueFixtureOptions, TestConsumer } from './queue-fixture.ts'

const PERSISTENT = { deliveryMode: 2 }

type Options = Pick<QueueFixtureOptions, 'arguments' | 'newQueue'> & {
  readonly awaitsClaims?: boolean
}

/** A queue and its log, in one process after the other. */
class MovingQueue {
  readonly #options: Options
  readonly clock = new FakeClock()
  fixture: QueueFixture
  log: LogFixture

  constructor(options: Options = {}) {
    this.#options = options
    this.log = new LogFixture()
    this.fixture = this.#newQueue()
  }

  /** What is stored is all that the next process has. */
  async move(): Promise<void> {
    await this.log.storeAll()
    this.log = await recover(this.log.journal)
    this.fixture = this.#newQueue(this.#options.awaitsClaims)
  }

  idsOf(places: readonly Place[]): readonly ClaimId[] {
    const { queue } = this.fixture
    return places.map(({ message, sequence }) => ({
      priority: queue.priorityOf(message),
      sequence,
    }))
  }

  /** Those that were ready, by name. */
  async claim(
    ids: readonly ClaimId[],
  ): Promise<{ names: (string | undefined)[]; places: Place[] }> {
    const claimed = await this.fixture.queue.claim(ids)
    return {
      names: claimed.map((place) => place && nameOf(place.message)),
      places: claimed.filter((place) => place !== undefined),
    }
  }

  /** All that is ready, in order. */
  async drain(): Promise<string[]> {
    const names: string[] = []
    const { queue } = this.fixture
    for (let round = 0; queue.readyCount > 0 && round < 1000; round++) {
      names.push(...this.fixture.drain())
      await this.log.storeAll()
    }
    return names
  }

  #newQueue(awaitsClaims = false): QueueFixture {
    const { log } = this.log
    return new QueueFixture({
      ...this.#options,
      clock: this.clock,
      logOf: (priority) => log.queueLog(10 + priority),
      awaitsClaims,
    })
  }
}

describe('claiming', () => {
  it('leaves what it gives to who has it, whatever becomes of the rest', async () => {
    const it = new MovingQueue()
    it.fixture.publishAll(['a', 'b', 'c', 'd'], PERSISTENT)
    await it.move()
    const { places } = await it.claim([{ priority: 0, sequence: 2 }])
    expect([it.fixture.queue.readyBytes, it.fixture.queue.purge()]).toEqual([3, 3])
    it.fixture.queue.requeue(places)
    await it.move()
    expect(await it.drain()).toEqual(['c again'])
  })

  it('gives back what was held, and leaves the rest in its order', async () => {
    const it = new MovingQueue()
    it.fixture.publishAll(['a', 'b', 'c', 'd', 'e'], PERSISTENT)
    const held = [1, 2, 3, 4].map(() => it.fixture.queue.get(false)!)
    const ids = it.idsOf([held[3]!, held[1]!])
    await it.move()
    const { names, places } = await it.claim(ids)
    expect(names).toEqual(['d', 'b'])
    const { queue } = it.fixture
    expect([queue.readyCount, queue.unackedCount]).toEqual([3, 2])
    queue.requeue(places.splice(0, 1))
    queue.acknowledge(places)
    expect(queue.unackedCount).toBe(0)
    expect(await it.drain()).toEqual(['a again', 'c again', 'd again', 'e'])
    await it.log.storeAll()
    expect(await it.log.recovered()).toEqual([])
  })

  it('finds them of each priority, however deep they are', async () => {
    const it = new MovingQueue({ arguments: { 'x-max-priority': 2 } })
    for (let n = 0; n < 300; n++) {
      it.fixture.publish(`m${n}`, { ...PERSISTENT, priority: n % 3 }, 1000)
      if (n % 50 === 0) await it.log.storeAll()
    }
    await it.move()
    const wanted = [299, 1, 150, 0, 298].map((n) => ({
      priority: n % 3,
      sequence: Math.floor(n / 3),
    }))
    expect((await it.claim(wanted)).names).toEqual(['m299', 'm1', 'm150', 'm0', 'm298'])
    expect(it.fixture.queue.readyCount).toBe(295)
    expect(await it.drain()).toHaveLength(295)
  })

  it('gives nothing for what was settled, was never stored, is not a place or is claimed already', async () => {
    const it = new MovingQueue()
    it.fixture.publishAll(['a', 'b'], PERSISTENT)
    it.fixture.publish('transient')
    it.fixture.queue.acknowledge([it.fixture.queue.get(false)!])
    await it.move()
    // It has the sequence now that the transient one had.
    it.fixture.publish('new', PERSISTENT)
    await it.log.storeAll()
    const ids = [0, 1, 1, 2, 3, -1, 0.5, Number.NaN].map((sequence) => ({ priority: 0, sequence }))
    const { names } = await it.claim([...ids, { priority: 1, sequence: 1 }])
    expect(names.filter((name) => name !== undefined)).toEqual(['b'])
    expect(names[1]).toBe('b')
    expect((await it.claim(ids)).places).toEqual([])
    expect(await it.drain()).toEqual(['new'])
  })

  it('does not give what has expired, and keeps the time of what comes back', async () => {
    const it = new MovingQueue({ arguments: { 'x-dead-letter-exchange': 'dlx' } })
    it.fixture.publish('a', { ...PERSISTENT, expiration: '1000' })
    it.fixture.publish('b', { ...PERSISTENT, expiration: '5000' })
    const ids = it.idsOf([it.fixture.queue.get(false)!, it.fixture.queue.get(false)!])
    await it.move()
    it.clock.advance(1000)
    const { names, places } = await it.claim(ids)
    expect(names).toEqual([undefined, 'b'])
    await microtasks()
    expect(it.fixture.deaths).toEqual(['a expired'])
    it.clock.advance(4000)
    expect(it.fixture.deaths).toEqual(['a expired'])
    it.fixture.queue.requeue(places)
    expect(it.fixture.deaths).toEqual(['a expired', 'b expired'])
  })

  it('counts what comes back to a quorum queue', async () => {
    const it = new MovingQueue({
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1 },
      newQueue: (parts) => new QuorumQueue(parts),
    })
    it.fixture.publishAll(['a', 'b'])
    const ids = it.idsOf([it.fixture.queue.get(false)!])
    await it.move()
    const { places } = await it.claim(ids)
    it.fixture.queue.requeue(places)
    const consumer = new TestConsumer({ prefetchCount: 1 })
    it.fixture.queue.consume(consumer, false)
    expect(consumer.taken).toEqual(['a again 1'])
    it.fixture.queue.requeue(consumer.held.splice(0))
    it.fixture.queue.resume(consumer)
    await microtasks()
    expect(consumer.taken).toEqual(['a again 1', 'b'])
  })

  it('says that somebody has had it, should this process end as well', async () => {
    const it = new MovingQueue()
    it.fixture.publish('a', PERSISTENT)
    await it.move()
    await it.claim([{ priority: 0, sequence: 0 }])
    await it.move()
    expect(await it.drain()).toEqual(['a again'])
  })

  it('gives nothing when what is stored cannot be read', async () => {
    const it = new MovingQueue()
    it.fixture.publishAll(['a', 'b'], PERSISTENT)
    await it.move()
    it.log.journal.isReadable = false
    const ids = [{ priority: 0, sequence: 1 }]
    await expect(it.claim(ids)).rejects.toThrow('the disk is broken')
    it.log.journal.isReadable = true
    expect((await it.claim(ids)).names).toEqual(['b'])
    expect(await it.drain()).toEqual(['a again'])
  })

  it('has what is too much dropped only when all has been claimed', async () => {
    const it = new MovingQueue({
      arguments: { 'x-max-length': 2, 'x-dead-letter-exchange': 'dlx' },
      awaitsClaims: true,
    })
    it.fixture.publishAll(['a', 'b'], PERSISTENT)
    const ids = it.idsOf([it.fixture.queue.get(false)!, it.fixture.queue.get(false)!])
    it.fixture.publishAll(['c', 'd'], PERSISTENT)
    await it.move()
    await microtasks()
    expect([it.fixture.queue.isLoading, it.fixture.queue.get(false)]).toEqual([true, undefined])
    expect((await it.claim(ids.slice(1))).names).toEqual(['b'])
    expect(it.fixture.deaths).toEqual([])
    it.fixture.queue.begin()
    await microtasks()
    expect(it.fixture.deaths).toEqual(['a maxlen'])
    expect(await it.drain()).toEqual(['c', 'd'])
  })

  it('gives nothing of a queue that is deleted meanwhile', async () => {
    const it = new MovingQueue()
    it.fixture.publish('a', PERSISTENT)
    await it.move()
    const claim = it.claim([{ priority: 0, sequence: 0 }])
    it.fixture.queue.delete()
    expect((await claim).places).toEqual([])
    expect(it.fixture.queue.unackedCount).toBe(0)
  })
})
