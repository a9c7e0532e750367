import { readFile } from 'node:fs/promises'
import { ConfigError } from './config-error.ts'
import { OPTION_ROWS, type ResolvedOptions } from './options.ts'

/** Options that are files in PEM form. */
export type PemOption = {
  [Name in keyof ResolvedOptions]: Uint8Array extends ResolvedOptions[Name] ? Name : never
}[keyof ResolvedOptions]

/** What the option holds, or the file that it names. Throws ConfigError for one that cannot be read. */
export async function readPem(option: PemOption, given: string | Uint8Array): Promise<string> {
  if (typeof given !== 'string') return Buffer.from(given).toString('latin1')
  if (given.includes('-----BEGIN ')) return given
  try {
    return await readFile(given, 'latin1')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // Who gives the key itself in another form than PEM must not find it in a log.
    const reason = OPTION_ROWS.get(option)?.secret ? code : message
    throw new ConfigError(`${flagOf(option)}: cannot read the file: ${reason}`)
  }
}

/** As the user knows the option. */
export const flagOf = (option: PemOption): string => OPTION_ROWS.get(option)?.flag as string
