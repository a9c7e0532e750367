import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dashboard } from '../dashboard/dashboard.ts'
import { addressOf } from './address.ts'
import type { Api } from './api.ts'
import type { Authentication } from './authentication.ts'
import { HttpError, httpErrorOf } from './http-error.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { assertSameOrigin } from './origin.ts'
import { respond, respondError } from './respond.ts'
import { assertRight } from './rights.ts'

export interface FrontParts {
  readonly api: Api
  readonly authentication: Authentication
  readonly broker: ManagedBroker
  /** Of a request; more is refused. */
  readonly bodyLimitBytes: number
}

/** Where people come in by a browser. */
const HOME = '/ui/'
const DASHBOARD = /^\/(ui|console)(\/|$)/

/**
 * The port's front desk: pages are the dashboard's, and all else is the API's. The dashboard is not even
 * read before the first who may see it asks for it.
 */
export class Front {
  readonly #parts: FrontParts
  #dashboard: Promise<Dashboard> | undefined

  constructor(parts: FrontParts) {
    this.#parts = parts
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = addressOf(request)
    const isHome = path === '/'
    if (!isHome && !DASHBOARD.test(path)) {
      await this.#parts.api.handle(request, response)
      return
    }
    try {
      const user = this.#parts.authentication.userOf(request)
      assertRight(user, 'management')
      assertSameOrigin(request)
      if (isHome) respond(request, response, 302, undefined, { location: HOME })
      else await (await this.#open()).handle({ user, path, query, request, response })
    } catch (thrown) {
      // Who has gone amid a request is not to be answered.
      if (response.destroyed) return
      const error = httpErrorOf(thrown) ?? this.#fault(thrown)
      if (response.headersSent) response.destroy()
      else respondError(request, response, error)
    }
  }

  #open(): Promise<Dashboard> {
    this.#dashboard ??= import('../dashboard/dashboard.ts').then(
      ({ Dashboard }) => new Dashboard(this.#parts),
    )
    return this.#dashboard
  }

  #fault(thrown: unknown): HttpError {
    this.#parts.broker.logger.error({ err: thrown }, 'A fault in the dashboard')
    return new HttpError(500, 'internal_server_error', 'Internal Server Error')
  }
}
