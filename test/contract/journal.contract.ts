import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CheckedJournal } from '../../src/store/checked-journal.ts'
import type { Damage, DamageListener, Durability, Journal } from '../../src/store/journal.ts'

/** Where a journal's records are, which outlives the journal. */
export interface JournalMedium {
  open(onDamage: DamageListener): Promise<Journal>
  /** Flips a bit of the stored record that begins with these bytes, while no journal is open. */
  damage(content: Buffer): void
}

/** What every engine of the port `Journal` must do. */
export function journalContract(createMedium: (durability: Durability) => JournalMedium): void {
  describe.each<Durability>(['disk', 'os'])('with durability %s', (durability) => {
    const create = () => new JournalUnderTest(createMedium(durability))
    describe('records', () => recordsContract(create))
    describe('reading', () => readingContract(create))
    describe('truncation', () => truncationContract(create))
    describe('damage', () => damageContract(create))
    it('does what a list would do, through any history', () => historyContract(create), 60_000)
  })
}

type Records = [position: number, record: string][]

/** A journal that can be opened again and again. */
class JournalUnderTest {
  readonly medium: JournalMedium
  readonly damages: Damage[] = []
  #journal: Journal | undefined

  constructor(medium: JournalMedium) {
    this.medium = medium
  }

  /** Opens it, closed before if it was open, and gives what was in it. */
  async reopen(): Promise<{ journal: Journal; records: Records }> {
    await this.close()
    this.damages.length = 0
    const onDamage = (damage: Damage): void => void this.damages.push(damage)
    const journal = new CheckedJournal(await this.medium.open(onDamage), onDamage)
    this.#journal = journal
    const records: Records = []
    await journal.recover((position, record) => records.push([position, record.toString('latin1')]))
    return { journal, records }
  }

  async open(): Promise<Journal> {
    onTestFinished(() => this.close())
    return (await this.reopen()).journal
  }

  async close(): Promise<void> {
    await this.#journal?.close()
    this.#journal = undefined
  }
}

const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'))
const read = async (journal: Journal, first: number, last: number): Promise<string[]> =>
  (await journal.read(first, last)).map((record) => record.toString('latin1'))
const NOISE = Buffer.from(
  Uint8Array.from({ length: 4_000_000 }, (_, at) => (at * 7919 + (at >> 8)) & 255),
).toString('latin1')
const noise = (size: number): string => NOISE.slice(0, size)

function recordsContract(create: () => JournalUnderTest): void {
  it('is empty at first, and again when it is opened again', async () => {
    const test = create()
    const journal = await test.open()
    expect(journal.bytes).toBeLessThan(100_000)
    expect((await test.reopen()).records).toEqual([])
  })

  it('gives back what was appended, byte for byte and in order', async () => {
    const test = create()
    const journal = await test.open()
    const contents = ['first', '', '\0\xff', noise(300), noise(5000), noise(3_000_000), 'last']
    const expected: Records = []
    for (const content of contents) expected.push([await journal.append(bytes(content)), content])
    expect((await test.reopen()).records).toEqual(expected)
    expect((await test.reopen()).records).toEqual(expected)
  })

  it('puts the parts of a record together', async () => {
    const test = create()
    const journal = await test.open()
    const many = Array.from({ length: 3000 }, (_, n) => `part ${n};`)
    const whole = await journal.append(bytes('a', '', 'bc', 'd'))
    const long = await journal.append(bytes(...many))
    const none = await journal.append([])
    expect(await read(journal, whole, long)).toEqual(['abcd', many.join('')])
    expect((await test.reopen()).records).toEqual([
      [whole, 'abcd'],
      [long, many.join('')],
      [none, ''],
    ])
  })

  it('keeps the order of appends that do not wait for each other', async () => {
    const test = create()
    const journal = await test.open()
    const settled: number[] = []
    const appends = Array.from({ length: 500 }, async (_, n) => {
      const position = await journal.append(bytes(`record ${n}`))
      settled.push(n)
      return position
    })
    const positions = await Promise.all(appends)
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    expect(new Set(positions).size).toBe(500)
    expect(settled).toEqual(settled.toSorted((a, b) => a - b))
    const { records } = await test.reopen()
    expect(records).toEqual(positions.map((position, n) => [position, `record ${n}`]))
  })

  it('goes on after the positions that it had', async () => {
    const test = create()
    let { journal } = await test.reopen()
    const expected: Records = []
    for (const content of ['one', 'two', 'three']) {
      expected.push([await journal.append(bytes(content)), content])
      ;({ journal } = await test.reopen())
    }
    const positions = expected.map(([position]) => position)
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))
    expect((await test.reopen()).records).toEqual(expected)
    await test.close()
  })

  it('finishes what is under way when it is closed, and then refuses', async () => {
    const test = create()
    const journal = await test.open()
    const append = journal.append(bytes('in time'))
    await test.close()
    const position = await append
    await expect(journal.append(bytes('too late'))).rejects.toThrow('closed')
    await expect(journal.truncate(position)).rejects.toThrow('closed')
    expect((await test.reopen()).records).toEqual([[position, 'in time']])
  })
}

function readingContract(create: () => JournalUnderTest): void {
  it('gives single records, in any order, also those of another time', async () => {
    const test = create()
    let journal = await test.open()
    const contents = ['first', noise(10_000), '', noise(4_000_000), 'last']
    const positions: number[] = []
    for (const content of contents) positions.push(await journal.append(bytes(content)))
    for (const _ of ['as they were written', 'opened again']) {
      for (const index of [0, 1, 2, 3, 4, 2, 0, 3, 3, 1]) {
        const position = positions[index]!
        expect((await read(journal, position, position)).join() === contents[index]).toBe(true)
      }
      ;({ journal } = await test.reopen())
    }
  })

  /** Records of many sizes, of more than twenty megabytes. */
  async function appendMany(journal: Journal): Promise<Records> {
    const appends = Array.from({ length: 3000 }, async (_, n): Promise<Records[number]> => {
      const content = `${n}:${noise(n % 500 === 0 ? 3_000_000 : (n * 7919) % 2000)}`
      return [await journal.append(bytes(content)), content]
    })
    return Promise.all(appends)
  }

  it('gives all from one record to another, also those of another time', async () => {
    const test = create()
    let journal = await test.open()
    const records = await appendMany(journal)
    for (const _ of ['as they were written', 'opened again']) {
      for (const stretch of [records, records.slice(1, 500), records.slice(499, 502)]) {
        const found = await read(journal, stretch[0]![0], stretch.at(-1)![0])
        expect(found.length).toBe(stretch.length)
        expect(found.every((content, index) => content === stretch[index]![1])).toBe(true)
      }
      ;({ journal } = await test.reopen())
    }
  })

  it('gives memory that no later read or write changes', async () => {
    const test = create()
    const journal = await test.open()
    const contents = Array.from({ length: 100 }, (_, n) => `${n}${noise(5000)}`)
    const positions = await Promise.all(contents.map((content) => journal.append(bytes(content))))
    const kept = await journal.read(positions[0]!, positions[99]!)
    await journal.read(positions[50]!, positions[80]!)
    await journal.truncate(positions[98]!)
    await Promise.all(contents.map((content) => journal.append(bytes(`other ${content}`))))
    await journal.read(positions[99]!, positions[99]!)
    expect(kept.map((record) => record.toString('latin1'))).toEqual(contents)
  })

  it('may go on in many places while records are added and removed elsewhere', async () => {
    const test = create()
    const journal = await test.open()
    const records = await appendMany(journal)
    const reads = [0, 1, 2, 3, 4, 5].map(async (reader) => {
      for (let at = 1000 + reader * 100; at < 2900; at += 300) {
        const found = await read(journal, records[at]![0], records[at + 99]![0])
        const expected = records.slice(at, at + 100)
        expect(found.every((content, index) => content === expected[index]![1])).toBe(true)
      }
    })
    for (let at = 0; at < 1000; at += 100) {
      await Promise.all([
        journal.append(bytes(noise(200_000))),
        journal.truncate(records[at]![0]),
        journal.append(bytes('small')),
      ])
    }
    await Promise.all(reads)
  })

  it('is refused from or to where nothing is', async () => {
    const test = create()
    const journal = await test.open()
    await expect(journal.read(8, 8)).rejects.toThrow('is not there')
    const position = await journal.append(bytes('only'))
    await expect(journal.read(position, position + 1_000_000)).rejects.toThrow('is not there')
    await journal.truncate(position)
    await expect(journal.read(position, position)).rejects.toThrow('is not there')
    const next = await journal.append(bytes('next'))
    await expect(journal.read(position, next)).rejects.toThrow('is not there')
    expect(await read(journal, next, next)).toEqual(['next'])
  })
}

function truncationContract(create: () => JournalUnderTest): void {
  it('removes what is up to a position, for good', async () => {
    const test = create()
    const journal = await test.open()
    const records: Records = []
    for (let n = 0; n < 10; n++) records.push([await journal.append(bytes(`${n}`)), `${n}`])
    await journal.truncate(records[6]![0])
    await expect(journal.read(records[6]![0], records[8]![0])).rejects.toThrow('is not there')
    expect(await read(journal, records[7]![0], records[8]![0])).toEqual(['7', '8'])
    expect((await test.reopen()).records).toEqual(records.slice(7))
  })

  it('comes after the appends before it, and before those after it', async () => {
    const test = create()
    const journal = await test.open()
    const before = journal.append(bytes('before'))
    const truncation = journal.truncate(Number.MAX_SAFE_INTEGER)
    const after = journal.append(bytes('after'))
    await Promise.all([before, truncation])
    expect((await test.reopen()).records).toEqual([[await after, 'after']])
  })

  it('removes nothing when all of that is gone already', async () => {
    const test = create()
    const journal = await test.open()
    const first = await journal.append(bytes('first'))
    const second = await journal.append(bytes('second'))
    await journal.truncate(0)
    await journal.truncate(first)
    await journal.truncate(first)
    expect((await test.reopen()).records).toEqual([[second, 'second']])
  })

  it('gives the space back', async () => {
    const test = create()
    const journal = await test.open()
    const empty = journal.bytes
    const content = noise(100_000)
    for (let round = 0; round < 3; round++) {
      let last = 0
      for (let n = 0; n < 20; n++) last = await journal.append(bytes(content))
      expect(journal.bytes).toBeGreaterThan(empty + 1_900_000)
      await journal.truncate(last)
      expect(journal.bytes).toBeLessThan(empty + 100_000)
    }
  })

  it('is done in pieces when it is large', async () => {
    const test = create()
    const journal = await test.open()
    const appends = Array.from({ length: 5000 }, (_, n) => journal.append(bytes(`${n}`)))
    const positions = await Promise.all(appends)
    const truncations = [journal.truncate(positions[4000]!), journal.truncate(positions[4997]!)]
    await Promise.all(truncations)
    expect((await test.reopen()).records).toEqual([
      [positions[4998], '4998'],
      [positions[4999], '4999'],
    ])
  })
}

function damageContract(create: () => JournalUnderTest): void {
  it.each([
    ['small', 50],
    ['large', 100_000],
  ])('reports a damaged %s record with its place, and serves the rest', async (_, size) => {
    const test = create()
    let journal = await test.open()
    const content = `to be damaged ${noise(size)}`
    const before = await journal.append(bytes('before'))
    const damaged = await journal.append(bytes(content))
    const after = await journal.append(bytes('after'))
    await test.close()
    test.medium.damage(Buffer.from(content, 'latin1'))

    const reopened = await test.reopen()
    journal = reopened.journal
    expect(reopened.records).toEqual([
      [before, 'before'],
      [after, 'after'],
    ])
    expect(test.damages).toEqual([{ position: damaged, reason: 'its checksum is wrong' }])
    const more = await journal.append(bytes('more'))
    expect(await read(journal, before, more)).toEqual(['before', 'after', 'more'])
    expect(await read(journal, damaged, damaged)).toEqual([])
    expect(test.damages.slice(1)).toEqual([
      { position: before, reason: 'of the record 1 after it its checksum is wrong' },
      { position: damaged, reason: 'its checksum is wrong' },
    ])
  })
}

type Step =
  | { readonly do: 'append'; readonly sizes: number[] }
  | { readonly do: 'truncate'; readonly at: number }
  | { readonly do: 'read'; readonly at: number; readonly count: number }
  | { readonly do: 'reopen' }

const size = fc.oneof(fc.nat(200), fc.nat(40_000))
/** Where in the list of records, from its start to its end. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const steps = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('append'), sizes: fc.array(size, { maxLength: 20 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('read'), at: share, count: fc.nat(100) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('truncate'), at: share }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen') }) },
  ),
  { maxLength: 25 },
)

async function historyContract(create: () => JournalUnderTest): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const test = create()
      let model: Records = []
      let serial = 0
      let { journal } = await test.reopen()
      for (const step of history) {
        const at = 'at' in step ? model[Math.floor(step.at * model.length)] : undefined
        if (step.do === 'append') {
          const contents = step.sizes.map((size) => `${++serial}:${noise(size)}`)
          const positions = contents.map((content) => journal.append(bytes(content)))
          for (const [n, content] of contents.entries()) model.push([await positions[n]!, content])
        } else if (step.do === 'reopen') {
          const reopened = await test.reopen()
          journal = reopened.journal
          expect(reopened.records).toEqual(model)
        } else if (at !== undefined && step.do === 'read') {
          const stretch = model.slice(model.indexOf(at)).slice(0, step.count + 1)
          const contents = stretch.map(([, content]) => content)
          expect(await read(journal, at[0], stretch.at(-1)![0])).toEqual(contents)
        } else if (at !== undefined) {
          await journal.truncate(at[0])
          model = model.filter(([position]) => position > at[0])
        }
      }
      expect((await test.reopen()).records).toEqual(model)
      expect(test.damages).toEqual([])
      await test.close()
    }),
    { numRuns: 25 },
  )
}
