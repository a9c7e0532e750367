import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MAX_KEY_BYTES, type Metadata } from '../../src/store/metadata.ts'

/** What every engine of the port `Metadata` must do. `create` gives a new store, to open repeatedly. */
export function metadataContract(create: () => () => Promise<Metadata>): void {
  describe('definitions', () => {
    /** Opens the same store as often as it is called, closing it in between. */
    function createStore(): () => Promise<Metadata> {
      const open = create()
      let metadata: Metadata | undefined
      onTestFinished(() => metadata?.close())
      return async () => {
        await metadata?.close()
        metadata = await open()
        return metadata
      }
    }

    it('are none at first', async () => {
      const open = createStore()
      expect(await (await open()).load()).toEqual(new Map())
    })

    it('are there when they are put, also when they are opened again', async () => {
      const open = createStore()
      const metadata = await open()
      const definitions = new Map([
        ['queue / a', '{"durable":true}'],
        ['queue / b', ''],
        ['queue /é\0', '"é\0\u{1F430}"'],
        ['\0\x01', 'control characters'],
        ['\x01'.repeat(MAX_KEY_BYTES), 'more of them'],
        ['x'.repeat(MAX_KEY_BYTES), 'y'.repeat(100_000)],
      ])
      for (const [key, value] of definitions) await metadata.put(key, value)
      expect(await metadata.load()).toEqual(definitions)
      expect(await (await open()).load()).toEqual(definitions)
    })

    it('have the last value that was put, and go when they are deleted', async () => {
      const open = createStore()
      const metadata = await open()
      await Promise.all([
        metadata.put('changed', 'first'),
        metadata.put('deleted', 'first'),
        metadata.put('back', 'first'),
        metadata.put('changed', 'last'),
        metadata.delete('deleted'),
        metadata.delete('back'),
        metadata.put('back', 'last'),
        metadata.delete('never there'),
      ])
      const expected = new Map([
        ['back', 'last'],
        ['changed', 'last'],
      ])
      expect(await metadata.load()).toEqual(expected)
      expect(await (await open()).load()).toEqual(expected)
    })

    it('may be many at once', async () => {
      const open = createStore()
      const metadata = await open()
      const keys = Array.from({ length: 3000 }, (_, n) => `key ${n}`)
      await Promise.all(keys.map((key) => metadata.put(key, `value of ${key}`)))
      await Promise.all(keys.slice(0, 1000).map((key) => metadata.delete(key)))
      const expected = new Map(keys.slice(1000).map((key) => [key, `value of ${key}`]))
      expect(await (await open()).load()).toEqual(expected)
    })

    it('are replaced only when they are what is expected', async () => {
      const open = createStore()
      const metadata = await open()
      expect(await metadata.replace('a', 'nothing like it', 'x')).toBe(false)
      expect(await metadata.read('a')).toBe(undefined)
      expect(await metadata.replace('a', undefined, 'first')).toBe(true)
      expect(await metadata.replace('a', undefined, 'x')).toBe(false)
      expect(await metadata.replace('a', 'first', 'second')).toBe(true)
      expect(await metadata.read('a')).toBe('second')
      expect(await metadata.replace('a', 'first', undefined)).toBe(false)
      expect(await metadata.replace('a', 'second', undefined)).toBe(true)
      expect(await metadata.read('a')).toBe(undefined)
      expect(await metadata.replace('a', undefined, '')).toBe(true)
      expect(await (await open()).load()).toEqual(new Map([['a', '']]))
    })

    it('are replaced by one of many who try at once', async () => {
      const metadata = await createStore()()
      for (let round = 0; round < 5; round++) {
        const before = await metadata.read('contested')
        const values = Array.from({ length: 10 }, (_, n) => `${n} in round ${round}`)
        const tries = values.map((value) => metadata.replace('contested', before, value))
        const outcomes = await Promise.all(tries)
        expect(outcomes.filter((isMade) => isMade)).toHaveLength(1)
        expect(await metadata.read('contested')).toBe(values[outcomes.indexOf(true)])
      }
    })

    it('are told to who watches, when they change, until there is enough of it', async () => {
      const open = createStore()
      const metadata = await open()
      await metadata.put('before', 'untold')
      const told: [string, string | undefined][] = []
      const stop = await metadata.watch((...change) => told.push(change))
      await metadata.put('a', 'put')
      await metadata.put('b', 'put')
      await metadata.delete('a')
      await metadata.replace('b', 'not this', 'untold')
      await metadata.replace('b', 'put', 'replaced')
      await vi.waitFor(() => expect(told.at(-1)).toEqual(['b', 'replaced']), 30_000)
      expect(new Map(told)).toEqual(
        new Map([
          ['a', undefined],
          ['b', 'replaced'],
        ]),
      )
      stop()
      const toldMore: string[] = []
      await metadata.watch((key) => toldMore.push(key))
      await metadata.put('after', 'told to others')
      await vi.waitFor(() => expect(toldMore).toEqual(['after']), 30_000)
      expect(told.map(([key]) => key)).not.toContain('after')
    })

    it('have been told when that is waited for', async () => {
      const metadata = await createStore()()
      await metadata.told()
      const told = new Map<string, string | undefined>()
      await metadata.watch((key, value) => told.set(key, value))
      for (let round = 0; round < 20; round++) {
        await Promise.all([
          metadata.put('a', `put in round ${round}`),
          metadata.put('b', 'there'),
          metadata.replace('c', round === 0 ? undefined : `${round - 1}`, `${round}`),
        ])
        await metadata.delete('b')
        await metadata.told()
        expect(told).toEqual(
          new Map([
            ['a', `put in round ${round}`],
            ['b', undefined],
            ['c', `${round}`],
          ]),
        )
        told.clear()
      }
    })

    it('are all stored when the store is closed, which then refuses', async () => {
      const open = createStore()
      const metadata = await open()
      const put = metadata.put('in time', 'yes')
      const reopened = await open()
      await put
      await expect(metadata.put('too late', 'no')).rejects.toThrow('closed')
      await expect(metadata.delete('in time')).rejects.toThrow('closed')
      expect(await reopened.load()).toEqual(new Map([['in time', 'yes']]))
    })
  })
}
