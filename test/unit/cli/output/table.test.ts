import { describe, expect, it } from 'vitest'
import { columns } from '../../../../src/cli/output/columns.ts'
import { fittingWidths, tabbedLines, tableLines } from '../../../../src/cli/output/table.ts'
import { textWidth } from '../../../../src/cli/output/text-width.ts'

const style = (width: number) => ({ width, heading: (text: string) => text })

describe('a table', () => {
  it('has its columns side by side, numbers to the right', () => {
    const items = [
      { name: 'orders', ready: 5, rate: 1.25 },
      { name: 'q', ready: 1234, rate: 0 },
    ]
    expect(tableLines(columns('name', 'ready', 'rate:in/s'), items, style(80))).toEqual([
      'name    ready  in/s',
      'orders      5   1.3',
      'q        1234     0',
    ])
  })

  it('counts the columns that characters take', () => {
    const items = [
      { name: '注文', type: 'a' },
      { name: '👩‍👩‍👧x', type: 'b' },
      { name: 'é', type: 'c' },
    ]
    const lines = tableLines(columns('name', 'type'), items, style(80))
    expect(lines).toEqual(['name  type', '注文  a', '👩‍👩‍👧x   b', 'é     c'])
  })

  it('is never wider than the terminal, the widest columns giving way', () => {
    const items = [{ name: 'a-name-of-some-length', body: 'x'.repeat(500), bytes: 500 }]
    const lines = tableLines(columns('name', 'bytes', 'body'), items, style(40))
    expect(lines[1]).toMatch(/^a-name-of-so[\w-]*…\s+500 {2}x+…$/)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40)
  })

  it('is cut where a terminal is narrower than the least of its columns', () => {
    const items = [{ a: 'x'.repeat(9), b: 'y'.repeat(9), c: 'z'.repeat(9) }]
    for (const line of tableLines(columns('a', 'b', 'c'), items, style(10))) {
      expect(textWidth(line)).toBeLessThanOrEqual(10)
    }
  })

  it('has nothing in it that a terminal would obey, nor in its heading', () => {
    const text = tableLines(columns('n\u001b[1m'), [{ 'n\u001b[1m': '\u001b[2Jx\ny' }], style(80))
    expect(text).toEqual(['n\\x1b[1m', '\\x1b[2Jx\\ny'])
  })

  it('cuts wide characters at whole ones', () => {
    const [, line = ''] = tableLines(columns('n'), [{ n: '注'.repeat(20) }], style(10))
    expect(line).toBe('注注注注…')
  })
})

describe('widths that fit', () => {
  it('are those that are wanted where there is room', () => {
    expect(fittingWidths([3, 10, 5], 20)).toEqual([3, 10, 5])
  })

  it('leave narrow columns alone, and use all that there is', () => {
    expect(fittingWidths([3, 50, 50], 40)).toEqual([3, 19, 18])
  })
})

describe('lines for programs', () => {
  it('have whole values between tabs', () => {
    const items = [{ a: 'x\ty', b: { c: [1, 2] }, d: null }, { b: { e: {} } }]
    expect(tabbedLines(columns('a', 'b', 'b.c', 'd'), items)).toEqual([
      'x\\ty\t{"c":[1,2]}\t1, 2\t',
      '\t{"e":{}}\t\t',
    ])
  })
})
