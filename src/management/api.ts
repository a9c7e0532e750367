import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '../auth/user.ts'
import { addressOf } from './address.ts'
import type { Answer } from './answer.ts'
import type { Authentication } from './authentication.ts'
import { Call, type CallParts } from './call.ts'
import { HttpError, httpErrorOf, noSuchObject, notFound, unknownUser } from './http-error.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { isMetricsPath, type MetricsPages } from './metrics/metrics-pages.ts'
import { assertSameOrigin } from './origin.ts'
import { assertNotElsewhere } from './queue-node.ts'
import { readBody } from './request-body.ts'
import { respond, respondError } from './respond.ts'
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

/** What somebody asks for without HTTP. */
export interface Question {
  readonly user: User
  readonly method: Method
  /** Below `/api`, with its names encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Printed as JSON. */
  readonly body?: unknown
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
      if (isMetricsPath(addressOf(request).path)) {
        assertRight(this.#options.authentication.userOf(request), 'monitoring')
        await this.#options.metrics.handle(request, response)
        return
      }
      const { answer, query } = await this.#answer(request)
      const body = answer.body === undefined ? undefined : shaped(answer, query)
      respond(request, response, answer.status, body, answer.headers)
    } catch (thrown) {
      // Who has gone amid a request is not to be answered.
      if (response.destroyed) return
      respondError(request, response, httpErrorOf(thrown) ?? this.#fault(thrown))
    }
  }

  async #answer(
    request: IncomingMessage,
  ): Promise<{ readonly answer: Answer; readonly query: URLSearchParams }> {
    const { authentication, bodyLimitBytes } = this.#options
    const { path, query } = addressOf(request)
    const user = authentication.userOf(request)
    assertSameOrigin(request)
    if (request.method === 'OPTIONS') {
      return { answer: { status: 200, headers: allow(this.#find(path)) }, query }
    }
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
    const { headers } = request
    const asked = { path, user, params, query, headers, bodyText }
    return { answer: await this.#call(route, asked), query }
  }

  /**
   * The same in this process, for who is known already; the answer is not shaped. Throws what a client
   * is told by an error.
   */
  ask({ user, method, path, query = {}, body }: Question): Promise<Answer> {
    return this.#ask(method, `${PREFIX}${path}`, {
      user,
      query: new URLSearchParams(query),
      headers: {},
      bodyText: body === undefined ? '' : JSON.stringify(body),
    })
  }

  /** The same for another node of the cluster, which somebody has asked: see `NodeQuestion`. */
  async answerNode(bytes: Buffer): Promise<Buffer> {
    const { decodeQuestion, encodeAnswer } = await import('./cluster/node-question.ts')
    try {
      const { user: name, method, path, query, reason, bodyText } = decodeQuestion(bytes)
      const user = this.#options.broker.administration.authenticator.find(name)
      if (user === undefined) throw unknownUser()
      const answer = await this.#ask(method, path, {
        user,
        query: new URLSearchParams(query),
        headers: reason === undefined ? {} : { 'x-reason': reason },
        bodyText,
        isForwarded: true,
      })
      return encodeAnswer(answer)
    } catch (thrown) {
      return encodeAnswer(httpErrorOf(thrown) ?? this.#fault(thrown))
    }
  }

  async #ask(method: Method, path: string, asked: Omit<Asked, 'path' | 'params'>): Promise<Answer> {
    const { methods, params } = this.#find(path)
    const route = methods.get(method)
    if (route === undefined) throw new Error(`no route for ${method} ${path}`)
    assertRight(asked.user, route.right)
    return this.#call(route, { ...asked, path, params })
  }

  async #call(route: Route, { path, ...asked }: Asked): Promise<Answer> {
    const { broker, statistics } = this.#options
    const { method } = route
    const call = new Call({ broker, statistics, ...asked })
    assertVhost(call, route)
    const place = typeof route.place === 'function' ? route.place(call) : route.place
    const here = async (): Promise<Answer> => {
      if (place === 'owner') assertNotElsewhere(call)
      return await route.handle(call)
    }
    const { cluster } = broker
    if (cluster === null || place === undefined || call.isForwarded) return here()
    const { user, query, headers, bodyText } = asked
    const reason = headers['x-reason']
    const question = {
      user: user.name,
      ...{ method, path, query: query.toString(), bodyText },
      reason: typeof reason === 'string' ? reason : undefined,
    }
    const { answerElsewhere } = await import('./cluster/elsewhere.ts')
    return answerElsewhere(place, { call, cluster, question, here })
  }

  /** Throws 404. */
  #find(path: string): FoundPath {
    const found = path.startsWith(`${PREFIX}/`) ? this.#table.find(path.slice(PREFIX.length)) : null
    if (!found) throw noSuchObject()
    return found
  }

  #fault(thrown: unknown): HttpError {
    this.#options.broker.logger.error({ err: thrown }, 'A fault in the management API')
    return new HttpError(500, 'internal_server_error', 'Internal Server Error')
  }
}

/** A request, once it is known what it asks for. */
type Asked = Omit<CallParts, 'broker' | 'statistics'> & { readonly path: string }

/** The vhost that the path names has to be there, and the user to have access to it. */
function assertVhost(call: Call, { method, path, right, changesNothing }: Route): void {
  // What is done to a vhost as a whole knows by itself whether it has to be there.
  if (!path.includes('/:vhost') || path === '/vhosts/:vhost') return
  if (!call.hasVhost) {
    throw method === 'PUT' || method === 'POST' ? notFound('vhost_not_found') : noSuchObject()
  }
  if (right === 'administrator') return
  call.assertVhostAccess(method === 'GET' || changesNothing === true)
}

function allow({ methods }: Pick<FoundPath, 'methods'>): Record<string, string> {
  const head = methods.has('GET') ? ['HEAD'] : []
  return { allow: [...head, ...methods.keys(), 'OPTIONS'].join(', ') }
}
