import { describe, expect, it } from 'vitest'
import { harmless, harmlessJson } from '../../../../src/cli/output/harmless.ts'

describe('text for a terminal', () => {
  it.each([
    ['sequences', '\u001b[2J\u001b]0;title\u0007', '\\x1b[2J\\x1b]0;title\\x07'],
    ['control characters of eight bits', '\u009b31m', '\\x9b31m'],
    ['ends of lines', 'a\r\nb\tc\u2028', 'a\\r\\nb\\tc\\u2028'],
    ['turns of direction', 'a\u202eb\u2066', 'a\\u202eb\\u2066'],
    ['what nobody sees', '\u00ad\ufeff\u{e0041}', '\\xad\\ufeff\\udb40\\udc41'],
    ['halves of characters', 'a\ud800b', 'a\\ud800b'],
  ])('has %s written out', (_what, text, shown) => {
    expect(harmless(text)).toBe(shown)
  })

  it.each(['orders', 'naïve', '注文', '👩‍👩‍👧', 'नमस्ते', ' a  b '])('leaves %j as it is', (text) => {
    expect(harmless(text)).toBe(text)
  })
})

describe('JSON for a terminal', () => {
  it('has nothing to obey in it, and is the same JSON', () => {
    const value = { text: 'a\u001b\u009b\u202e\u2028\u{e0041}b', list: ['\n'] }
    const json = harmlessJson(JSON.stringify(value, null, 2))
    expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
    expect(JSON.parse(json)).toEqual(value)
  })
})
