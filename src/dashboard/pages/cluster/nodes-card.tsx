import type { VNode } from 'preact'
import { path, post, remove } from '../api/client.ts'
import { bytes, count, duration } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { type Column, Table } from '../list/table.tsx'
import type { ClusterNode } from './shapes.ts'

interface NodesCardProps {
  readonly nodes: readonly ClusterNode[]
  readonly mayChange: boolean
  readonly onChanged: () => void
}

/** The nodes, those that are away too; each may be emptied before it is stopped. */
export function NodesCard({ nodes, mayChange, onChanged }: NodesCardProps): VNode {
  const change: Column<ClusterNode> = {
    title: 'Change',
    show: (node) => <NodeButton node={node} onChanged={onChanged} />,
  }
  return (
    <Card title="Nodes">
      <Table
        caption="Nodes"
        columns={mayChange ? [...COLUMNS, change] : COLUMNS}
        items={nodes}
        keyOf={({ name }) => name}
      />
    </Card>
  )
}

const COLUMNS: readonly Column<ClusterNode>[] = [
  { title: 'Node', show: ({ name }) => visible(name) },
  { title: 'State', show: stateOf },
  { title: 'Shards', isFigure: true, show: ({ shards }) => count(shards) },
  { title: 'Connections', isFigure: true, show: ({ connections }) => count(connections) },
  { title: 'Memory', isFigure: true, show: ({ mem_used }) => bytes(mem_used) },
  {
    title: 'Up for',
    isFigure: true,
    show: ({ uptime }) => (uptime === undefined ? '–' : duration(uptime)),
  },
  { title: 'Short of', show: ({ alarms = [] }) => (alarms.length === 0 ? '–' : alarms.join(', ')) },
]

function stateOf({ running, draining }: ClusterNode): string {
  if (!running) return 'away'
  return draining ? 'draining' : 'running'
}

interface NodeButtonProps {
  readonly node: ClusterNode
  readonly onChanged: () => void
}

function NodeButton({ node: { name, running, draining }, onChanged }: NodeButtonProps): VNode {
  const node = visible(name)
  const after = async (change: Promise<unknown>): Promise<void> => {
    await change
    onChanged()
  }
  if (!running) {
    return (
      <ConfirmButton
        label="Forget"
        question={`Forget ${node}?`}
        onConfirm={() => after(remove(path`/cluster/nodes/${name}`))}
      >
        <p>It is gone for good, and shown no more. Should it come back, it is there again.</p>
      </ConfirmButton>
    )
  }
  const drain = (on: boolean): Promise<void> =>
    after(post(path`/cluster/nodes/${name}/drain`, { on }))
  return draining ? (
    <ConfirmButton
      label="End draining"
      question={`Let ${node} have shards again?`}
      onConfirm={() => drain(false)}
    />
  ) : (
    <ConfirmButton label="Drain" question={`Drain ${node}?`} onConfirm={() => drain(true)}>
      <p>Its shards go to the other nodes, and it gets no new ones. Clients stay connected.</p>
    </ConfirmButton>
  )
}
