import { Api } from '../client/api.ts'
import { apiPath } from '../client/api-path.ts'
import type { GlobalOptions } from '../client/global-options.ts'
import { resolveTarget } from '../client/target.ts'
import { harmless } from '../output/harmless.ts'

/** Nobody wants to wait for names longer than for typing them. */
const TIMEOUT_SEC = 1

const PATHS: ReadonlyMap<string, (vhost: string) => string> = new Map<
  string,
  (vhost: string) => string
>([
  ['queue', (vhost) => apiPath`/queues/${vhost}`],
  ['destination', (vhost) => apiPath`/queues/${vhost}`],
  ['exchange', (vhost) => apiPath`/exchanges/${vhost}`],
  ['policy', (vhost) => apiPath`/policies/${vhost}`],
  ['connection', () => '/connections'],
  ['user', () => '/users'],
  ['vhost', () => '/vhosts'],
  ['node', () => '/nodes'],
])

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Names of such things at the broker; none when it cannot be asked, which takes a password that nobody has
 * to be asked for.
 */
export async function namesOf(
  kind: string,
  options: GlobalOptions,
  environment: Environment,
): Promise<string[]> {
  const pathIn = PATHS.get(kind)
  if (pathIn === undefined) return []
  try {
    const { password, ...target } = resolveTarget(options, environment)
    if (password === undefined) return []
    const api = new Api({ target: { ...target, password }, timeoutSec: TIMEOUT_SEC })
    const path = pathIn(options.vhost ?? (environment['LEVERET_VHOST'] || '/'))
    const items = await api.get<{ readonly name: string }[]>(path, { columns: 'name' })
    // What a shell would not show as it is cannot be typed either.
    return items.map(({ name }) => name).filter((name) => name !== '' && harmless(name) === name)
  } catch {
    return []
  }
}
