import { describe, expect, it } from 'vitest'
import type { Definition } from '../../../src/definitions/definition.ts'
import { encodeDefinition } from '../../../src/definitions/definition-json.ts'
import { definitionKey } from '../../../src/definitions/definition-key.ts'
import { beginDefinitions, loadDefinitions } from '../../../src/definitions/stored-definitions.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { FaultyMetadata } from '../../support/faulty-metadata.ts'

const vhost: Definition = { kind: 'vhost', name: '/', description: '', tags: [] }
const user: Definition = {
  kind: 'user',
  name: 'app',
  passwordHash: 'AAAA',
  tags: [],
  limits: new Map(),
}
const queue = (name: string, id: number): Definition => ({
  kind: 'queue',
  vhost: '/',
  name,
  autoDelete: false,
  arguments: new Map(),
  id,
})

describe('a store of definitions', () => {
  it('is new until it has been begun, and has then what it began with', async () => {
    const metadata = new MemoryMetadata(new MemoryDisk())
    expect(await loadDefinitions(metadata)).toBeUndefined()
    const begun = await beginDefinitions(metadata, [vhost, user])
    const loaded = await loadDefinitions(metadata)
    for (const stored of [begun, loaded]) {
      expect(stored?.of('vhost')).toEqual([vhost])
      expect(stored?.of('user')).toEqual([user])
      expect(stored?.of('queue')).toEqual([])
    }
  })

  it('is new when not all of its beginning is stored', async () => {
    const disk = new MemoryDisk()
    const metadata = new MemoryMetadata(disk)
    let room = 1
    const full = new FaultyMetadata(metadata, () => (room-- > 0 ? undefined : 'refuse'))
    await expect(beginDefinitions(full, [vhost, user])).rejects.toThrow('no room')
    expect(await loadDefinitions(metadata)).toBeUndefined()
    const cutShort = beginDefinitions(metadata, [vhost, user])
    expect(await loadDefinitions(new MemoryMetadata(disk.afterPowerLoss()))).toBeUndefined()
    await cutShort
    expect(await loadDefinitions(new MemoryMetadata(disk.afterPowerLoss()))).toBeDefined()
  })

  it('knows the highest id of its queues', async () => {
    const metadata = new MemoryMetadata(new MemoryDisk())
    expect((await beginDefinitions(metadata, [])).lastQueueId).toBe(0)
    for (const definition of [queue('a', 7), queue('b', 3)]) {
      await metadata.put(definitionKey(definition), encodeDefinition(definition))
    }
    expect((await loadDefinitions(metadata))?.lastQueueId).toBe(7)
  })

  it.each([
    ['2', 'written by a newer version of this program, which knows formats up to 1'],
    ['one', 'the unknown format one'],
    ['0', 'the unknown format 0'],
  ])('is refused in format %j', async (format, message) => {
    const metadata = new MemoryMetadata(new MemoryDisk())
    await metadata.put('format', format)
    const error = await loadDefinitions(metadata).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toContain(message)
  })

  it.each([
    ['queue 1:/1:q', '{"name":"q"}', 'its vhost is not a text'],
    ['queue 1:/1:q', '{', 'JSON'],
    ['shovel 1:/1:p', '{"name":"p"}', 'there is no such kind'],
    ['', '{}', 'there is no such kind'],
  ])('is refused when it has %j with %j', async (key, value, message) => {
    const metadata = new MemoryMetadata(new MemoryDisk())
    await beginDefinitions(metadata, [vhost])
    await metadata.put(key, value)
    const error = await loadDefinitions(metadata).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toContain(`the definition '${key}' cannot be read`)
    expect(String(error)).toContain(message)
  })
})
