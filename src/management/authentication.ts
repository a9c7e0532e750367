import type { IncomingMessage } from 'node:http'
import type { FailedLogins } from '../auth/failed-logins.ts'
import type { User } from '../auth/user.ts'
import type { Authenticator } from '../auth/users.ts'
import { isLoopbackAddress } from '../base/loopback-address.ts'
import { HttpError, unknownUser } from './http-error.ts'
import { isLocalName } from './local-name.ts'

/** Finds out who asks, by HTTP's basic authentication. https://www.rfc-editor.org/rfc/rfc7617 */
export class Authentication {
  readonly #authenticator: Authenticator
  readonly #failedLogins: FailedLogins

  constructor(authenticator: Authenticator, failedLogins: FailedLogins) {
    this.#authenticator = authenticator
    this.#failedLogins = failedLogins
  }

  /** Throws 401, and 429 for who has failed too often. */
  userOf(request: IncomingMessage): User {
    const credentials = readCredentials(request.headers.authorization)
    if (credentials === undefined) throw unknownUser()
    const { username, password } = credentials
    const address = request.socket.remoteAddress ?? ''
    const waitMs = this.#failedLogins.waitMs(address, username)
    if (waitMs > 0) throw tooManyFailures(waitMs)
    // Users for this machine only have passwords that everybody knows.
    const isLocal = isLoopbackAddress(address) && isLocalName(request.headers.host)
    const user = this.#authenticator.authenticate(username, password, isLocal)
    if (user !== undefined) return user
    this.#failedLogins.add(address, username)
    throw unknownUser()
  }
}

function readCredentials(
  header: string | undefined,
): { readonly username: string; readonly password: string } | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

function tooManyFailures(waitMs: number): HttpError {
  return new HttpError(429, 'too_many_requests', 'Too many failed logins', {
    'retry-after': String(Math.ceil(waitMs / 1000)),
  })
}
