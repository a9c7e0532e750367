import type { OptionName } from './options.ts'

/** One option as it was given somewhere, not looked at yet. */
export interface Setting {
  readonly name: OptionName
  readonly value: unknown
  /** Where it was given, for an error about it. */
  readonly source: string
}
