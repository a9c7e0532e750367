import { apiError, connectionError } from './api-error.ts'
import type { CommandError } from './exit-code.ts'
import type { Target } from './target.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

export interface ApiOptions {
  readonly target: Target & { readonly password: string }
  /** For each answer; undefined for what is usual, and as long as it takes for long work. */
  readonly timeoutSec: number | undefined
}

const USUAL_TIMEOUT_SEC = 30

/** What the broker answered. */
export interface ApiAnswer {
  readonly status: number
  /** Undefined where there is none. */
  readonly body: unknown
}

/** The HTTP API, of Leveret or of RabbitMQ. */
export class Api {
  readonly user: string
  readonly #baseUrl: string
  readonly #authorization: string
  readonly #timeoutSec: number | undefined

  constructor({ target, timeoutSec }: ApiOptions) {
    this.user = target.user
    this.#baseUrl = target.baseUrl
    this.#timeoutSec = timeoutSec
    const login = Buffer.from(`${target.user}:${target.password}`).toString('base64')
    this.#authorization = `Basic ${login}`
  }

  /** @throws CommandError, as all of these */
  async get<Body = unknown>(
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const search = new URLSearchParams(query).toString()
    const { body } = await this.send('GET', search === '' ? path : `${path}?${search}`)
    return body as Body
  }

  /** Whether the thing is new. */
  async put(path: string, body: object): Promise<boolean> {
    return (await this.send('PUT', path, body)).status === 201
  }

  async post<Body = unknown>(path: string, body: object): Promise<Body> {
    return (await this.send('POST', path, body)).body as Body
  }

  /** The same for what may take the broker long. */
  async postLong<Body = unknown>(path: string, body: object): Promise<Body> {
    const timeoutSec = this.#timeoutSec ?? Number.POSITIVE_INFINITY
    const response = await this.#request('POST', path, { body, timeoutSec })
    return (await this.#accepted('POST', path, response)).body as Body
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path)
  }

  async send(
    method: Method,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    return this.#accepted(method, path, await this.#request(method, path, { body, headers }))
  }

  async #accepted(method: Method, path: string, response: Response): Promise<ApiAnswer> {
    const text = await this.#reading(() => response.text())
    if (!response.ok) throw apiError({ method, path, user: this.user, response, text })
    return { status: response.status, body: this.#parsed(text) }
  }

  #parsed(text: string): unknown {
    if (text === '') return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw connectionError(
        this.#baseUrl,
        new Error('what answers is not the HTTP API of a broker'),
      )
    }
  }

  #request(method: Method, path: string, request: RequestParts = {}): Promise<Response> {
    const { body, headers, timeoutSec = this.#timeoutSec ?? USUAL_TIMEOUT_SEC } = request
    return this.#reading(() =>
      fetch(`${this.#baseUrl}/api${path}`, {
        method,
        headers: {
          authorization: this.#authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
        // Nobody but the broker is told the password.
        redirect: 'error',
        signal: Number.isFinite(timeoutSec) ? AbortSignal.timeout(timeoutSec * 1000) : null,
      }),
    )
  }

  async #reading<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      return await read()
    } catch (error) {
      throw this.#unreachable(error)
    }
  }

  #unreachable(error: unknown): CommandError {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError'
    const reason = isLate
      ? new Error(`no answer within ${this.#timeoutSec ?? USUAL_TIMEOUT_SEC} s`)
      : error
    return connectionError(this.#baseUrl, reason)
  }
}

interface RequestParts {
  readonly body?: object | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutSec?: number
}
