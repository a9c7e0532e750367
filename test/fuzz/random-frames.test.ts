// Frames in an order that no client would send: right ones, misplaced ones, broken ones.

import { METHODS, QUEUE_DELETE } from 'amqp-codec'
import fc, { type Arbitrary } from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { damaged, malformed, misplaced, truncated, wellFormed } from './arbitrary-frames.ts'
import { anyMethod } from './arbitrary-methods.ts'
import { Arena, converse, expectAnswer, runs, seed } from './arena.ts'

describe(`random frames (FUZZ_SEED=${seed})`, () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open()
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  /** Sends whole frames; whatever they are, the broker answers. */
  const sendWhole = async (frames: Buffer[]): Promise<void> => {
    const connection = await arena.enter()
    connection.wire.write(Buffer.concat(frames))
    await expectAnswer(connection)
    await connection.wire.hangUp()
    await arena.expectPeace()
  }

  /** Sends whole frames one by one, and goes on after mistakes that close no more than a channel. */
  const heard = new Map<string, number>()
  const sendOneByOne = async (frames: Buffer[]): Promise<void> => {
    const connection = await arena.enter()
    for (const name of await converse(connection, frames)) {
      heard.set(name, (heard.get(name) ?? 0) + 1)
    }
    await connection.wire.hangUp()
    await arena.expectPeace()
  }

  /** Sends octets that may end within a frame; all that the broker must do is to let go. */
  const sendPieces = async (pieces: Buffer[]): Promise<void> => {
    const { wire } = await arena.enter()
    await wire.write(Buffer.concat(pieces)).hangUp()
    await arena.expectPeace()
  }

  const several = (arbitrary: Arbitrary<Buffer>) =>
    fc.array(arbitrary, { minLength: 1, maxLength: 30, size: 'max' })
  const mostly = (rare: Arbitrary<Buffer>) =>
    several(fc.oneof({ weight: 10, arbitrary: wellFormed }, { weight: 1, arbitrary: rare }))

  test.for<[string, Arbitrary<Buffer[]>, (frames: Buffer[]) => Promise<void>]>([
    ['that a client might send', several(wellFormed), sendOneByOne],
    ['that a client might send, all at once', several(wellFormed), sendWhole],
    ['among them some out of place', mostly(misplaced), sendWhole],
    ['all out of place', several(misplaced), sendWhole],
    ['among them some that are none', mostly(malformed), sendWhole],
    ['among them damaged ones', mostly(damaged), sendPieces],
    ['among them some cut short', mostly(truncated), sendPieces],
  ])('%s', async ([, arbitrary, send]) => {
    await fc.assert(fc.asyncProperty(arbitrary, send), runs(100))
  })

  test('are not all refused', () => {
    const answers = ['queue.declare-ok', 'basic.consume-ok', 'basic.deliver', 'basic.get-ok']
    const others = ['basic.return', 'basic.ack', 'tx.select-ok', 'exchange.bind-ok']
    expect([...heard.keys()]).toEqual(expect.arrayContaining([...answers, ...others]))
  })

  test('cover all methods', () => {
    const ids = fc.sample(anyMethod, { seed, numRuns: 5000 }).map(({ id }) => id)
    expect(new Set(ids)).toEqual(new Set(METHODS.keys()))
  })

  test('leave a broker behind whose queues can still be deleted', async () => {
    const connection = await arena.enter()
    const channel = connection.on(1)
    for (const queue of ['fuzz.a', 'fuzz.b', 'fuzz.c'])
      channel.send(QUEUE_DELETE, { queue, nowait: true })
    await channel.expectNothing()
    await connection.close()
    await arena.expectPeace()
  })
})
