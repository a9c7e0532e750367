import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpError } from './http-error.ts'

/** Nothing that is answered here is ever to be run or shown as a page. */
const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** Answers with JSON, or without a body. */
export function respond(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  // What was not read of a body that is refused would be taken for the next request.
  const rest = isUnread(request) ? { connection: 'close' } : {}
  const text = body === undefined ? '' : JSON.stringify(body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { ...HEADERS, ...type, ...length, ...rest, ...headers })
  response.end(request.method === 'HEAD' ? undefined : text)
}

/** As RabbitMQ words it. */
export function respondError(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: HttpError,
): void {
  respond(request, response, status, { error: code, reason: message }, headers)
}

function isUnread({ complete, headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
  return hasBody && !complete
}
