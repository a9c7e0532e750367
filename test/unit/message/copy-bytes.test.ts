import { expect, it } from 'vitest'
import { copyBytes } from '../../../src/message/copy-bytes.ts'

const numbered = (bytes: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7 + seed) % 256))

it('copies bytes of any number to any place, and changes none beside them', () => {
  const source = numbered(1000, 3)
  for (let size = 0; size <= 300; size++) {
    for (const [from, to] of [
      [0, 0],
      [1, 2],
      [7, 3],
      [640, 500],
    ] as const) {
      const target = Buffer.alloc(1000, 0xee)
      const expected = Buffer.from(target)
      source.copy(expected, to, from, from + size)
      copyBytes(source, from, from + size, target, to)
      expect(target.equals(expected)).toBe(true)
    }
  }
})

it('copies between many buffers by turns, small parts of larger ones and large ones among them', () => {
  const memory = numbered(64 * 1024, 5)
  const buffers = Array.from({ length: 40 }, (_, index) => memory.subarray(index * 999))
  buffers.push(numbered(3 * 1024 * 1024, 9))
  const targets = Array.from({ length: 11 }, () => Buffer.alloc(2000))
  for (let round = 0; round < 2000; round++) {
    const source = buffers[(round * 17) % buffers.length] as Buffer
    const target = targets[round % targets.length] as Buffer
    const [from, size, to] = [round % 150, 90 + (round % 120), (round * 31) % 1700]
    copyBytes(source, from, from + size, target, to)
    expect(target.subarray(to, to + size).equals(source.subarray(from, from + size))).toBe(true)
  }
})
