import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { get, path } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { count } from '../format/figures.ts'
import { ExchangeLink, QueueLink } from '../layout/links.tsx'
import { Problem } from '../layout/problem.tsx'
import type { Policy, PolicyKind } from './shapes.ts'

interface InForceProps {
  readonly kind: PolicyKind
  readonly policy: Policy
}

interface Found {
  readonly queues: readonly string[]
  readonly exchanges: readonly string[]
}

/** So many are shown by name. */
const MOST = 50

/**
 * On what a policy is in force: what it matches, unless one of a higher priority does as well. All queues
 * have to be asked for it, so it is only told to who wants to know.
 */
export function InForce({ kind, policy }: InForceProps): VNode {
  const [found, setFound] = useState<Found>()
  const { isBusy, error, run } = useAction(async () => setFound(await find(kind, policy)))
  if (error !== undefined) return <Problem text={error} />
  if (found === undefined) {
    return (
      <button type="button" disabled={isBusy} onClick={() => void run()}>
        Show
      </button>
    )
  }
  const { queues, exchanges } = found
  return (
    <>
      <span>
        {count(queues.length)} queues, {count(exchanges.length)} exchanges
      </span>
      <ul class="arguments">
        {queues.slice(0, MOST).map((name) => (
          <li key={`queue ${name}`}>
            <QueueLink vhost={policy.vhost} name={name} />
          </li>
        ))}
        {exchanges.slice(0, MOST).map((name) => (
          <li key={`exchange ${name}`}>
            <ExchangeLink vhost={policy.vhost} name={name} />
          </li>
        ))}
        {Math.max(queues.length, exchanges.length) > MOST && <li>…</li>}
      </ul>
    </>
  )
}

interface Governed {
  readonly name: string
  readonly policy?: string | null
  readonly operator_policy?: string | null
}

async function find({ field }: PolicyKind, { vhost, name }: Policy): Promise<Found> {
  const named = async (address: string): Promise<string[]> => {
    const all = await get<readonly Governed[]>(`${address}?columns=name,${field}`)
    return all.filter((one) => one[field] === name).map((one) => one.name)
  }
  const queues = await named(path`/queues/${vhost}`)
  return { queues, exchanges: field === 'policy' ? await named(path`/exchanges/${vhost}`) : [] }
}
