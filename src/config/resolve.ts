import { COMPAT_PROFILES, type CompatName } from './compat.ts'
import { ConfigError } from './config-error.ts'
import { didYouMean } from './did-you-mean.ts'
import type { BrokerOptions, OptionName, Options, ResolvedOptions } from './options.ts'
import { OPTION_ROWS } from './options.ts'
import { readValue } from './read-value.ts'

const BROKER_ROWS = new Map([...OPTION_ROWS].filter(([, row]) => row.group !== 'Program'))

/** Every option's default, as the program `leveret` has it with that profile. */
export function defaultOptions(compat: CompatName = 'lenient'): Options {
  const defaults = [...OPTION_ROWS].map(([name, row]) => [name, row.default])
  return { ...(Object.fromEntries(defaults) as Options), ...COMPAT_PROFILES[compat].defaults }
}

/** The broker's part of the program's options. */
export function brokerOptions(options: Options): ResolvedOptions {
  const entries = Object.entries(options).filter(([name]) => BROKER_ROWS.has(name as OptionName))
  return Object.fromEntries(entries) as unknown as ResolvedOptions
}

/**
 * The options of a broker that another program embeds: what it gives, checked, and defaults.
 *
 * @throws ConfigError for an option that does not exist or cannot have the given value
 */
export function resolveOptions(given: BrokerOptions = {}): ResolvedOptions {
  const values: Partial<Record<OptionName, unknown>> = {}
  for (const [name, value] of Object.entries(given)) {
    const row = BROKER_ROWS.get(name as OptionName)
    if (row === undefined) {
      throw new ConfigError(`there is no option "${name}"${didYouMean(name, BROKER_ROWS.keys())}`)
    }
    if (value !== undefined) values[name as OptionName] = readValue(row, value, name)
  }
  const resolved: Partial<Record<OptionName, unknown>> = {}
  const defaults = defaultOptions(values.compat as CompatName | undefined)
  for (const [name, row] of BROKER_ROWS) resolved[name] = row.embedded ?? defaults[name]
  return { ...resolved, ...values } as ResolvedOptions
}
