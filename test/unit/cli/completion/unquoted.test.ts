import { describe, expect, it } from 'vitest'
import { unquoted } from '../../../../src/cli/completion/unquoted.ts'

describe('unquoted', () => {
  it.each([
    ['', ''],
    ['orders', 'orders'],
    [String.raw`order\ book`, 'order book'],
    [`'order book'`, 'order book'],
    [`'it'\\''s'`, "it's"],
    [String.raw`"a \"b\" \$c \d"`, String.raw`a "b" $c \d`],
    [`--user='a b'"c d"e`, '--user=a bc de'],
    ['"order b', 'order b'],
    ["'order b", 'order b'],
    [`"`, ''],
    [String.raw`order\\`, 'order\\'],
    ['order\\', 'order'],
  ])('of %s is %s', (word, text) => {
    expect(unquoted(word)).toBe(text)
  })
})
