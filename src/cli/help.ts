import { defaultText, placeholder } from '../config/describe.ts'
import type { OptionRow } from '../config/option-row.ts'
import { OPTION_GROUPS } from '../config/option-row.ts'
import { OPTION_ROWS } from '../config/options.ts'

const USAGE = `leveret: a message broker for AMQP 0-9-1 clients

Usage:
  leveret [start] [options]    run the broker
  leveret help | --help        print this text
  leveret version | --version  print the version

Each option can also be given in the environment, --data-dir as LEVERET_DATA_DIR, and in the file
that --config names, as a line data-dir = "…". Flags win over the environment, and it over the file.
`

/** What `leveret --help` prints. */
export function helpText(): string {
  const rows = [...OPTION_ROWS.values()]
  const groups = OPTION_GROUPS.map((group) => {
    const entries = rows.filter((row) => row.group === group).map(entry)
    return `\n${group}:\n${entries.join('')}`
  })
  return USAGE + groups.join('')
}

function entry(row: OptionRow): string {
  const zero = 'zero' in row ? ` 0: ${row.zero}.` : ''
  const fallback = defaultText(row) === '' ? '' : ` Default: ${defaultText(row)}.`
  return `  --${row.flag} ${placeholder(row)}\n      ${row.doc}${zero}${fallback}\n`
}
