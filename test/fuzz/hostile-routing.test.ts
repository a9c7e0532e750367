// Bindings and keys that are allowed, and made to cost as much as they can.

import {
  BASIC_RETURN,
  EXCHANGE_BIND,
  EXCHANGE_DECLARE,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
} from 'amqp-codec'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RawChannel } from '../support/raw-client-channel.ts'
import { Arena } from './arena.ts'

/** More than a recursion over exchanges could bear. */
const CHAIN_LENGTH = 20_000

describe('routing', () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open()
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  /** Each test has exchanges of its own. */
  let chain = 0
  const exchangeName = (n: number) => `fuzz.chain.${chain}.${n}`

  async function enter(): Promise<RawChannel> {
    chain++
    return (await arena.enter()).on(1)
  }

  async function leave(channel: RawChannel): Promise<void> {
    await channel.wire.hangUp()
    await arena.expectPeace()
  }

  async function deleteChain(channel: RawChannel): Promise<void> {
    for (let n = 0; n < CHAIN_LENGTH; n++) {
      channel.send(EXCHANGE_DELETE, { exchange: exchangeName(n), nowait: true })
    }
    await channel.expectNothing()
  }

  /** Declares a chain of exchanges, each bound to the next one. */
  async function bindChain(channel: RawChannel, autoDelete: boolean): Promise<void> {
    for (let n = 0; n < CHAIN_LENGTH; n++) {
      const exchange = exchangeName(n)
      channel.send(EXCHANGE_DECLARE, { exchange, type: 'fanout', autoDelete, nowait: true })
      const binding = { source: exchangeName(n - 1), destination: exchange, nowait: true }
      if (n > 0) channel.send(EXCHANGE_BIND, binding)
      if (n % 1000 === 0) await channel.expectNothing()
    }
    await channel.expectNothing()
  }

  test('a topic pattern with a # before each word, and a key that nearly matches', async () => {
    const channel = await enter()
    const exchange = 'amq.topic'
    const nearly = await channel.declareBoundQueue(exchange, `${'#.a.'.repeat(50)}#.b`)
    const stars = await channel.declareBoundQueue(exchange, `${'#.*.'.repeat(50)}b`)
    const hashes = await channel.declareBoundQueue(exchange, `${'#.'.repeat(100)}a`)
    const routingKey = `${'a.'.repeat(120)}a`
    channel.publish({ exchange, routingKey, body: 'here' })
    expect(await channel.drain(nearly)).toEqual([])
    expect(await channel.drain(stars)).toEqual([])
    expect(await channel.drain(hashes)).toEqual(['here'])
    await leave(channel)
  })

  test('a long chain of exchanges', async () => {
    const channel = await enter()
    await bindChain(channel, false)
    const queue = await channel.declareBoundQueue(exchangeName(CHAIN_LENGTH - 1), '')
    channel.publish({ exchange: exchangeName(0), body: 'through' })
    expect(await channel.drain(queue)).toEqual(['through'])
    await deleteChain(channel)
    await leave(channel)
  })

  test('a long chain of exchanges that go with each other', async () => {
    const channel = await enter()
    await bindChain(channel, true)
    const last = exchangeName(CHAIN_LENGTH - 1)
    await channel.send(EXCHANGE_DELETE, { exchange: last }).expect(EXCHANGE_DELETE_OK)
    channel.send(EXCHANGE_DECLARE, { exchange: exchangeName(0), passive: true })
    const text = `NOT_FOUND - no exchange '${exchangeName(0)}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_DECLARE)
    await leave(channel)
  })

  test('a long chain of alternate exchanges', async () => {
    const channel = await enter()
    for (let n = 0; n < CHAIN_LENGTH; n++) {
      const alternate = { 'alternate-exchange': exchangeName((n + 1) % CHAIN_LENGTH) }
      const fields = { exchange: exchangeName(n), type: 'direct', arguments: alternate }
      channel.send(EXCHANGE_DECLARE, { ...fields, nowait: true })
      if (n % 1000 === 0) await channel.expectNothing()
    }
    channel.publish({ exchange: exchangeName(0), mandatory: true, body: 'in a circle' })
    expect((await channel.expectMessage(BASIC_RETURN)).body).toBe('in a circle')
    await deleteChain(channel)
    await leave(channel)
  })

  test('exchanges that are all bound to each other', async () => {
    const channel = await enter()
    const exchanges = Array.from({ length: 60 }, (_, n) => exchangeName(n))
    for (const exchange of exchanges) {
      channel.send(EXCHANGE_DECLARE, { exchange, type: 'fanout', nowait: true })
    }
    for (const source of exchanges) {
      for (const destination of exchanges) {
        channel.send(EXCHANGE_BIND, { source, destination, nowait: true })
      }
    }
    const queue = await channel.declareBoundQueue(exchangeName(59), '')
    channel.publish({ exchange: exchangeName(0), body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
    await deleteChain(channel)
    await leave(channel)
  })

  test('a message with very many routing keys', async () => {
    const channel = await enter()
    const queue = await channel.declareQueue()
    const CC = [...Array.from({ length: 9000 }, (_, n) => `key.${n}`), queue]
    channel.publish({ headers: { CC }, body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
    await leave(channel)
  })
})
