import { parseArgs } from 'node:util'
import { ConfigError } from '../config/config-error.ts'
import { didYouMean } from '../config/did-you-mean.ts'
import { OPTION_ROWS } from '../config/options.ts'
import type { Setting } from '../config/setting.ts'
import { CLIENT_COMMANDS } from './client-commands.ts'

/** What the user asks for. */
export type CommandLine =
  | { readonly command: 'start'; readonly settings: readonly Setting[] }
  | { readonly command: 'help' | 'version' }

const COMMANDS = ['start', 'help', 'version'] as const

/** There is no such command. */
export class UsageError extends ConfigError {}

/**
 * Reads the arguments after the program's name: `[command] [--flag value …]`.
 *
 * @throws ConfigError for an unknown command or flag, or a flag without a value
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  // Not strict, because the parser's own errors run over several sentences and suggest nothing.
  const { positionals, tokens, values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
      ...Object.fromEntries(
        [...OPTION_ROWS.values()].map((row) => [row.flag, { type: 'string' as const }]),
      ),
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const settings = tokens.flatMap((token) => (token.kind === 'option' ? toSettings(token) : []))
  const command = toCommand(positionals)
  if (values['help'] || command === 'help') return { command: 'help' }
  if (values['version'] || command === 'version') return { command: 'version' }
  return { command, settings }
}

function toCommand(positionals: readonly string[]): (typeof COMMANDS)[number] {
  const [given = 'start', ...rest] = positionals
  const command = COMMANDS.find((known) => known === given)
  if (command === undefined) {
    if (CLIENT_COMMANDS.has(given)) {
      throw new UsageError(`options of "start" cannot stand before "${given}"`)
    }
    const known = [...COMMANDS, ...CLIENT_COMMANDS.keys()]
    throw new UsageError(`there is no command "${given}"${didYouMean(given, known)}`)
  }
  if (rest.length > 0) throw new ConfigError(`unexpected argument "${rest[0]}"`)
  return command
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function toSettings({ name: flag, rawName, value, inlineValue }: OptionToken): Setting[] {
  if (flag === 'help' || flag === 'version') return []
  const name = [...OPTION_ROWS].find(([, row]) => row.flag === flag)?.[0]
  if (name === undefined) {
    const known = [...OPTION_ROWS.values()].map((row) => `--${row.flag}`)
    throw new ConfigError(`there is no option "${rawName}"${didYouMean(rawName, known)}`)
  }
  // `--host --port 1` lacks the host; a value that does begin with a dash is given as `--host=-x`.
  if (value === undefined || (!inlineValue && value.startsWith('-'))) {
    throw new ConfigError(`${rawName} needs a value`)
  }
  return [{ name, value, source: rawName }]
}
