import { describe, expect, test } from 'vitest'
import { parseOptions, UsageError } from '../options.ts'
import { SCENARIOS } from '../scenarios.ts'

describe('The options', () => {
  test('choose every scenario that does not take too long, unless told otherwise', () => {
    const usual = SCENARIOS.filter(({ name }) => name !== 's7-10m')
    expect(parseOptions([])?.scenarios).toEqual(usual)
    const long = parseOptions(['--scenario', 's7-10m'])
    expect(long?.scenarios.map(({ name }) => name)).toEqual(['s7-10m'])
    const some = parseOptions(['--scenario', 's5,s1-16'])
    expect(some?.scenarios.map(({ name }) => name)).toEqual(['s5', 's1-16'])
  })

  test('let single options overrule --quick', () => {
    const options = parseOptions(['--quick', '--rounds', '2'])
    expect(options).toMatchObject({ durationSec: 2, rounds: 2 })
  })

  test.each([
    ['an unknown scenario', ['--scenario', 's99']],
    ['an unknown broker', ['--brokers', 'leveret,mosquito']],
    ['an unknown option', ['--fast']],
    ['a duration that is no number', ['--duration', 'long']],
    ['a process without its address', ['--pid', '17']],
  ])('refuse %s', (_what, args) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
  })
})
