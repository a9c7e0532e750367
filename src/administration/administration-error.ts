/**
 * Why something was not changed: it is not there, or it cannot be so. The message is in RabbitMQ's
 * words where it has any.
 */
export class AdministrationError extends Error {
  override readonly name = 'AdministrationError'
  readonly code: 'bad_request' | 'not_found'

  constructor(code: 'bad_request' | 'not_found', message: string) {
    super(message)
    this.code = code
  }
}

export const badRequest = (reason: string): AdministrationError =>
  new AdministrationError('bad_request', reason)

export const noVhost = (name: string): AdministrationError =>
  new AdministrationError('not_found', `Virtual host '${name}' does not exist`)

export const noUser = (name: string): AdministrationError =>
  new AdministrationError('not_found', `User '${name}' does not exist`)

export const noParameter = (): AdministrationError =>
  new AdministrationError('not_found', 'Parameter does not exist')

/** Throws when there are any problems. */
export function assertValid(...problems: readonly (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined)
  if (found.length > 0) throw badRequest(`Validation failed\n\n${found.join('\n')}\n`)
}

/** Names are no longer than what AMQP calls a short string, so that all of them can be stored. */
export function assertNames(...names: readonly string[]): void {
  const long = names.find((name) => Buffer.byteLength(name) > 255)
  if (long !== undefined)
    throw badRequest(`the name '${long.slice(0, 20)}…' is longer than 255 bytes`)
}
