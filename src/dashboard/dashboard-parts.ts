import type { Api } from '../management/api.ts'
import type { ManagedBroker } from '../management/managed-broker.ts'

/** What a dashboard looks at, and by what it acts. */
export interface DashboardParts {
  readonly api: Pick<Api, 'ask'>
  readonly broker: ManagedBroker
  /** Of a request; more is refused. */
  readonly bodyLimitBytes: number
}
