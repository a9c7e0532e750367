// One of the two management APIs that are compared.

export interface Reply {
  readonly status: number
  readonly json: unknown
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** `user:password`; guest if it is not said. */
  readonly as?: string
}

const PATIENCE_MS = 20_000

export class Api {
  readonly #base: string

  /** `base` is where the paths begin, `/api` included. */
  constructor(base: string) {
    this.#base = base
  }

  async ask({ method, path, body, as = 'guest:guest' }: Asked): Promise<Reply> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(as)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: printed(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await response.text()
    return { status: response.status, json: parsed(text) }
  }

  get(path: string): Promise<Reply> {
    return this.ask({ method: 'GET', path })
  }

  /** Throws when it is refused. */
  async make(method: string, path: string, body?: unknown): Promise<void> {
    const { status, json } = await this.ask({ method, path, body })
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`)
  }
}

/** A text is sent as it is: it need not be JSON. */
const printed = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
