import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { readValue } from '../../../src/config/read-value.ts'

const read = (given: unknown): unknown =>
  readValue(OPTION_ROWS.get('managementPort')!, given, '--management-port')

describe('a port that there may be none of', () => {
  it.each([
    [15672, 15672],
    ['15672', 15672],
    ['0', 0],
    [65535, 65535],
    ['none', 'none'],
  ])('is understood as %j', (given, expected) => {
    expect(read(given)).toBe(expected)
  })

  it.each(['', 'off', -1, '65536', 1.5, '1k', null])('is not %j', (given) => {
    expect(() => read(given)).toThrow(ConfigError)
    expect(() => read(given)).toThrow(
      'expected a port from 1 to 65535, 0 (any free port), or "none"',
    )
  })
})
