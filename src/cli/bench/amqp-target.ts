import { usageError } from '../client/exit-code.ts'
import type { GlobalOptions } from '../client/global-options.ts'
import { decoded, resolveTarget, variable } from '../client/target.ts'

/** Where the broker speaks AMQP; the password undefined where it has to be asked for. */
export interface AmqpTarget {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly user: string
  readonly password: string | undefined
  readonly vhost: string
}

const PORTS = { 'amqp:': 5672, 'amqps:': 5671 } as const

/**
 * What is in the address of AMQP; for what is not, where the management API is, and who asks it.
 *
 * @throws CommandError for an address that is none
 */
export function resolveAmqpTarget(
  options: GlobalOptions & { readonly amqp?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): AmqpTarget {
  const management = resolveTarget(options, environment)
  const given = options.amqp ?? variable(environment, 'LEVERET_AMQP_URL')
  const url = given === undefined ? undefined : parsedUrl(given)
  const user = url?.username ? decoded(url.username) : management.user
  const inUrl = url?.password ? decoded(url.password) : undefined
  const protocol = (url?.protocol ?? 'amqp:') as keyof typeof PORTS
  const path = url === undefined || url.pathname.length <= 1 ? undefined : url.pathname.slice(1)
  return {
    host: (url ?? new URL(management.baseUrl)).hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url?.port ? Number(url.port) : PORTS[protocol],
    tls: protocol === 'amqps:',
    user,
    password: inUrl ?? (user === management.user ? management.password : undefined),
    vhost:
      options.vhost ??
      (path === undefined ? undefined : decoded(path)) ??
      variable(environment, 'LEVERET_VHOST') ??
      '/',
  }
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && url.protocol in PORTS && url.hostname !== '') return url
  throw usageError('--amqp: expected an address such as amqp://127.0.0.1:5672')
}
