import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitRecord } from '../../../src/store/split-record.ts'

describe('a record', () => {
  it('is cut into pieces that are all full but the last one, without losing an octet', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 50 }), (record, maxBytes) => {
        const pieces = splitRecord(record, maxBytes).map((piece) => Buffer.concat(piece))
        expect(Buffer.concat(pieces)).toEqual(Buffer.concat(record))
        for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(maxBytes)
        expect(pieces.at(-1)!.length).toBeLessThanOrEqual(maxBytes)
        if (pieces.length > 1) expect(pieces.at(-1)!.length).toBeGreaterThan(0)
      }),
    )
  })
})
