import { readFile } from 'node:fs/promises'
import { ConfigError } from './config-error.ts'
import { didYouMean } from './did-you-mean.ts'
import { OPTION_ROWS } from './options.ts'
import type { Setting } from './setting.ts'

/**
 * The settings in a configuration file. It is TOML, whose `key = value` lines, comments and strict
 * types are all that is needed; keys are the names of the flags.
 *
 * @throws ConfigError when it cannot be read, is not TOML or has an unknown key
 */
export async function readConfigFile(path: string): Promise<Setting[]> {
  const names = new Map(
    [...OPTION_ROWS].filter(([name]) => name !== 'config').map(([name, row]) => [row.flag, name]),
  )
  const table = await parseToml(path, await readText(path))
  return Object.entries(table).map(([key, value]) => {
    const name = names.get(key)
    if (name === undefined) {
      throw new ConfigError(`${path}: there is no option "${key}"${didYouMean(key, names.keys())}`)
    }
    return { name, value, source: `${path}: ${key}` }
  })
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`cannot read the configuration file: ${(error as Error).message}`)
  }
}

async function parseToml(path: string, text: string): Promise<Record<string, unknown>> {
  // Loaded here, because most starts have no file and every module costs start time.
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The lines after the first are a drawing of the place.
    const [reason] = error.message.split('\n')
    throw new ConfigError(`${path}:${error.line}:${error.column}: ${reason}`)
  }
}
