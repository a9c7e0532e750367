import { describe, expect, it } from 'vitest'
import { NamePattern, PatternError } from '../../../src/base/name-pattern.ts'

const matches = (pattern: string, name: string) => new NamePattern(pattern).matches(name)

describe('a pattern of names', () => {
  it.each([
    ['^orders\\.', 'orders.new', true],
    ['^orders\\.', 'old.orders.new', false],
    ['rder', 'orders', true],
    ['', 'anything', true],
    ['^$', 'anything', false],
    ['^(a|b)-.*$', 'b-1', true],
    ['^(?!amq\\.).*', 'amq.gen-1', false],
    ['^(?!amq\\.).*', 'orders', true],
  ])('%j is found in %j: %j', (pattern, name, found) => {
    expect(matches(pattern, name)).toBe(found)
  })

  it.each([
    ['\\Aorders\\z', 'orders', true],
    ['\\Aorders\\Z', 'Aorders', false],
    ['(?i)^ORDERS$', 'orders', true],
    ['^[[:alpha:]]+$', 'orders', true],
    ['^[[:digit:]_]+$', 'orders', false],
    ['(?P<a>x)(?P=a)', 'xx', true],
    ['\\e', 'e', false],
    ['^[]a]+$', 'a]a', true],
    ['^[^]a]+$', 'b]b', false],
    ['^[^]a]+$', 'bbb', true],
    ['^[a[]]$', 'a]', true],
    ['^[][:digit:]]+$', ']1', true],
  ])("%j of Perl's kind is found in %j: %j", (pattern, name, found) => {
    expect(matches(pattern, name)).toBe(found)
  })

  // As RabbitMQ 3.10 says it.
  it.each([
    ['(a', 'missing )', 2],
    ['*a', 'nothing to repeat', 0],
    ['a**', 'nothing to repeat', 2],
    ['[a', 'missing terminating ] for character class', 2],
    ['[]', 'missing terminating ] for character class', 2],
    ['a[^]b', 'missing terminating ] for character class', 5],
    ['x'.repeat(10_001), 'regular expression is too large', 10_000],
    ['a)', 'unmatched parentheses', 1],
    ['a{2,1}', 'numbers out of order in {} quantifier', 5],
    ['[b-a]', 'range out of order in character class', 3],
    ['a\\', '\\\\ at end of pattern', 2],
  ])('%j is refused: %s, at %d', (pattern, reason, position) => {
    const error = (() => {
      try {
        return new NamePattern(pattern)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(PatternError)
    expect(error).toMatchObject({ reason, position })
  })

  it.each(['a++b', '(?>a)b', '\\Qa.b\\E', '\\Rx', 'a\\Kb', '(?x) a'])(
    '%j, which JavaScript cannot do, is refused rather than misread',
    (pattern) => {
      expect(() => new NamePattern(pattern)).toThrow(PatternError)
    },
  )

  it.each(['^(a+)+$', '^(a|a)*$', '(.*)*(.*)*(.*)*x', '.*.*.*.*.*.*=', 'a?a?a?a?(a?){25}a{25}$'])(
    '%j, which could take for ever, gives up and does not match',
    (pattern) => {
      expect(matches(pattern, `${'a'.repeat(200)}b`)).toBe(false)
    },
  )

  it.each([`${'(\\w|\\w)'.repeat(30)}!`, '[^]](\\w+)+!', '(\\w+)(\\w+)(\\w+)!'])(
    '%j, whose groups match in many ways, gives up as well',
    (source) => {
      const pattern = new NamePattern(source)
      expect(pattern.hasGivenUp).toBe(false)
      expect(pattern.matches('a'.repeat(200))).toBe(false)
      expect(pattern.hasGivenUp).toBe(true)
    },
  )

  it('that has taken too long again and again matches nothing any more', () => {
    const pattern = new NamePattern('(a+)+(a+)+!')
    for (let n = 0; n < 10; n++) expect(pattern.matches(`${'a'.repeat(200)}b`)).toBe(false)
    expect(pattern.matches('aa!')).toBe(false)
  })

  it('that is not simple matches as well as others', () => {
    expect(matches('^(foo|bar)+\\..*x.*y$', 'foobar.x.y')).toBe(true)
    expect(matches('^(foo|bar)+\\..*x.*y$', 'foobaz.x.y')).toBe(false)
  })
})
