import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { BullBoardRequest, ControllerHandlerReturnType } from '@bull-board/api/typings/app'
import { HttpError, noSuchObject } from '../../management/http-error.ts'
import { readBody } from '../../management/request-body.ts'
import type { DashboardParts } from '../dashboard-parts.ts'
import { PAGE_HEADERS } from '../page-headers.ts'
import type { Visit } from '../visit.ts'
import { AmqpQueue } from './amqp-queue.ts'
import { BoardError, boardErrorOf } from './board-error.ts'
import type { BoardRoute, ServerAdapter } from './server-adapter.ts'
import { UserQueues } from './user-queues.ts'

const compress = promisify(gzip)
/** What is shorter is sent as it is. */
const COMPRESSED_BYTES = 8 * 1024

const POLL = '/api/queues'
/** Bull-board would take them one by one, a hundred at a time, and stop at what cannot go back. */
const RETRY_ALL = '/api/queues/:queueName/retry/:queueStatus'

interface FoundRoute {
  readonly route: BoardRoute
  readonly params: Readonly<Record<string, string>>
}

/** Bull-board's own API, which its page asks. */
export class BoardApi {
  readonly #adapter: ServerAdapter
  readonly #parts: DashboardParts

  constructor(adapter: ServerAdapter, parts: DashboardParts) {
    this.#adapter = adapter
    this.#parts = parts
  }

  /** `path` begins with `/api/`. Throws 400, 404 and 405. */
  async handle(path: string, visit: Visit): Promise<void> {
    const found = this.#find(path, visit)
    const body = await this.#readBody(visit)
    await respond(visit, await this.#answer(found, visit, body))
  }

  #find(path: string, { request: { method = 'GET' } }: Visit): FoundRoute {
    const fitting = this.#adapter.routes.flatMap((route) => {
      const params = route.pattern.match(path)
      return params === undefined ? [] : [{ route, params }]
    })
    const wanted = method === 'HEAD' ? 'GET' : method
    const found = fitting.find(({ route }) => route.methods.includes(wanted))
    if (found !== undefined) return found
    if (fitting.length === 0) throw noSuchObject()
    const allow = [...new Set(fitting.flatMap(({ route }) => route.methods))].join(', ')
    throw new HttpError(405, 'method_not_allowed', 'Method Not Allowed', { allow })
  }

  async #readBody({ request }: Visit): Promise<unknown> {
    const text = await readBody(request, this.#parts.bodyLimitBytes)
    if (text === '') return undefined
    // A form of another site can send texts, but not this without asking first.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      throw new HttpError(400, 'bad_request', 'a body should be application/json')
    }
    try {
      return JSON.parse(text)
    } catch {
      throw new HttpError(400, 'bad_request', 'not_json')
    }
  }

  async #answer(
    { route, params }: FoundRoute,
    { user, query }: Visit,
    body: unknown,
  ): Promise<ControllerHandlerReturnType> {
    const queues = this.#queuesFor(route, params, query, new UserQueues(this.#parts, user))
    const request: BullBoardRequest = {
      queues,
      uiConfig: this.#adapter.uiConfig,
      query: Object.fromEntries(query),
      params,
      body: body as Record<string, unknown>,
      headers: {},
    }
    try {
      const queue = queues.values().next().value
      const isRetry = route.pattern.path === RETRY_ALL && params['queueStatus'] === 'failed'
      if (isRetry && queue instanceof AmqpQueue && !queue.readOnlyMode) {
        return { body: await queue.retryAll() }
      }
      return await route.answer(request)
    } catch (thrown) {
      return this.#refusal(thrown)
    }
  }

  #queuesFor(
    { pattern }: BoardRoute,
    { queueName }: FoundRoute['params'],
    query: URLSearchParams,
    queues: UserQueues,
  ): BullBoardRequest['queues'] {
    if (queueName !== undefined) return queues.only(queueName)
    if (pattern.path !== POLL) return queues.all()
    return queues.listed(query.get('activeQueue') ?? undefined)
  }

  /** As bull-board's page shows it: a headline from its texts, and why. */
  #refusal(thrown: unknown): ControllerHandlerReturnType {
    const error = boardErrorOf(thrown)
    if (error instanceof BoardError) {
      const { statusCode, message } = error
      const key = statusCode === 403 ? 'ERRORS.FORBIDDEN' : 'ERRORS.JOB_EDIT_NOT_SUPPORTED'
      return { status: statusCode as 400, body: { error: { key }, message } }
    }
    this.#parts.broker.logger.error({ err: thrown }, 'A fault in the dashboard')
    return { status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } } }
  }
}

async function respond(
  { request, response }: Visit,
  { status = 200, body }: ControllerHandlerReturnType,
): Promise<void> {
  const isEmpty = status === 204
  const text = isEmpty ? '' : JSON.stringify(body)
  const accepted = request.headers['accept-encoding'] ?? ''
  const isCompressed = text.length >= COMPRESSED_BYTES && /\bgzip\b/.test(accepted)
  const content = isCompressed ? await compress(text, { level: 1 }) : Buffer.from(text)
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'cache-control': 'no-store',
    vary: 'accept-encoding',
    ...(isEmpty ? {} : { 'content-type': 'application/json', 'content-length': content.length }),
    ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : content)
}
