// Tables that are nested more deeply than anyone needs, that lie about their lengths, or that hold values
// that are none.

import {
  BASIC_CONSUME,
  BASIC_PUBLISH,
  CONNECTION_START_OK,
  EXCHANGE_DECLARE,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  QUEUE_BIND,
  QUEUE_DECLARE,
} from 'amqp-codec'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { method } from '../support/raw-client-method.ts'
import { frame } from '../support/raw-client-wire.ts'
import { Arena, expectAnswer, runs, seed } from './arena.ts'

/** A table whose only field is a table, and so on; the innermost is empty. */
function nestedTables(levels: number): Buffer {
  const head = Buffer.from('\x01tF', 'latin1')
  return nested(levels, head, 0)
}

/** A table with an array in an array, and so on. */
function nestedArrays(levels: number): Buffer {
  const list = nested(levels - 1, Buffer.from('A'), 0)
  return withLength(Buffer.concat([Buffer.from('\x01tA', 'latin1'), list]))
}

/** Each level is `head`, four octets of length and the level below; seven octets at most. */
function nested(levels: number, head: Buffer, innermost: number): Buffer {
  const size = head.length + 4
  const octets = Buffer.alloc(levels * size + 4 + innermost)
  octets.writeUInt32BE(octets.length - 4, 0)
  for (let level = 0; level < levels; level++) {
    const at = 4 + level * size
    head.copy(octets, at)
    octets.writeUInt32BE(octets.length - at - size, at + head.length)
  }
  return octets
}

function withLength(octets: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(octets.length)
  return Buffer.concat([length, octets])
}

/** A frame of a method that ends with a table, with other octets in the place of an empty table. */
function withTable(channel: number, whole: Buffer, table: Buffer): Buffer {
  const payload = Buffer.concat([whole.subarray(7, -1 - 4), table])
  return frame(FRAME_METHOD, channel, payload)
}

const declare = encodeMethodFrame(
  1,
  method(QUEUE_DECLARE, { queue: 'fuzz.nested', exclusive: true }),
)
const CARRIERS = {
  'queue.declare': declare,
  'exchange.declare': encodeMethodFrame(
    1,
    method(EXCHANGE_DECLARE, { exchange: 'fuzz.two', type: 'topic' }),
  ),
  'queue.bind': encodeMethodFrame(
    1,
    method(QUEUE_BIND, { queue: 'fuzz.a', exchange: 'amq.headers' }),
  ),
  'basic.consume': encodeMethodFrame(1, method(BASIC_CONSUME, { queue: 'fuzz.a' })),
}
/** From the first level too many to as many as fit a frame. */
const TOO_DEEP = [66, 1000, 18_000]

describe(`hostile tables (FUZZ_SEED=${seed})`, () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open()
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  describe.for(Object.entries(CARRIERS))('in %s', ([, carrier]) => {
    test.for(TOO_DEEP)('%i deep are refused', async (levels) => {
      for (const table of [nestedTables(levels), nestedArrays(levels)]) {
        const connection = await arena.enter()
        connection.wire.write(withTable(1, carrier, table))
        const { method: close } = await connection.wire.next(0)
        expect(close).toMatchObject({ replyCode: 501 })
        await connection.wire.hangUp()
      }
      await arena.expectPeace()
    })
  })

  test('in client properties, before anyone is authenticated', async () => {
    for (const table of [nestedTables(500), nestedArrays(500)]) {
      const connection = await arena.dial()
      await connection.start()
      const whole = encodeMethodFrame(0, method(CONNECTION_START_OK, { mechanism: 'PLAIN' }))
      const rest = whole.subarray(11 + 4, -1)
      const ids = whole.subarray(7, 11)
      connection.wire.sendFrame(FRAME_METHOD, 0, Buffer.concat([ids, table, rest]))
      await connection.wire.hangUp()
    }
    await arena.expectPeace()
  })

  test.for([
    ['through the default exchange', '', 'fuzz.a'],
    ['through a headers exchange', 'amq.headers', ''],
  ] as const)('in the headers of a message: %s', async ([, exchange, routingKey]) => {
    for (const table of [nestedTables(18_000), nestedArrays(18_000)]) {
      const connection = await arena.enter()
      const binding = { queue: 'fuzz.a', exchange: 'amq.headers', arguments: { t: null } }
      const channel = connection.on(2).send(QUEUE_BIND, { ...binding, nowait: true })
      channel.send(BASIC_PUBLISH, { exchange, routingKey })
      const fixed = Buffer.from('003c' + '0000' + '0000000000000001' + '2000', 'hex')
      connection.wire.sendFrame(FRAME_HEADER, 2, Buffer.concat([fixed, table]))
      connection.wire.sendFrame(FRAME_BODY, 2, Buffer.from('x'))
      await expectAnswer(connection)
      await connection.wire.hangUp()
      await arena.expectPeace()
    }
  })

  test.for([
    ['d', '7ff8000000000000'],
    ['d', '7ff0000000000000'],
    ['f', '7fc00000'],
    ['T', 'ffffffffffffffff'],
    ['D', 'ffffffffff'],
    ['t', 'ff'],
  ] as const)('with a value that is none: %s %s', async ([type, value]) => {
    const octets = Buffer.concat([Buffer.from(`\x01n${type}`, 'latin1'), Buffer.from(value, 'hex')])
    for (const carrier of Object.values(CARRIERS)) {
      const connection = await arena.enter()
      connection.wire.write(withTable(1, carrier, withLength(octets)))
      connection.wire.write(withTable(1, carrier, withLength(octets)))
      await expectAnswer(connection)
      await connection.wire.hangUp()
    }
    await arena.expectPeace()
  })

  test('with one length that lies', async () => {
    const table = nestedTables(20)
    const lengths = fc.nat(20)
    const lies = fc.oneof(fc.nat(300), fc.nat(0xffff_ffff))
    const property = fc.asyncProperty(lengths, lies, async (level, lie) => {
      const damaged = Buffer.from(table)
      damaged.writeUInt32BE(lie, level * 7)
      const connection = await arena.enter()
      connection.wire.write(withTable(1, declare, damaged))
      await expectAnswer(connection)
      await connection.wire.hangUp()
      await arena.expectPeace()
    })
    await fc.assert(property, runs(200))
  })
})
