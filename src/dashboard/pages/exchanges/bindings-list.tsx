import type { VNode } from 'preact'
import { path, remove } from '../api/client.ts'
import { visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { ExchangeLink, QueueLink } from '../layout/links.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useOwnList } from '../list/use-list-state.ts'
import type { Binding } from './shapes.ts'

interface BindingsListProps {
  readonly base: string
  /** Which of the two ends is shown: the other one is where they are looked at from. */
  readonly show: 'source' | 'destination'
  readonly version: number
  readonly onChange: () => void
}

/** Bindings of one exchange or queue. */
export function BindingsList({ base, show, version, onChange }: BindingsListProps): VNode {
  const listing = useOwnList()
  const columns: readonly Column<Binding>[] = [
    show === 'source'
      ? { title: 'From', sort: 'source', show: (one) => <Source {...one} /> }
      : { title: 'To', sort: 'destination', show: (one) => <Destination {...one} /> },
    { title: 'Routing key', sort: 'routing_key', show: (one) => visible(one.routing_key) },
    { title: 'Arguments', show: (one) => <Arguments of={one.arguments} /> },
    { title: 'Action', show: (one) => <Unbind binding={one} onUnbound={onChange} /> },
  ]
  return (
    <PagedList
      what="bindings"
      base={base}
      columns={columns}
      keyOf={keyOf}
      listing={listing}
      version={version}
    />
  )
}

const keyOf = (one: Binding): string =>
  JSON.stringify([one.source, one.destination_type, one.destination, one.properties_key])

const Source = ({ vhost, source }: Binding): VNode => <ExchangeLink vhost={vhost} name={source} />

/** Where a binding leads to. */
export function Destination({ vhost, destination, destination_type }: Binding): VNode {
  return (
    <>
      {destination_type === 'queue' ? (
        <QueueLink vhost={vhost} name={destination} />
      ) : (
        <ExchangeLink vhost={vhost} name={destination} />
      )}{' '}
      <span class="quiet">{destination_type}</span>
    </>
  )
}

interface UnbindProps {
  readonly binding: Binding
  readonly onUnbound: () => void
}

/** Those from the default exchange are there as long as their queue is. */
function Unbind({ binding, onUnbound }: UnbindProps): VNode | null {
  const { vhost, source, destination, destination_type, routing_key, properties_key } = binding
  if (source === '') return null
  const unbind = async (): Promise<void> => {
    const kind = destination_type === 'queue' ? 'q' : 'e'
    await remove(path`/bindings/${vhost}/e/${source}/${kind}/${destination}/${properties_key}`)
    onUnbound()
  }
  return (
    <ConfirmButton label="Unbind" question="Remove this binding?" onConfirm={unbind}>
      <p>
        From {visible(source)} to the {destination_type} {visible(destination)}, routing key “
        {visible(routing_key)}”
      </p>
    </ConfirmButton>
  )
}
