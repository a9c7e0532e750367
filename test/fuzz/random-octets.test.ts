// Octets that mean nothing, before and after the handshake, and handshakes that are cut or damaged.

import { PROTOCOL_HEADER } from 'amqp-codec'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { Arena, runs, seed } from './arena.ts'
import { handshake } from './recorded-session.ts'

describe(`random octets (FUZZ_SEED=${seed})`, () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open()
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  const octets = fc.uint8Array({ maxLength: 3000, size: 'max' }).map((array) => Buffer.from(array))
  const check = async (send: Buffer[]): Promise<void> => {
    const { wire } = await arena.dial()
    for (const piece of send) await wire.write(piece).flushed()
    await wire.hangUp()
    await arena.expectPeace()
  }

  test('instead of a protocol header', async () => {
    await fc.assert(
      fc.asyncProperty(octets, (noise) => check([noise])),
      runs(100),
    )
  })

  test('behind the protocol header', async () => {
    const property = fc.asyncProperty(octets, (noise) => check([PROTOCOL_HEADER, noise]))
    await fc.assert(property, runs(100))
  })

  test('in an open connection', async () => {
    const property = fc.asyncProperty(octets, async (noise) => {
      const { wire } = await arena.enter()
      await wire.write(noise).hangUp()
      await arena.expectPeace()
    })
    await fc.assert(property, runs(100))
  })

  test('in the place of any octet of a handshake', async () => {
    const place = fc.nat(handshake.length - 1)
    const property = fc.asyncProperty(place, fc.nat(0xff), (at, octet) => {
      const damaged = Buffer.from(handshake)
      damaged[at] = octet
      return check([damaged])
    })
    await fc.assert(property, runs(200))
  })

  test('missing from the end of a handshake, wherever that is', async () => {
    for (let length = 0; length <= handshake.length; length++) {
      await check([handshake.subarray(0, length)])
    }
  })

  test('that come in pieces of any size', async () => {
    const cuts = fc.uniqueArray(fc.nat(handshake.length), { maxLength: 20 })
    const property = fc.asyncProperty(cuts, async (unsorted) => {
      const at = [0, ...unsorted.sort((a, b) => a - b), handshake.length]
      await check(at.slice(1).map((end, index) => handshake.subarray(at[index], end)))
    })
    await fc.assert(property, runs(50))
  })
})
