// Turns what a flag, a variable, a file or a program gives for an option into the option's value.

import { ConfigError } from './config-error.ts'
import { expectation } from './describe.ts'
import { MAX_PORT, type NumberRow, type OptionRow } from './option-row.ts'

/** As RabbitMQ has them. */
const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ['k', 2 ** 10],
  ['kib', 2 ** 10],
  ['kb', 1e3],
  ['m', 2 ** 20],
  ['mib', 2 ** 20],
  ['mb', 1e6],
  ['g', 2 ** 30],
  ['gib', 2 ** 30],
  ['gb', 1e9],
])

/**
 * The value of an option, checked. Text that spells a number, a size (`128MiB`) or a list (`a,b`) is
 * understood wherever it comes from.
 *
 * @param source names the place for the error: `--port`, `LEVERET_PORT`, `leveret.toml: port`.
 * @throws ConfigError when the option cannot have this value
 */
export function readValue(row: OptionRow, given: unknown, source: string): unknown {
  const value = interpret(row, given)
  if (value !== undefined) return value
  const shown = row.secret ? '' : `, got ${JSON.stringify(given)}`
  throw new ConfigError(`${source}: expected ${expectation(row)}${shown}`)
}

/** The value, or undefined if there is no such value. */
function interpret(row: OptionRow, given: unknown): unknown {
  switch (row.type) {
    case 'text':
      // Empty text stands for nothing, where that is the default.
      return typeof given === 'string' && (given !== '' || row.default === '') ? given : undefined
    case 'pem':
      return pem(given)
    case 'list':
      return names(given)
    case 'servers':
      return servers(given)
    case 'name':
      return typeof given === 'string' && (NAME.test(given) || given === row.default)
        ? given
        : undefined
    case 'choice':
      return row.choices.find((choice) => choice === given)
    case 'memory':
      return memory(given)
    case 'port':
      return port(given)
    default:
      return wholeNumber(row, given)
  }
}

/** Empty text stands for nothing. */
function pem(given: unknown): string | Uint8Array | undefined {
  return typeof given === 'string' || given instanceof Uint8Array ? given : undefined
}

function names(given: unknown): readonly string[] | undefined {
  if (given === 'none') return []
  const list = typeof given === 'string' ? given.split(',').map((name) => name.trim()) : given
  if (!Array.isArray(list)) return undefined
  return list.every((name) => typeof name === 'string' && name !== '') ? list : undefined
}

const NAME = /^[\w-]{1,64}$/

function servers(given: unknown): readonly string[] | undefined {
  const list = names(given)
  return list?.every(isServer) ? list : undefined
}

function isServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^(nats|tls):$/.test(url.protocol) && url.hostname !== ''
}

function wholeNumber(row: NumberRow, given: unknown): number | undefined {
  const number = typeof given === 'string' ? spelledNumber(given, row.type === 'bytes') : given
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined
  if (number === 0 && row.zero !== undefined) return 0
  return number >= row.min && number <= (row.max ?? number) ? number : undefined
}

function port(given: unknown): number | 'none' | undefined {
  if (given === 'none') return 'none'
  const number = typeof given === 'string' ? spelledNumber(given, false) : given
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined
  return number >= 0 && number <= MAX_PORT ? number : undefined
}

/** A share of the memory or a size; one byte of memory is nothing that anybody asks for. */
function memory(given: unknown): number | undefined {
  const number = typeof given === 'string' ? spelledMemory(given.trim()) : given
  if (typeof number !== 'number' || !(number >= 0)) return undefined
  return number <= 1 || Number.isSafeInteger(number) ? number : undefined
}

function spelledMemory(text: string): number | undefined {
  const [, share, percent] = /^(\d*\.?\d+)(%?)$/.exec(text) ?? []
  if (share === undefined) return spelledNumber(text, true)
  if (percent === '') return Number(share)
  return Number(share) <= 100 ? Number(share) / 100 : undefined
}

function spelledNumber(text: string, isSize: boolean): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([a-z]*)$/i.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  if (unit === '') return Number(digits)
  const factor = isSize ? BYTE_UNITS.get(unit.toLowerCase()) : undefined
  return factor === undefined ? undefined : Number(digits) * factor
}
