import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, remove } from '../api/client.ts'
import { visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useOwnList } from '../list/use-list-state.ts'
import { InForce } from './in-force.tsx'
import { PolicyForm } from './policy-form.tsx'
import type { Policy, PolicyKind } from './shapes.ts'

interface PolicyCardProps {
  readonly kind: PolicyKind
  readonly mayChange: boolean
}

/** All policies of one kind. */
export function PolicyCard({ kind, mayChange }: PolicyCardProps): VNode {
  const listing = useOwnList()
  const [version, setVersion] = useState(0)
  const [edited, setEdited] = useState<Policy>()
  const onChange = (): void => {
    setVersion(version + 1)
    setEdited(undefined)
  }
  const actions: Column<Policy> = {
    title: 'Actions',
    show: (policy) => (
      <div class="actions">
        <button type="button" onClick={() => setEdited(policy)}>
          Edit
        </button>
        <Delete kind={kind} policy={policy} onDeleted={onChange} />
      </div>
    ),
  }
  const inForce: Column<Policy> = {
    title: 'In force on',
    show: (policy) => (
      // Another policy by the same name is another one.
      <InForce key={JSON.stringify(policy)} kind={kind} policy={policy} />
    ),
  }
  return (
    <Card title={kind.title}>
      <PagedList
        what={kind.title.toLowerCase()}
        base={`/${kind.collection}`}
        columns={[...COLUMNS, inForce, ...(mayChange ? [actions] : [])]}
        keyOf={({ vhost, name }) => JSON.stringify([vhost, name])}
        listing={listing}
        filters={['name']}
        version={version}
      />
      {mayChange && (
        <PolicyForm
          kind={kind}
          edited={edited}
          onSet={onChange}
          onCancel={() => setEdited(undefined)}
        />
      )}
    </Card>
  )
}

const COLUMNS: readonly Column<Policy>[] = [
  { title: 'Name', sort: 'name', show: ({ name }) => visible(name) },
  { title: 'Virtual host', sort: 'vhost', show: ({ vhost }) => visible(vhost) },
  { title: 'Pattern', sort: 'pattern', show: ({ pattern }) => <code>{visible(pattern)}</code> },
  { title: 'Applies to', sort: 'apply-to', show: (policy) => policy['apply-to'] },
  { title: 'Priority', sort: 'priority', isFigure: true, show: ({ priority }) => priority },
  { title: 'Definition', show: ({ definition }) => <Arguments of={definition} /> },
]

interface DeleteProps {
  readonly kind: PolicyKind
  readonly policy: Policy
  readonly onDeleted: () => void
}

function Delete({ kind, policy: { vhost, name }, onDeleted }: DeleteProps): VNode {
  const act = async (): Promise<void> => {
    await remove(`/${kind.collection}${path`/${vhost}/${name}`}`)
    onDeleted()
  }
  return (
    <ConfirmButton label="Delete" question="Delete this policy?" onConfirm={act}>
      <p>
        {visible(name)} in {visible(vhost)}
      </p>
    </ConfirmButton>
  )
}
