import { CommandError, type Outcome } from './exit-code.ts'

interface Refusal {
  readonly method: string
  readonly path: string
  readonly user: string
  readonly response: Pick<Response, 'status' | 'statusText'>
  readonly text: string
}

/** What the broker said instead of doing it, in its own words. */
export function apiError({ method, path, user, response, text }: Refusal): CommandError {
  const { status, statusText } = response
  const { error, reason } = parsed(text)
  const said = worded(reason) ?? worded(error) ?? `${status} ${statusText}`.trim()
  // Such words alone say neither what nor who.
  if (error === 'Object Not Found' || /^[a-z_]+_not_found$/.test(said)) {
    return new CommandError(outcomeOf(status, said), `${said}: ${method} /api${path}`)
  }
  if (said === 'Not_Authorized' || said === 'Login failed') {
    return new CommandError('notAuthorised', `${said}: user "${user}"`)
  }
  return new CommandError(outcomeOf(status, said), said)
}

function outcomeOf(status: number, said: string): Outcome {
  // RabbitMQ 3 answers 400 to publishing where there is no exchange.
  if (status === 404 || /^(404 )?NOT_FOUND - /.test(said)) return 'notFound'
  return status === 401 || status === 403 ? 'notAuthorised' : 'failed'
}

interface ErrorBody {
  readonly error?: unknown
  readonly reason?: unknown
}

function parsed(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    return {}
  }
}

function worded(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** That there is no broker to talk to, and why. */
export function connectionError(baseUrl: string, error: unknown): CommandError {
  return new CommandError('unreachable', `cannot reach ${baseUrl}: ${rootCause(error)}`)
}

/** What `fetch` itself says is only that it failed. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return rootCause(error.cause)
  // A name that stands for several addresses fails once for each.
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0])
  return error.message
}
