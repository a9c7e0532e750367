import { describe, expect, it } from 'vitest'
import {
  chosenColumns,
  columns,
  missingColumns,
  withColumns,
} from '../../../../src/cli/output/columns.ts'
import { sortedBy } from '../../../../src/cli/output/sorting.ts'

describe('columns', () => {
  it('have a heading of their own where one is given', () => {
    expect(columns('name', 'messages_ready:ready')).toEqual([
      { path: 'name', heading: 'name' },
      { path: 'messages_ready', heading: 'ready' },
    ])
  })

  it('are taken out of a thing, each where it stands in it', () => {
    const item = { name: 'q', stats: { in: 1, out: 2, deep: { x: 3 } }, other: 4 }
    expect(withColumns(item, chosenColumns('name, stats.in,stats.deep.x,missing'))).toEqual({
      name: 'q',
      stats: { in: 1, deep: { x: 3 } },
    })
  })

  it('cannot reach what objects have by nature', () => {
    const taken = withColumns({}, chosenColumns('__proto__.polluted,constructor,toString'))
    expect(Object.keys(taken as object)).toEqual([])
  })

  it('are missed where nothing has them, which a single thing may', () => {
    const items = [
      { name: 'a', messages: 1 },
      { name: 'b', head: null },
    ]
    expect(missingColumns(items, chosenColumns('name,head,messages.x'))).toEqual([])
    expect(missingColumns(items, chosenColumns('mesages'))).toEqual([
      'nothing here has a "mesages", did you mean "messages"?',
    ])
    expect(missingColumns([], chosenColumns('name'))).toEqual([])
  })
})

describe('sorting', () => {
  const items = [{ n: 'q10' }, { n: 'q9' }, { x: { y: 2 } }, { n: 5 }, { n: 40, x: { y: 1 } }]

  it('has nothing before numbers, numbers before words, and numbers in words as such', () => {
    expect(sortedBy(items, 'n').map(({ n }) => n)).toEqual([undefined, 5, 40, 'q9', 'q10'])
  })

  it('goes down after a minus, and into things', () => {
    expect(sortedBy(items, '-x.y').map(({ x }) => x?.y)).toEqual([
      2,
      1,
      ...Array(3).fill(undefined),
    ])
  })
})
