// Gathers the program's options: defaults, over them the configuration file, over it the environment,
// over it the command line.

import { readConfigFile } from './config-file.ts'
import { environmentName } from './option-row.ts'
import type { OptionName, Options } from './options.ts'
import { OPTION_ROWS } from './options.ts'
import { readValue } from './read-value.ts'
import { defaultOptions } from './resolve.ts'
import type { Setting } from './setting.ts'

/**
 * The options from all the places where they can be given.
 *
 * @param flags what the command line gives
 * @param environment the variables of the process
 * @throws ConfigError for a bad value, an unknown key or a file that cannot be read
 */
export async function loadOptions(
  flags: readonly Setting[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Options> {
  const settings = [...fromEnvironment(environment), ...flags]
  const { config: path } = apply(defaultOptions(), settings)
  const fromFile = path === '' ? [] : await readConfigFile(path)
  const all = [...fromFile, ...settings]
  // The defaults of other options depend on the profile.
  const { compat } = apply(defaultOptions(), all)
  return apply(defaultOptions(compat), all)
}

/** Our own variable comes after RabbitMQ's, and so wins over it. An empty one counts as not set. */
function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Setting[] {
  return [...OPTION_ROWS].flatMap(([name, row]) =>
    [...(row.environment ?? []), environmentName(row)]
      .map((source) => ({ name, value: environment[source] ?? '', source }))
      .filter(({ value }) => value !== ''),
  )
}

/** The options with the settings applied in turn, so that a later one wins. */
function apply(options: Options, settings: readonly Setting[]): Options {
  const applied: Record<OptionName, unknown> = { ...options }
  for (const { name, value, source } of settings) {
    const row = OPTION_ROWS.get(name)
    if (row !== undefined) applied[name] = readValue(row, value, source)
  }
  return applied as Options
}
