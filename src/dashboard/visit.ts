import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '../auth/user.ts'

/** A request of somebody who may see the dashboard. */
export interface Visit {
  readonly user: User
  /** Of the whole URL, still encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
}
