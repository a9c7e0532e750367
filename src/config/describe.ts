// How help, documentation and error messages speak of an option.

import { MAX_PORT, type OptionRow } from './option-row.ts'

/** What stands for the value in a synopsis: `--port <number>`. */
export function placeholder(row: OptionRow): string {
  switch (row.type) {
    case 'pem':
      return '<file>'
    case 'list':
      return '<names>'
    case 'servers':
      return '<urls>'
    case 'choice':
      return `<${row.choices.join('|')}>`
    case 'port':
      return '<port|none>'
    case 'integer':
      return '<number>'
    case 'memory':
      return '<share|bytes>'
    default:
      return `<${row.type}>`
  }
}

/** The default, spelled as a user would spell it; empty if there is none. */
export function defaultText(row: OptionRow): string {
  if (row.type !== 'list' && row.type !== 'servers') return String(row.default)
  return row.default.length === 0 ? 'none' : row.default.join(',')
}

/** What an option takes, as a noun phrase. */
export function expectation(row: OptionRow): string {
  switch (row.type) {
    case 'text':
      return 'text'
    case 'pem':
      return 'a file in PEM form'
    case 'list':
      return 'a list of names separated by commas, or "none"'
    case 'servers':
      return 'addresses nats://host:port or tls://host:port separated by commas, or "none"'
    case 'name':
      return 'up to 64 letters, digits, - and _'
    case 'choice':
      return `one of ${row.choices.join(', ')}`
    case 'port':
      return `a port from 1 to ${MAX_PORT}, 0 (any free port), or "none"`
    case 'memory':
      return 'a share of the memory from 0 to 1 or in percent, or a whole number of bytes above 1'
    default: {
      const unit = row.type === 'integer' ? '' : ` of ${row.type}`
      const to = row.max === undefined ? 'up' : `to ${row.max}`
      const zero = row.zero === undefined ? '' : `, or 0 (${row.zero})`
      return `a whole number${unit} from ${row.min} ${to}${zero}`
    }
  }
}
