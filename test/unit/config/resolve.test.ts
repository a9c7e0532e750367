import { describe, expect, it } from 'vitest'
import { environmentName } from '../../../src/config/option-row.ts'
import type { BrokerOptions } from '../../../src/config/options.ts'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { readValue } from '../../../src/config/read-value.ts'
import { brokerOptions, defaultOptions, resolveOptions } from '../../../src/config/resolve.ts'

describe('the table of options', () => {
  it('has defaults that are values of their options', () => {
    for (const [name, row] of OPTION_ROWS) {
      if (name === 'config') continue
      expect(readValue(row, row.default, name)).toEqual(row.default)
    }
  })

  it('names every flag and every environment variable once', () => {
    const rows = [...OPTION_ROWS.values()]
    const flags = rows.map((row) => row.flag)
    const variables = rows.flatMap((row) => [environmentName(row), ...(row.environment ?? [])])
    expect(new Set(flags).size).toBe(flags.length)
    expect(new Set(variables).size).toBe(variables.length)
  })

  it('spells flags in kebab case and docs as sentences', () => {
    for (const row of OPTION_ROWS.values()) {
      expect(row.flag).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(row.doc).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('the options of an embedded broker', () => {
  it('are the defaults of the program, but in memory and without ports for HTTP', () => {
    expect(resolveOptions()).toEqual({
      ...brokerOptions(defaultOptions()),
      dataDir: 'none',
      managementPort: 'none',
      managementTlsPort: 'none',
      prometheusPort: 'none',
    })
  })

  it('take what is given and keep the default where it is undefined', () => {
    const options = resolveOptions({ port: 0, host: undefined })
    expect(options.port).toBe(0)
    expect(options.host).toBe('127.0.0.1')
  })

  it('have the defaults of the profile, unless they are given', () => {
    const { maxMessageSizeBytes, serverVersion } = resolveOptions({
      compat: '4.3',
      serverVersion: '4.3.9',
    })
    expect(maxMessageSizeBytes).toBe(16 * 1024 * 1024)
    expect(serverVersion).toBe('4.3.9')
  })

  it('refuse a value that the option cannot have', () => {
    expect(() => resolveOptions({ port: 70_000 })).toThrow('port: expected a port')
  })

  it('refuse an unknown option and name the one that was likely meant', () => {
    expect(() => resolveOptions({ heartbeat: 10 } as BrokerOptions)).toThrow(
      'there is no option "heartbeat", did you mean "heartbeatSec"?',
    )
  })

  it('do not contain those of the program around it', () => {
    expect(() => resolveOptions({ logLevel: 'info' } as BrokerOptions)).toThrow(
      'no option "logLevel"',
    )
  })
})
