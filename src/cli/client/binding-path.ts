import { apiPath, exchangeInPath } from './api-path.ts'

export const DESTINATION_TYPES = ['queue', 'exchange'] as const

export interface BindingEnds {
  readonly vhost: string
  /** The exchange where messages come from. */
  readonly source: string
  readonly destination: string
  readonly to: (typeof DESTINATION_TYPES)[number]
}

/** Where the bindings between these two are. */
export function bindingsPath({ vhost, source, destination, to }: BindingEnds): string {
  const from = exchangeInPath(source)
  return to === 'queue'
    ? apiPath`/bindings/${vhost}/e/${from}/q/${destination}`
    : apiPath`/bindings/${vhost}/e/${from}/e/${destination}`
}
