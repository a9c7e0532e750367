// Bytes that nobody sane would send: whatever they are, decoding gives a value or a CodecError.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CodecError,
  decodeFields,
  decodeFieldTable,
  decodeMethod,
  decodeProperties,
  encodeContentHeaderFrame,
  encodeFieldTable,
  encodeMethodFrame,
  FRAME_HEADER_SIZE,
  METHODS,
} from '../src/index.ts'
import { fieldTable, method, properties } from './support/arbitraries.ts'

function valueOrCodecError(decode: () => unknown): void {
  try {
    decode()
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError)
  }
}

const randomBytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))

/** The payload of a frame, with some octets changed. */
function damaged(frames: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 })
  return fc.tuple(frames, changes).map(([frame, places]) => {
    const payload = frame.subarray(FRAME_HEADER_SIZE, -1)
    for (const [place, octet] of places) payload[place % payload.length] = octet
    return payload
  })
}

test('random bytes after the id of any method', () => {
  const id = fc.constantFrom(...METHODS.keys())
  fc.assert(
    fc.property(id, randomBytes, (methodId, fields) => {
      const payload = Buffer.concat([Buffer.alloc(4), fields])
      payload.writeUInt32BE(methodId)
      valueOrCodecError(() => decodeMethod(payload, 0, payload.length))
    }),
    { numRuns: 5000 },
  )
})

test('methods with a few octets changed', () => {
  const frames = method.map((value) => encodeMethodFrame(1, value))
  fc.assert(
    fc.property(damaged(frames), (payload) => {
      valueOrCodecError(() => decodeMethod(payload, 0, payload.length))
    }),
    { numRuns: 2000 },
  )
})

test('random bytes for a table', () => {
  fc.assert(
    fc.property(randomBytes, (bytes) => {
      valueOrCodecError(() => decodeFieldTable(bytes, 0, bytes.length))
      valueOrCodecError(() => decodeFields(bytes, 0, bytes.length))
    }),
    { numRuns: 5000 },
  )
})

test('tables with a few octets changed, which encode to what they decode to', () => {
  // A frame around it, so that the damage spares nothing of the table.
  const frames = fieldTable.map((table) =>
    Buffer.concat([Buffer.alloc(FRAME_HEADER_SIZE), encodeFieldTable(table), Buffer.alloc(1)]),
  )
  fc.assert(
    fc.property(damaged(frames), (bytes) => {
      valueOrCodecError(() => {
        const table = decodeFieldTable(bytes, 0, bytes.length)
        const again = encodeFieldTable(table)
        expect(decodeFieldTable(again, 0, again.length)).toEqual(table)
      })
    }),
    { numRuns: 2000 },
  )
})

test('content headers with a few octets changed', () => {
  const frames = properties.map((value) => encodeContentHeaderFrame(1, 1, value))
  fc.assert(
    fc.property(damaged(frames), (payload) => {
      valueOrCodecError(() => decodeProperties(payload, 0, payload.length))
    }),
    { numRuns: 2000 },
  )
})
