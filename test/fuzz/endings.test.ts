// Much that goes at once, when a client goes.

import { EXCHANGE_BIND, EXCHANGE_DECLARE, QUEUE_BIND } from 'amqp-codec'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { Arena } from './arena.ts'

/** More than a recursion over exchanges could bear. */
const CHAIN_LENGTH = 20_000

describe('a client goes', () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open({ maxPendingConnections: 3 })
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  test('and with its queue a long chain of exchanges that are bound to it', async () => {
    const channel = (await arena.enter()).on(1)
    const exchangeName = (n: number) => `fuzz.ending.${n}`
    const queue = await channel.declareQueue()
    for (let n = 0; n < CHAIN_LENGTH; n++) {
      const exchange = exchangeName(n)
      const options = { type: 'fanout', autoDelete: true, nowait: true }
      channel.send(EXCHANGE_DECLARE, { exchange, ...options })
      const binding = { source: exchange, destination: exchangeName(n - 1), nowait: true }
      if (n === 0) channel.send(QUEUE_BIND, { queue, exchange, nowait: true })
      else channel.send(EXCHANGE_BIND, binding)
      if (n % 1000 === 0) await channel.expectNothing()
    }
    channel.publish({ exchange: exchangeName(CHAIN_LENGTH - 1), body: 'through' })
    expect(await channel.drain(queue)).toEqual(['through'])
    channel.wire.destroy()
    await vi.waitFor(() => expect(arena.broker.connectionCount).toBe(1), 60_000)
    await arena.expectPeace()

    const witness = (await arena.enter()).on(1)
    for (const n of [0, 1, CHAIN_LENGTH / 2, CHAIN_LENGTH - 1]) {
      const exchange = exchangeName(n)
      witness.send(EXCHANGE_DECLARE, { exchange, passive: true })
      const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
      await witness.expectClose(404, text, EXCHANGE_DECLARE)
    }
    await witness.wire.hangUp()
    await arena.expectPeace()
  })

  test('and those that were refused take nobody’s place meanwhile', async () => {
    const refused: RawConnection[] = []
    for (let n = 0; n < 5; n++) {
      const stranger = await arena.dial()
      await stranger.start()
      // Says nothing more about it, and drops it some seconds later.
      stranger.sendStartOk({ mechanism: 'RIDDLE' })
      refused.push(stranger)
    }
    const waiting: RawConnection[] = []
    for (let n = 0; n < 3; n++) waiting.push(await arena.dial())
    for (const stranger of waiting) await (await stranger.open()).close()
    for (const { wire } of refused) await wire.ended()
    await arena.expectPeace()
  })
})
