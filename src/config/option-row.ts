/** Groups in the order in which help and documentation show them. */
export const OPTION_GROUPS = [
  'Network',
  'TLS',
  'Users',
  'Limits',
  'Identity',
  'Storage',
  'Cluster',
  'Program',
] as const

interface Row {
  /** Name on the command line and in the configuration file, from which the environment's derives. */
  readonly flag: string
  readonly group: (typeof OPTION_GROUPS)[number]
  readonly doc: string
  /** Environment variables of RabbitMQ that are honoured besides our own. */
  readonly environment?: readonly string[]
  /** The value must never be shown, not even in an error about it. */
  readonly secret?: true
  /** The default in a broker that another program embeds, where that is not the same. */
  readonly embedded?: string
}

interface TextRow extends Row {
  readonly type: 'text'
  readonly default: string
}

/** A file in PEM form, by its path; or what would be in the file, which a program may have as octets. */
interface PemRow extends Row {
  readonly type: 'pem'
  readonly default: ''
}

interface ListRow extends Row {
  readonly type: 'list'
  readonly default: readonly string[]
}

/** Servers of NATS, by addresses in which there may be a user and a password. */
interface ServersRow extends Row {
  readonly type: 'servers'
  readonly default: readonly string[]
}

/** What is a part of other names, and of addresses. */
interface NameRow extends Row {
  readonly type: 'name'
  readonly default: string
}

interface ChoiceRow extends Row {
  readonly type: 'choice'
  readonly choices: readonly string[]
  readonly default: string
}

/** Up to 1 it is a share of the memory that there is; above, bytes. */
interface MemoryRow extends Row {
  readonly type: 'memory'
  readonly default: number
}

export const MAX_PORT = 65_535

/** A TCP port, or `none` for no listener at all. */
interface PortRow extends Row {
  readonly type: 'port'
  readonly default: number
}

export interface NumberRow extends Row {
  readonly type: 'integer' | 'bytes' | 'seconds' | 'milliseconds'
  readonly default: number
  readonly min: number
  readonly max?: number
  /** What 0 means, for an option that takes it besides its range. */
  readonly zero?: string
}

/** One option, and everything that anyone has to know about it. */
export type OptionRow =
  | TextRow
  | PemRow
  | ListRow
  | ServersRow
  | NameRow
  | ChoiceRow
  | MemoryRow
  | PortRow
  | NumberRow

/** The type of a row's values. */
export type OptionValue<Row> = Row extends { type: 'text' | 'name' }
  ? string
  : Row extends { type: 'pem' }
    ? string | Uint8Array
    : Row extends { type: 'list' | 'servers' }
      ? readonly string[]
      : Row extends { choices: readonly (infer Choice)[] }
        ? Choice
        : Row extends { type: 'port' }
          ? number | 'none'
          : number

/** Our own environment variable for an option: `data-dir` is read from `LEVERET_DATA_DIR`. */
export function environmentName(row: OptionRow): string {
  return `LEVERET_${row.flag.toUpperCase().replaceAll('-', '_')}`
}
