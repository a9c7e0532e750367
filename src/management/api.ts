import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { Authentication } from './authentication.ts'
import { Call } from './call.ts'
import { HttpError, httpErrorOf, noSuchObject, notFound } from './http-error.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { isMetricsPath, type MetricsPages } from './metrics/metrics-pages.ts'
import { assertSameOrigin } from './origin.ts'
import { readBody } from './request-body.ts'
import { assertRight } from './rights.ts'
import type { Method, Route } from './route.ts'
import { type FoundPath, RouteTable } from './route-table.ts'
import { shaped } from './shaping.ts'
import type { Statistics } from './statistics/statistics.ts'

/** Below this, the API is RabbitMQ's. */
const PREFIX = '/api'

export interface ApiOptions {
  readonly broker: ManagedBroker
  readonly statistics: Statistics
  readonly metrics: MetricsPages
  readonly authentication: Authentication
  readonly routes: readonly Route[]
  /** Of a request; more is refused. */
  readonly bodyLimitBytes: number
}

/**
 * The management API: from a request to the route's handler and back. Who has not said who they are
 * gets to know nothing, not even what there is. https://www.rabbitmq.com/docs/http-api-reference
 */
export class Api {
  readonly #options: ApiOptions
  readonly #table: RouteTable

  constructor(options: ApiOptions) {
    this.#options = options
    this.#table = new RouteTable(options.routes)
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (isMetricsPath(request.url)) {
        assertRight(this.#options.authentication.userOf(request), 'monitoring')
        await this.#options.metrics.handle(request, response)
        return
      }
      const { answer, query } = await this.#answer(request)
      const body = answer.body === undefined ? undefined : shaped(answer, query)
      send(request, response, answer.status, body, answer.headers)
    } catch (thrown) {
      const error = httpErrorOf(thrown) ?? this.#fault(thrown)
      const { status, code, message, headers } = error
      send(request, response, status, { error: code, reason: message }, headers)
    }
  }

  async #answer(
    request: IncomingMessage,
  ): Promise<{ readonly answer: Answer; readonly query: URLSearchParams }> {
    const { broker, statistics, authentication, bodyLimitBytes } = this.#options
    const { path, query } = addressOf(request)
    if (request.method === 'OPTIONS') {
      return { answer: { status: 200, headers: allow(this.#find(path)) }, query }
    }
    const user = authentication.userOf(request)
    assertSameOrigin(request)
    const { methods, params } = this.#find(path)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = methods.get(method as Method)
    if (route === undefined) {
      return { answer: { status: 405, headers: allow({ methods }) }, query }
    }
    // Who has no rights at all is told that, whatever they ask for.
    assertRight(user, 'management')
    assertRight(user, route.right)
    const bodyText = await readBody(request, bodyLimitBytes)
    const call = new Call({
      broker,
      statistics,
      user,
      params,
      query,
      headers: request.headers,
      bodyText,
    })
    assertVhost(call, route)
    return { answer: await route.handle(call), query }
  }

  /** Throws 404. */
  #find(path: string): FoundPath {
    const found = path.startsWith(`${PREFIX}/`) ? this.#table.find(path.slice(PREFIX.length)) : null
    if (!found) throw noSuchObject()
    return found
  }

  #fault(thrown: unknown): HttpError {
    if (thrown instanceof URIError) return noSuchObject()
    this.#options.broker.logger.error({ err: thrown }, 'A fault in the management API')
    return new HttpError(500, 'internal_server_error', 'Internal Server Error')
  }
}

/** The vhost that the path names has to be there, and the user to have access to it. */
function assertVhost(call: Call, { method, path, right }: Route): void {
  // What is done to a vhost as a whole knows by itself whether it has to be there.
  if (!path.includes('/:vhost') || path === '/vhosts/:vhost') return
  if (!call.hasVhost) {
    throw method === 'PUT' || method === 'POST' ? notFound('vhost_not_found') : noSuchObject()
  }
  if (right !== 'administrator') call.assertVhostAccess(method === 'GET')
}

/** The path stays encoded, since names in it may have slashes. */
function addressOf({ url = '/' }: IncomingMessage): {
  readonly path: string
  readonly query: URLSearchParams
} {
  const mark = url.indexOf('?')
  if (mark < 0) return { path: url, query: new URLSearchParams() }
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

function allow({ methods }: Pick<FoundPath, 'methods'>): Record<string, string> {
  const head = methods.has('GET') ? ['HEAD'] : []
  return { allow: [...head, ...methods.keys(), 'OPTIONS'].join(', ') }
}

function isUnread({ complete, headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
  return hasBody && !complete
}

/** Nothing that is answered here is ever to be run or shown as a page. */
const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

function send(
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
