import { defaultText, placeholder } from '../config/describe.ts'
import type { OptionRow } from '../config/option-row.ts'
import { OPTION_GROUPS } from '../config/option-row.ts'
import { OPTION_ROWS } from '../config/options.ts'
import { CLIENT_COMMANDS } from './client-commands.ts'

const USAGE = `leveret: a message broker for AMQP 0-9-1 clients

Usage:
  leveret [start] [options]    run the broker
  leveret help | --help        print this text
  leveret help <command>       print what a command takes
  leveret version | --version  print the version
`

const COMMANDS = `
Commands for a broker that runs, which they reach over its management API:
`

const OPTIONS = `
Options of start. Each can also be given in the environment, --data-dir as LEVERET_DATA_DIR, and in the file
that --config names, as a line data-dir = "…". Flags win over the environment, and it over the file.
`

/** What `leveret --help` prints. */
export function helpText(): string {
  const rows = [...OPTION_ROWS.values()]
  const groups = OPTION_GROUPS.map((group) => {
    const entries = rows.filter((row) => row.group === group).map(entry)
    return `\n${group}:\n${entries.join('')}`
  })
  const commands = [...CLIENT_COMMANDS].map(
    ([name, { summary }]) => `  ${name.padEnd(NAME_WIDTH)}  ${summary}\n`,
  )
  return USAGE + COMMANDS + commands.join('') + OPTIONS + groups.join('')
}

const NAME_WIDTH = Math.max(...[...CLIENT_COMMANDS.keys()].map((name) => name.length))

function entry(row: OptionRow): string {
  const zero = 'zero' in row ? ` 0: ${row.zero}.` : ''
  const fallback = defaultText(row) === '' ? '' : ` Default: ${defaultText(row)}.`
  return `  --${row.flag} ${placeholder(row)}\n      ${row.doc}${zero}${fallback}\n`
}
