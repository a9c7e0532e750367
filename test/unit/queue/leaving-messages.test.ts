// Dead messages whose letters come to where they go later, as on another node.

import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../support/fake-clock.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

const PERSISTENT = { deliveryMode: 2 }
const TO_DLX = { 'x-dead-letter-exchange': 'dlx' }

function start(sketch: Readonly<Record<string, unknown>> = {}) {
  const log = new LogFixture()
  const it = new QueueFixture({ arguments: { ...TO_DLX, ...sketch }, logOf: () => log.queue })
  it.isArriving = false
  const storedCount = async (): Promise<number> => {
    await log.storeAll()
    return (await recover(log.journal)).queue.count
  }
  return { it, log, storedCount }
}

describe('a message that has died', () => {
  it('is stored in its queue until its letter has arrived', async () => {
    const { it, storedCount } = start()
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    it.publish('a', PERSISTENT)
    it.publish('b', PERSISTENT)
    it.queue.reject(consumer.held)
    expect([it.deaths, it.queue.unackedCount]).toEqual([['a rejected', 'b rejected'], 0])
    expect(await storedCount()).toBe(2)
    it.letters[0]?.arrived()
    expect(await storedCount()).toBe(1)
    it.letters[1]?.arrived()
    expect(await storedCount()).toBe(0)
  })

  it('is refused without having been in the queue', async () => {
    const { it, storedCount } = start({
      'x-max-length': 1,
      'x-overflow': 'reject-publish-dlx',
    })
    it.publish('a', PERSISTENT)
    it.publish('b', PERSISTENT)
    expect(it.deaths).toEqual(['b maxlen'])
    it.letters[0]?.arrived()
    expect(await storedCount()).toBe(1)
  })

  it('waits while too many others are on their way', () => {
    const clock = new FakeClock()
    const it = new QueueFixture({ arguments: { ...TO_DLX, 'x-message-ttl': 1 }, clock })
    it.isArriving = false
    for (let index = 0; index < 10_005; index++) it.publish('m')
    clock.advance(1000)
    expect([it.letters.length, it.queue.readyCount, it.get()]).toEqual([10_000, 5, undefined])
    for (const letter of it.letters) letter.arrived()
    clock.advance(100)
    expect([it.letters.length, it.queue.readyCount]).toEqual([10_005, 0])
  })
})
