import { describe, expect, it } from 'vitest'
import type { GlobalParameterDefinition } from '../../../src/definitions/definition.ts'
import { DefinitionTable } from '../../../src/definitions/definition-table.ts'
import { Definitions } from '../../../src/definitions/definitions.ts'
import { loadDefinitions } from '../../../src/definitions/stored-definitions.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const named = (name: string) => ({ kind: 'global-parameter', name }) as const
const parameter = (name: string, value: number): GlobalParameterDefinition => ({
  ...named(name),
  value,
})

/** A table over a disk that the test may spoil, and what the table told of its changes. */
class Fixture {
  readonly changes: string[] = []
  readonly table = new DefinitionTable<'global-parameter'>((now, before) => {
    this.changes.push(`${JSON.stringify(before?.value)} → ${JSON.stringify(now?.value)}`)
  })
  fault: MetadataFault | undefined
  readonly #metadata = new MemoryMetadata(new MemoryDisk())

  constructor(...definitions: GlobalParameterDefinition[]) {
    const faulty = new FaultyMetadata(this.#metadata, () => this.fault)
    this.table.restore(definitions, new Definitions(faulty, new RecordingLogger(), 0))
  }

  async stored(): Promise<unknown[]> {
    await this.#metadata.put('format', '1')
    const values = (await loadDefinitions(this.#metadata))?.of('global-parameter') ?? []
    return values.map(({ value }) => value)
  }
}

describe('a table of definitions', () => {
  it('changes at once, and resolves when that is stored', async () => {
    const fixture = new Fixture(parameter('a', 1))
    const { table } = fixture
    const put = table.put(parameter('a', 2))
    expect(table.find(named('a'))?.value).toBe(2)
    await put
    expect(await fixture.stored()).toEqual([2])
    const deleted = table.delete(named('a'))
    expect(table.all()).toEqual([])
    await deleted
    expect(await fixture.stored()).toEqual([])
    expect(fixture.changes).toEqual(['undefined → 1', '1 → 2', '2 → undefined'])
  })

  it('takes back what cannot be stored, and what it replaced is there again', async () => {
    const fixture = new Fixture()
    const { table } = fixture
    await table.put(parameter('a', 1))
    fixture.fault = 'refuse'
    const changes = [table.put(parameter('a', 2)), table.put(parameter('b', 3))]
    for (const change of changes) await expect(change).rejects.toThrow('cannot be stored')
    expect(table.all()).toEqual([parameter('a', 1)])
    expect(fixture.changes).toEqual([
      'undefined → 1',
      '1 → 2',
      'undefined → 3',
      '3 → undefined',
      '2 → 1',
    ])
    fixture.fault = undefined
    await table.put(parameter('c', 4))
    expect(await fixture.stored()).toEqual([1, 4])
  })

  it('takes back all that was changed of one while nothing could be stored', async () => {
    const fixture = new Fixture()
    const { table } = fixture
    fixture.fault = 'refuse'
    const changes = [table.put(parameter('a', 1))]
    await Promise.resolve()
    changes.push(table.put(parameter('a', 2)), table.put(parameter('a', 3)))
    for (const change of changes) await expect(change).rejects.toThrow('cannot be stored')
    expect(table.all()).toEqual([])
  })

  it('does not mind deleting what is not there', async () => {
    const fixture = new Fixture()
    await fixture.table.delete(named('a'))
    expect(fixture.changes).toEqual([])
  })
})
