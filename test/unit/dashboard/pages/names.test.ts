import { describe, expect, it } from 'vitest'
import {
  exchangeFromPath,
  exchangeInPath,
  exchangeTitle,
  visible,
} from '../../../../src/dashboard/pages/format/names.ts'
import { valueText } from '../../../../src/dashboard/pages/format/values.ts'

describe('names', () => {
  it.each([
    ['orders', 'orders'],
    ['<b>"é" ›', '<b>"é" ›'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['a\u0000', 'a\\u0000'],
    ['txt.\u202eexe', 'txt.\\u202eexe'],
    ['a\u200bb', 'a\\u200bb'],
  ])('shows %j so that nothing of it is unseen', (name, shown) => {
    expect(visible(name)).toBe(shown)
  })

  it('gives the default exchange a title, and a name in addresses', () => {
    expect(exchangeTitle('')).toBe('(default)')
    expect(exchangeTitle('a')).toBe('a')
    expect(['', 'a'].map(exchangeInPath).map(exchangeFromPath)).toEqual(['', 'a'])
  })

  it('shows values on one line', () => {
    expect(valueText('a\nb')).toBe('a\\nb')
    expect(valueText(1.5)).toBe('1.5')
    expect(valueText(['<b>', { a: null }])).toBe('["<b>",{"a":null}]')
  })
})
