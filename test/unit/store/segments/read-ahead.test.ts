import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadAhead } from '../../../../src/store/segments/read-ahead.ts'

const MEBIBYTE = 1 << 20
const CONTENT = Buffer.from(Uint32Array.from({ length: 2 * MEBIBYTE }, (_, at) => at).buffer)

async function readContent(target: Buffer, address: number): Promise<number> {
  return CONTENT.copy(target, 0, address)
}

describe('ReadAhead', () => {
  it('gives everything, whatever is left of each piece for the next one', async () => {
    const input = new ReadAhead()
    const shares = fc.array(fc.constantFrom(0, 0.001, 0.5, 0.9, 1), { minLength: 1, maxLength: 9 })
    const ends = fc.nat(CONTENT.length + MEBIBYTE)
    await fc.assert(
      fc.asyncProperty(fc.nat(CONTENT.length), ends, shares, async (start, until, leftShares) => {
        input.start(start, until, readContent)
        let rest: Buffer = Buffer.alloc(0)
        let at = start
        for (let round = 0; ; round++) {
          const chunk = await input.next(rest)
          expect(CONTENT.subarray(at, at + chunk.length).equals(chunk)).toBe(true)
          if (chunk.length === rest.length) break
          const share = leftShares[round % leftShares.length] as number
          rest = chunk.subarray(Math.floor(chunk.length * (1 - share)))
          at += chunk.length - rest.length
        }
        expect(at + rest.length).toBe(Math.max(start, Math.min(until, CONTENT.length)))
      }),
    )
  })

  it('reads the next piece while the last one is worked on', async () => {
    const addresses: number[] = []
    const input = new ReadAhead()
    input.start(0, 2 * MEBIBYTE, (target, address) => {
      addresses.push(address)
      return readContent(target, address)
    })
    await input.next(Buffer.alloc(0))
    expect(addresses).toEqual([0, MEBIBYTE])
  })

  it('fails where what fails is asked for', async () => {
    const input = new ReadAhead()
    input.start(0, CONTENT.length, async (target, address) => {
      if (address > 0) throw new Error('EIO')
      return readContent(target, address)
    })
    expect((await input.next(Buffer.alloc(0))).length).toBe(MEBIBYTE)
    await new Promise((resolve) => setImmediate(resolve))
    await expect(input.next(Buffer.alloc(0))).rejects.toThrow('EIO')
  })
})
