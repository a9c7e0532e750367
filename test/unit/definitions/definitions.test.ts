import { describe, expect, it } from 'vitest'
import type { QueueDefinition } from '../../../src/definitions/definition.ts'
import { definitionKey } from '../../../src/definitions/definition-key.ts'
import { Definitions } from '../../../src/definitions/definitions.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const NOT_STORED = 'PRECONDITION_FAILED - definitions cannot be stored at present'

const queue = (name: string, id = 1): QueueDefinition => ({
  kind: 'queue',
  vhost: '/',
  name,
  autoDelete: false,
  arguments: new Map(),
  id,
})

/** Definitions over a disk that the test may spoil, and what they were asked to take back. */
class Fixture {
  readonly disk = new MemoryDisk()
  readonly logger = new RecordingLogger()
  readonly definitions: Definitions
  readonly takenBack: string[] = []
  takenBackCount = 0
  /** What befalls changes from now on, of any key or of one. */
  fault: MetadataFault | undefined
  faulty: string | undefined

  constructor(lastQueueId = 0) {
    const metadata = new FaultyMetadata(new MemoryMetadata(this.disk), (key) =>
      this.faulty === undefined || this.faulty === key ? this.fault : undefined,
    )
    this.definitions = new Definitions(metadata, this.logger, lastQueueId, () => {
      this.takenBackCount++
    })
  }

  put(definition: QueueDefinition): void {
    // As a vhost does it: what is taken back is deleted.
    this.definitions.put(definition, () => {
      this.takenBack.push(`${definition.name} ${definition.id}`)
      this.definitions.delete(definition)
    })
  }

  /** The ids of the queues that are on the disk, by name. */
  get stored(): Record<string, number> {
    const values = [...this.disk.definitions.durable.values()].map((value) => JSON.parse(value))
    return Object.fromEntries(values.map(({ name, id }) => [name, id]))
  }

  whenStored(name: string): Promise<void> | undefined {
    return this.definitions.stored(queue(name))
  }

  async stop(): Promise<void> {
    await this.definitions.close()
  }
}

describe('definitions', () => {
  it('are stored when it is said so, and nothing is to be waited for then', async () => {
    const fixture = new Fixture()
    expect(fixture.whenStored('a')).toBeUndefined()
    fixture.put(queue('a', 1))
    fixture.put(queue('b', 2))
    const stored = fixture.whenStored('a')
    expect(fixture.stored).toEqual({})
    await stored
    expect(fixture.stored).toEqual({ a: 1, b: 2 })
    expect(fixture.whenStored('a')).toBeUndefined()
    expect(fixture.definitions.pending()).toBeUndefined()
    fixture.definitions.delete(queue('a'))
    await fixture.whenStored('a')
    expect(fixture.stored).toEqual({ b: 2 })
    expect(fixture.logger.lines).toEqual([])
  })

  it('that are changed while others are written come with the next batch', async () => {
    const fixture = new Fixture()
    fixture.put(queue('a', 1))
    const first = fixture.whenStored('a')
    await Promise.resolve()
    fixture.put(queue('b', 2))
    const second = fixture.whenStored('b')
    await first
    expect(fixture.stored).toEqual({ a: 1 })
    await second
    expect(fixture.stored).toEqual({ a: 1, b: 2 })
  })

  it('are as they were left, however often they changed meanwhile', async () => {
    const fixture = new Fixture()
    for (const id of [1, 2, 3]) {
      fixture.put(queue('again', id))
      fixture.put(queue('gone', id))
      fixture.definitions.delete(queue('gone'))
      if (id === 2) await Promise.resolve()
      fixture.definitions.delete(queue('again'))
    }
    fixture.put(queue('again', 4))
    await fixture.whenStored('again')
    expect(fixture.stored).toEqual({ again: 4 })
  })

  it('of queues get ids above all that were there before', () => {
    const { definitions } = new Fixture(7)
    expect([definitions.newQueueIds(1), definitions.newQueueIds(1)]).toEqual([8, 9])
  })

  it('of queues are known to be stored by their ids', async () => {
    const fixture = new Fixture(7)
    const { definitions } = fixture
    const id = definitions.newQueueIds(2)
    const areStored = () => [7, 8, 9].map((one) => definitions.isQueueStored(one))
    fixture.put(queue('a', id))
    expect(areStored()).toEqual([true, false, false])
    await fixture.whenStored('a')
    expect(areStored()).toEqual([true, true, true])
    expect(fixture.takenBackCount).toBe(0)
  })

  it('of queues have no ids that the journal cannot write', () => {
    const { definitions } = new Fixture(2 ** 32 - 3)
    expect(() => definitions.newQueueIds(3)).toThrow(/before the broker is restarted/)
    expect(definitions.newQueueIds(2)).toBe(2 ** 32 - 2)
    expect(() => definitions.newQueueIds(1)).toThrow()
  })

  it('are all stored when they are closed', async () => {
    const fixture = new Fixture()
    fixture.put(queue('a', 1))
    await Promise.resolve()
    fixture.put(queue('b', 2))
    await fixture.stop()
    expect(fixture.stored).toEqual({ a: 1, b: 2 })
  })
})

describe('a definition that cannot be stored', () => {
  it.each(['refuse', 'doubt'] as const)(
    'is taken back before anybody is told, and may be tried again (%s)',
    async (fault) => {
      const fixture = new Fixture()
      fixture.fault = fault
      fixture.put(queue('a', 1))
      const stored = fixture.whenStored('a')
      expect(fixture.takenBack).toEqual([])
      await expect(stored).rejects.toThrow(NOT_STORED)
      expect(fixture.takenBack).toEqual(['a 1'])
      expect(fixture.takenBackCount).toBe(1)
      expect(fixture.logger.take()[0]).toMatchObject([
        'error',
        expect.stringContaining('could not be stored'),
        { err: new StoreError('no room'), keys: [definitionKey(queue('a'))] },
      ])

      await fixture.whenStored('a')?.catch(() => {})
      fixture.fault = undefined
      fixture.put(queue('a', 2))
      await fixture.whenStored('a')
      expect(fixture.stored).toEqual({ a: 2 })
    },
  )

  it('holds up nobody for ever who only waits for the outcome', async () => {
    const fixture = new Fixture()
    fixture.fault = 'refuse'
    fixture.put(queue('a'))
    const pending = fixture.definitions.pending()
    expect(pending).toBeDefined()
    await pending
    expect(fixture.takenBack).toEqual(['a 1'])
  })

  it('does not take along what was stored beside it', async () => {
    const fixture = new Fixture()
    fixture.fault = 'refuse'
    fixture.faulty = definitionKey(queue('bad'))
    fixture.put(queue('good', 1))
    fixture.put(queue('bad', 2))
    const good = fixture.whenStored('good')
    await expect(fixture.whenStored('bad')).rejects.toThrow(NOT_STORED)
    await good
    expect(fixture.takenBack).toEqual(['bad 2'])
    expect(fixture.stored).toEqual({ good: 1 })
  })

  it('is taken back before what it rests on', async () => {
    const fixture = new Fixture()
    fixture.fault = 'refuse'
    fixture.put(queue('first', 1))
    fixture.put(queue('second', 2))
    await fixture.definitions.pending()
    expect(fixture.takenBack).toEqual(['second 2', 'first 1'])
  })

  it('leaves its name to one that was defined meanwhile', async () => {
    const fixture = new Fixture()
    fixture.fault = 'refuse'
    // The vhost has another queue of that name by then, and leaves it alone.
    fixture.definitions.put(queue('a', 1), () => {})
    const first = fixture.whenStored('a')
    await Promise.resolve()
    fixture.fault = undefined
    fixture.definitions.delete(queue('a', 1))
    fixture.put(queue('a', 2))
    await Promise.all([first, fixture.whenStored('a')])
    expect(fixture.stored).toEqual({ a: 2 })
  })

  it.each(['in one batch', 'in two'])(
    'takes along what changed of it before (%s)',
    async (when) => {
      const fixture = new Fixture()
      fixture.fault = 'refuse'
      fixture.put(queue('a', 1))
      const first = fixture.whenStored('a')
      const pending = fixture.definitions.pending()
      if (when === 'in two') await Promise.resolve()
      fixture.put(queue('a', 2))
      const told = Promise.allSettled([first, fixture.whenStored('a')])
      await pending
      expect(fixture.takenBack).toEqual(['a 2', 'a 1'])
      expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    },
  )

  it('is stored all the same with what changed of it meanwhile', async () => {
    const fixture = new Fixture()
    fixture.fault = 'refuse'
    fixture.put(queue('a', 1))
    const first = fixture.whenStored('a')
    await Promise.resolve()
    fixture.fault = undefined
    fixture.put(queue('a', 2))
    await first
    expect(fixture.takenBack).toEqual([])
    expect(fixture.stored).toEqual({ a: 2 })
  })

  it('leaves what was there before, which is written again until that is certain', async () => {
    const fixture = new Fixture()
    fixture.put(queue('a', 1))
    await fixture.whenStored('a')
    fixture.fault = 'doubt'
    fixture.definitions.put(queue('a', 2), () => {
      fixture.fault = 'refuse'
      fixture.definitions.put(queue('a', 1))
    })
    await expect(fixture.whenStored('a')).rejects.toThrow(NOT_STORED)
    await fixture.whenStored('a')
    expect(fixture.stored).toEqual({ a: 2 })
    fixture.fault = undefined
    fixture.put(queue('b', 3))
    await fixture.whenStored('b')
    expect(fixture.stored).toEqual({ a: 1, b: 3 })
  })
})

describe('a deletion that cannot be stored', () => {
  const withQueue = async (): Promise<Fixture> => {
    const fixture = new Fixture()
    fixture.put(queue('a', 1))
    await fixture.whenStored('a')
    fixture.fault = 'refuse'
    fixture.definitions.delete(queue('a'))
    await expect(fixture.whenStored('a')).rejects.toThrow(NOT_STORED)
    return fixture
  }

  it('is tried again whenever somebody asks for it', async () => {
    const fixture = await withQueue()
    await expect(fixture.whenStored('a')).rejects.toThrow(NOT_STORED)
    fixture.fault = undefined
    await fixture.whenStored('a')
    expect(fixture.stored).toEqual({})
    expect(fixture.whenStored('a')).toBeUndefined()
  })

  it('is tried again with the next change, which may succeed without it', async () => {
    const fixture = await withQueue()
    fixture.faulty = definitionKey(queue('a'))
    fixture.put(queue('b', 2))
    await fixture.whenStored('b')
    expect(fixture.stored).toEqual({ a: 1, b: 2 })
    fixture.fault = undefined
    fixture.put(queue('c', 3))
    await fixture.whenStored('c')
    expect(fixture.stored).toEqual({ b: 2, c: 3 })
  })

  it('is nothing to whoever asks for something else', async () => {
    const fixture = await withQueue()
    expect(fixture.whenStored('b')).toBeUndefined()
    expect(fixture.definitions.pending()).toBeUndefined()
  })

  it('is not tried again when there is such a thing anew', async () => {
    const fixture = await withQueue()
    fixture.fault = undefined
    fixture.put(queue('a', 2))
    await fixture.whenStored('a')
    expect(fixture.stored).toEqual({ a: 2 })
    fixture.put(queue('b', 3))
    await fixture.stop()
    expect(fixture.stored).toEqual({ a: 2, b: 3 })
  })

  it('is tried a last time when the broker stops', async () => {
    const fixture = await withQueue()
    fixture.fault = undefined
    await fixture.stop()
    expect(fixture.stored).toEqual({})
  })

  it('does not keep the broker from stopping', async () => {
    const fixture = await withQueue()
    await fixture.stop()
    expect(fixture.stored).toEqual({ a: 1 })
  })
})
