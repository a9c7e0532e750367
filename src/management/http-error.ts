import { AdministrationError } from '../administration/administration-error.ts'
import { AmqpError } from '../errors.ts'

/**
 * An answer that says why nothing was done. As in RabbitMQ, who may not do something gets 401 as one
 * who is not known does; the two differ in the spelling of `not_authorised`.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    reason: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(reason)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (reason: string): HttpError => new HttpError(400, 'bad_request', reason)

export const keyMissing = (...names: readonly string[]): HttpError =>
  badRequest(`[${names.map((name) => `{key_missing,${name}}`).join(',')}]`)

export const notAuthorised = (reason: string): HttpError =>
  new HttpError(401, 'not_authorised', reason)

export const unknownUser = (): HttpError =>
  new HttpError(401, 'not_authorized', 'Not_Authorized', {
    'www-authenticate': 'Basic realm="RabbitMQ Management"',
  })

/** What is addressed is not there. */
export const noSuchObject = (): HttpError => new HttpError(404, 'Object Not Found', 'Not Found')

/** Something else is not there that is needed for what is asked for. */
export const notFound = (reason: string): HttpError => new HttpError(404, 'not_found', reason)

/** It is known what is asked for, and there is no such thing here. */
export const notImplemented = (reason: string): HttpError =>
  new HttpError(501, 'not_implemented', reason)

/** It may be done in a moment, but not now. */
export const unavailable = (reason: string): HttpError =>
  new HttpError(503, 'service_unavailable', reason, { 'retry-after': '1' })

/** What any part of the broker throws, as an answer; undefined for what nobody should throw. */
export function httpErrorOf(thrown: unknown): HttpError | undefined {
  if (thrown instanceof HttpError) return thrown
  if (thrown instanceof AdministrationError) {
    return thrown.code === 'not_found' ? notFound(thrown.message) : badRequest(thrown.message)
  }
  // Of a path that is not encoded well, which names nothing.
  if (thrown instanceof URIError) return noSuchObject()
  if (!(thrown instanceof AmqpError)) return undefined
  const reason = thrown.replyText.replace(/^[A-Z_]+ - /, '')
  switch (thrown.replyCode) {
    case 403:
      return notAuthorised(reason)
    case 404:
      return notFound(reason)
    default:
      return badRequest(reason)
  }
}
