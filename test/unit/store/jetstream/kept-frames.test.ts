import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeptFrames } from '../../../../src/store/jetstream/kept-frames.ts'

const KEPT_MS = 5000
const MIB = 1024 * 1024

/** Has a message of that size with each sequence, but for what is lost, and counts how often it is asked. */
class CountingSource {
  count = 0
  readonly #bytes: number
  readonly #lost: number

  constructor(bytes: number, lost = 0) {
    this.#bytes = bytes
    this.#lost = lost
  }

  async get(sequence: number): Promise<Buffer | undefined> {
    this.count++
    return sequence === this.#lost ? undefined : Buffer.alloc(this.#bytes, sequence)
  }
}

async function readAll(frames: KeptFrames, count: number): Promise<(number | undefined)[]> {
  const first: (number | undefined)[] = []
  for (let sequence = 1; sequence <= count; sequence++)
    first.push((await frames.get(sequence))?.[0])
  return first
}

describe('what was read of a shard', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is not asked for again for some seconds', async () => {
    const source = new CountingSource(10)
    const frames = new KeptFrames(source)
    expect(await readAll(frames, 3)).toEqual([1, 2, 3])
    frames.forgetSoon()
    vi.advanceTimersByTime(KEPT_MS - 1)
    expect(await readAll(frames, 3)).toEqual([1, 2, 3])
    expect(source.count).toBe(3)
    vi.advanceTimersByTime(1)
    expect(await readAll(frames, 3)).toEqual([1, 2, 3])
    expect(source.count).toBe(6)
    // Nor is anything kept that was read later.
    await readAll(frames, 3)
    expect(source.count).toBe(9)
  })

  it('is kept only up to a limit', async () => {
    const source = new CountingSource(MIB)
    const frames = new KeptFrames(source)
    await readAll(frames, 6)
    await readAll(frames, 6)
    expect(source.count).toBe(6 + 2)
  })

  it('is asked for again when it was lost', async () => {
    const source = new CountingSource(10, 2)
    const frames = new KeptFrames(source)
    expect(await readAll(frames, 3)).toEqual([1, undefined, 3])
    expect(await readAll(frames, 3)).toEqual([1, undefined, 3])
    expect(source.count).toBe(4)
  })

  it('is forgotten with the shard', async () => {
    const source = new CountingSource(10)
    const frames = new KeptFrames(source)
    await readAll(frames, 2)
    frames.forget()
    await readAll(frames, 2)
    expect(source.count).toBe(4)
  })
})
