import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NumberMap } from '../../../src/base/number-map.ts'

describe('a map of numbers', () => {
  it('has nothing at first', () => {
    const map = new NumberMap<string>()
    expect(map.size).toBe(0)
    expect(map.has(0)).toBe(false)
    expect(map.get(0)).toBeUndefined()
    expect(map.take(0)).toBeUndefined()
    expect(map.entries()).toEqual([])
  })

  it.each([-1, -0.5, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('never has %d', (key) => {
    const map = new NumberMap<string>()
    for (let number = 0; number < 5; number++) map.set(number, 'x')
    expect(map.has(key)).toBe(false)
    expect(map.get(key)).toBeUndefined()
    expect(map.take(key)).toBeUndefined()
    expect(map.size).toBe(5)
  })

  it('has what it was given last for a number', () => {
    const map = new NumberMap<string>()
    map.set(0, 'a')
    map.set(2 ** 52, 'b')
    map.set(0, 'c')
    expect(map.size).toBe(2)
    expect(map.get(0)).toBe('c')
    expect(map.get(2 ** 52)).toBe('b')
  })

  it('tells numbers apart that are the same in their last 32 bits', () => {
    const map = new NumberMap<number>()
    for (let high = 0; high < 100; high++) map.set(high * 2 ** 32 + 7, high)
    for (let high = 0; high < 100; high += 2) expect(map.take(high * 2 ** 32 + 7)).toBe(high)
    for (let high = 0; high < 100; high++) {
      expect(map.get(high * 2 ** 32 + 7)).toBe(high % 2 === 0 ? undefined : high)
    }
  })

  it('gives what it has in the order of the numbers', () => {
    const map = new NumberMap<string>()
    for (const key of [30, 4, 1000, 0, 17]) map.set(key, `#${key}`)
    map.take(17)
    expect(map.values()).toEqual(['#0', '#4', '#30', '#1000'])
  })

  it('is empty once it was cleared, and can be filled again', () => {
    const map = new NumberMap<number>()
    for (let key = 0; key < 100; key++) map.set(key, key)
    map.clear()
    expect([map.size, map.get(50), map.entries()]).toEqual([0, undefined, []])
    map.set(50, 1)
    expect(map.entries()).toEqual([[50, 1]])
  })

  it('does as a Map does, whatever comes and goes', () => {
    const phase = fc.record({
      // As far apart as places in queues with priorities may be.
      stride: fc.constantFrom(1, 256, 4096, 2 ** 24),
      isGrowing: fc.boolean(),
      keys: fc.array(fc.nat(200), { maxLength: 300 }),
    })
    fc.assert(
      fc.property(fc.array(phase, { maxLength: 8 }), (phases) => {
        const map = new NumberMap<number>()
        const model = new Map<number, number>()
        for (const { stride, isGrowing, keys } of phases) {
          for (const [step, number] of keys.entries()) {
            const key = number * stride
            if (isGrowing && step % 4 !== 0) {
              map.set(key, step)
              model.set(key, step)
            } else {
              expect(map.take(key)).toBe(model.get(key))
              model.delete(key)
            }
            expect(map.size).toBe(model.size)
            expect(map.has(key)).toBe(model.has(key))
          }
          expect(map.entries()).toEqual(sorted(model))
        }
      }),
    )
  })

  it('keeps its things while many more come and go, and when few are left', () => {
    const map = new NumberMap<number>()
    const model = new Map<number, number>()
    const take = (key: number): void => {
      expect(map.take(key)).toBe(model.get(key))
      model.delete(key)
    }
    const ahead = [1, 2000, 3, 6000, 100]
    for (let [next, oldest, phase] = [0, 0, 0]; phase < ahead.length; phase++) {
      for (let step = 0; step < 8000; step++, next++) {
        map.set(next, -next)
        model.set(next, -next)
        // One in a thousand stays.
        while (next - oldest > (ahead[phase] as number)) if (++oldest % 1000 !== 0) take(oldest)
      }
      expect(map.entries()).toEqual(sorted(model))
    }
    for (const key of model.keys()) take(key)
    expect(map.size).toBe(0)
  })
})

const sorted = (model: ReadonlyMap<number, number>): [number, number][] =>
  [...model].sort(([a], [b]) => a - b)
