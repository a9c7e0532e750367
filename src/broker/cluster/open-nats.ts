import type { Logger } from '../../base/logger.ts'
import { readPem } from '../../config/read-pem.ts'
import { NatsLink, type NatsLinkOptions } from '../../nats/nats-link.ts'
import { StoreError } from '../../store/store-error.ts'
import type { ClusterOptions } from '../cluster-options.ts'

/** How long servers may need that are started at the same time as the brokers. */
const PATIENCE_MS = 30_000
const RETRY_MS = 250

/**
 * Connects to NATS as the options say.
 *
 * @throws ConfigError for a file that cannot be read; StoreError when no server can be reached for half
 * a minute, or none lets us in
 */
export async function openNats(
  options: ClusterOptions,
  logger: Logger,
  patienceMs: number = PATIENCE_MS,
): Promise<NatsLink> {
  const { cluster: servers, nodeName } = options
  const login = await loginOf(options)
  const untilMs = performance.now() + patienceMs
  for (let isTold = false; ; isTold = true) {
    try {
      return await NatsLink.open({ servers, name: nodeName, ...login, logger })
    } catch (error) {
      const { message } = error as Error
      if (!isAbsence(error) || performance.now() > untilMs) {
        throw new StoreError(`cannot connect to NATS at ${placesOf(servers)}: ${message}`)
      }
      if (!isTold) {
        logger.warn({ servers: placesOf(servers), reason: message }, 'No NATS server is there yet')
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function loginOf(
  options: ClusterOptions,
): Promise<Pick<NatsLinkOptions, 'credentials' | 'tls'>> {
  const { cluster, natsCredentials, natsCa, natsCert, natsKey } = options
  const read = async (
    option: 'natsCredentials' | 'natsCa' | 'natsCert' | 'natsKey',
  ): Promise<string | undefined> =>
    options[option] === '' ? undefined : readPem(option, options[option])
  const [credentials, ca, cert, key] = await Promise.all([
    read('natsCredentials'),
    read('natsCa'),
    read('natsCert'),
    read('natsKey'),
  ])
  const isTls = natsCa !== '' || natsCert !== '' || natsKey !== ''
  const isAsked = isTls || cluster.some((server) => server.startsWith('tls:'))
  return {
    ...(natsCredentials === '' ? {} : { credentials: Buffer.from(credentials as string) }),
    // With it, a server that does not speak TLS is refused before it hears a password.
    ...(isAsked ? { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } } : {}),
  }
}

/** Who has no server yet waits for one; who is not let in would not be let in later either. */
function isAbsence(error: unknown): boolean {
  const { message, code } = error as NodeJS.ErrnoException
  return ABSENT.test(`${code ?? ''} ${message}`)
}

const ABSENT = /refused|timeout|ECONN|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|disconnect/i

/** Without passwords. */
const placesOf = (servers: readonly string[]): string =>
  servers.map((server) => new URL(server).host).join(', ')
