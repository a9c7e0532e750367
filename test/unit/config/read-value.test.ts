import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import type { OptionName } from '../../../src/config/options.ts'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { readValue } from '../../../src/config/read-value.ts'

const read = (name: OptionName, given: unknown): unknown =>
  readValue(OPTION_ROWS.get(name)!, given, 'here')

const refusal = (name: OptionName, given: unknown): string => {
  try {
    read(name, given)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error(`${name} accepted ${String(given)}`)
}

describe('the value of an option', () => {
  it('is a number given as a number or spelled as one', () => {
    expect(read('tlsPort', 5673)).toBe(5673)
    expect(read('tlsPort', '5673')).toBe(5673)
  })

  it('is 0 only where 0 means something', () => {
    expect(read('heartbeatSec', '0')).toBe(0)
    expect(refusal('handshakeTimeoutMs', '0')).toContain('got "0"')
  })

  it.each(['', 'abc', '-1', '1.5', '0x10', '1e3', '65536', '12 34', '5k'])(
    'is no port when it is %j',
    (given) => {
      expect(refusal('tlsPort', given)).toBe(
        `here: expected a whole number from 1 to 65535, or 0 (any free port), got ${JSON.stringify(given)}`,
      )
    },
  )

  it.each([1.5, Number.NaN, -1, 2 ** 53, true, null, [5672], {}])(
    'is no port when it is %j',
    (given) => {
      expect(refusal('tlsPort', given)).toContain('here: expected a whole number from 1 to 65535')
    },
  )

  it('is a file by its path, or what would be in it', () => {
    const octets = Buffer.from('-----BEGIN CERTIFICATE-----')
    for (const given of ['/etc/cert.pem', octets, '']) expect(read('tlsCert', given)).toBe(given)
    expect(refusal('tlsCert', 5)).toBe('here: expected a file in PEM form, got 5')
    expect(refusal('tlsKey', ['secret'])).toBe('here: expected a file in PEM form')
  })

  it('is a size with or without a unit', () => {
    expect(read('maxMessageSizeBytes', '1048576')).toBe(1_048_576)
    expect(read('maxMessageSizeBytes', '128MiB')).toBe(134_217_728)
    expect(read('outboxLimitBytes', '64kib')).toBe(65_536)
    expect(refusal('outboxLimitBytes', '64 parsecs')).toContain('of bytes from 4096 up')
  })

  it('is a size in the units of RabbitMQ', () => {
    const sizes = ['1k', '1kB', '2MB', '2M', '3GB', '3GiB'].map((size) =>
      read('diskFreeLimitBytes', size),
    )
    expect(sizes).toEqual([2 ** 10, 1e3, 2e6, 2 ** 21, 3e9, 3 * 2 ** 30])
  })

  it.each([
    [0.4, 0.4],
    ['0.4', 0.4],
    ['.4', 0.4],
    ['40%', 0.4],
    ['62.5%', 0.625],
    ['0', 0],
    [1, 1],
    ['1', 1],
    ['100%', 1],
    ['512MiB', 536_870_912],
    ['2GB', 2_000_000_000],
    ['1048576', 1_048_576],
    [2 ** 40, 2 ** 40],
  ])('is a share of the memory or a size: %j', (given, value) => {
    expect(read('memoryHighWatermark', given)).toBe(value)
  })

  it.each([
    1.5,
    '1.5',
    '101%',
    '-0.1',
    -1,
    Number.NaN,
    Infinity,
    '',
    '%',
    '.',
    '1e3',
    '1.5GB',
    true,
  ])('is no watermark when it is %j', (given) => {
    expect(refusal('memoryHighWatermark', given)).toContain(
      'here: expected a share of the memory from 0 to 1 or in percent, or a whole number of bytes',
    )
  })

  it('is a time that a timer can wait', () => {
    expect(read('shutdownTimeoutMs', 2 ** 31 - 1)).toBe(2_147_483_647)
    expect(refusal('shutdownTimeoutMs', 2 ** 31)).toContain('of milliseconds')
  })

  it('is one of the choices', () => {
    expect(read('logLevel', 'debug')).toBe('debug')
    expect(refusal('logLevel', 'loud')).toBe(
      'here: expected one of debug, info, warn, error, silent, got "loud"',
    )
  })

  it('is a list as text, as an array, or none', () => {
    expect(read('loopbackUsers', 'guest, admin')).toEqual(['guest', 'admin'])
    expect(read('loopbackUsers', ['guest'])).toEqual(['guest'])
    expect(read('loopbackUsers', 'none')).toEqual([])
    expect(refusal('loopbackUsers', 'guest,,admin')).toContain('a list of names')
    expect(refusal('loopbackUsers', [1])).toContain('a list of names')
  })

  it('is not shown in the error when it is a secret', () => {
    expect(refusal('defaultPass', 1234)).toBe('here: expected text')
  })
})
