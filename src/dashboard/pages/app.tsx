import type { VNode } from 'preact'
import { usePolled } from './api/use-polled.ts'
import { BOARD } from './board-address.ts'
import type { Cluster } from './cluster/shapes.ts'
import { visible } from './format/names.ts'
import { Problem } from './layout/problem.tsx'
import { PAGES, type PageEntry } from './pages.ts'
import { may, type Session } from './rights.ts'
import { addressOf } from './routing.ts'
import { SessionContext } from './session.ts'
import { usePlace } from './use-place.ts'

/** Tags may be changed while somebody looks. */
const SESSION_MS = 60_000

export function App(): VNode {
  const { data: session, error } = usePolled<Session>('/whoami', SESSION_MS)
  if (session === undefined) {
    return <main>{error === undefined ? null : <Problem text={error.message} />}</main>
  }
  return (
    <SessionContext.Provider value={session}>
      <Header session={session} />
      <Menu session={session} />
      <main id="content">
        <Shown />
      </main>
    </SessionContext.Provider>
  )
}

function Header({ session }: { readonly session: Session }): VNode {
  return (
    <header>
      <button type="button" class="skip" onClick={() => document.querySelector('h1')?.focus()}>
        Skip to the content
      </button>
      <a class="logo" href={addressOf('')}>
        <img src="icon.svg" alt="" width="24" height="24" /> Leveret
      </a>
      <span class="who">
        {visible(session.name)} <span class="quiet">{session.tags.join(', ')}</span>
      </span>
    </header>
  )
}

function Menu({ session }: { readonly session: Session }): VNode {
  const { page } = usePlace()
  // Who may not monitor is not told.
  const cluster = usePolled<Cluster>(may(session, 'monitoring') ? '/cluster' : null, SESSION_MS)
  const isCluster = (cluster.data?.shards.total ?? 0) > 0
  const shown = PAGES.filter(({ title, right, isOfCluster = false }) => {
    if (title === undefined || (isOfCluster && !isCluster)) return false
    return right === undefined || may(session, right)
  })
  return (
    <nav class="menu" aria-label="Pages of the broker">
      <ul>
        <li>
          <a href={BOARD}>Messages</a>
        </li>
        {shown.map(({ title, page: of }) => (
          <li key={of}>
            <a href={addressOf(of)} aria-current={of === page ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Shown(): VNode {
  const { page, names } = usePlace()
  const entry = PAGES.find((one) => isMeant(one, page, names))
  if (entry === undefined) return <Problem text="There is no such page" />
  // Another thing is another page, which begins with nothing of the one before.
  return <entry.Show key={JSON.stringify([page, ...names])} names={names} />
}

const isMeant = (entry: PageEntry, page: string, names: readonly string[]): boolean =>
  entry.page === page && (entry.nameCount ?? 0) === names.length
