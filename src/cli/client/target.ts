import { usageError } from './exit-code.ts'

/** Where the HTTP API is, and who asks. */
export interface Target {
  /** Without a slash at its end and without a user: `http://127.0.0.1:15672`. */
  readonly baseUrl: string
  readonly user: string
  /** Undefined where it has to be asked for. */
  readonly password: string | undefined
}

/** What the command line says of it. */
export interface TargetOptions {
  readonly url?: string | undefined
  readonly user?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_URL = 'http://127.0.0.1:15672'
/** The user that there is at first, whose password everybody knows. */
const GUEST = 'guest'

/**
 * The command line wins over the environment, and LEVERET_USER and LEVERET_PASSWORD over what is in
 * LEVERET_URL. An empty variable counts as not set.
 *
 * @throws CommandError for an address that is none
 */
export function resolveTarget(options: TargetOptions, environment: Environment): Target {
  const given = parsedUrl(options.url, '--url')
  const inEnvironment = parsedUrl(variable(environment, 'LEVERET_URL'), 'LEVERET_URL')
  const url = given ?? inEnvironment ?? new URL(DEFAULT_URL)
  const user =
    options.user ??
    nameIn(given) ??
    variable(environment, 'LEVERET_USER') ??
    (given === undefined ? nameIn(inEnvironment) : undefined) ??
    GUEST
  return {
    baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    user,
    password:
      passwordIn(given, user) ??
      variable(environment, 'LEVERET_PASSWORD') ??
      (given === undefined ? passwordIn(inEnvironment, user) : undefined) ??
      (user === GUEST ? GUEST : undefined),
  }
}

/** What is set; an empty variable is not. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment[name] === '' ? undefined : environment[name]
}

function parsedUrl(text: string | undefined, source: string): URL | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : null
  // Not shown, since there may be a password in it.
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(`${source}: expected an address such as http://127.0.0.1:15672`)
  }
  return url
}

function nameIn(url: URL | undefined): string | undefined {
  return url === undefined || url.username === '' ? undefined : decoded(url.username)
}

function passwordIn(url: URL | undefined, user: string): string | undefined {
  if (url === undefined || url.password === '' || nameIn(url) !== user) return undefined
  return decoded(url.password)
}

/** A percent sign that nobody encoded stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
