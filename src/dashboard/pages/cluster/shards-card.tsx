import type { VNode } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { path, post } from '../api/client.ts'
import { count } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { type Column, Table } from '../list/table.tsx'
import type { Shard } from './shapes.ts'

interface ShardsCardProps {
  readonly shards: readonly Shard[]
  /** Who may have one. */
  readonly nodes: readonly string[]
  readonly mayChange: boolean
  readonly onChanged: () => void
}

/** Who owns what, node by node. */
export function ShardsCard({ shards, nodes, mayChange, onChanged }: ShardsCardProps): VNode {
  const change: Column<Shard> = {
    title: 'Change',
    show: (shard) => <MoveButton shard={shard} nodes={nodes} onChanged={onChanged} />,
  }
  return (
    <Card title="Shards">
      <Table
        caption="Shards"
        columns={mayChange ? [...COLUMNS, change] : COLUMNS}
        items={shards.toSorted(byOwner)}
        keyOf={({ shard }) => `${shard}`}
      />
    </Card>
  )
}

const COLUMNS: readonly Column<Shard>[] = [
  { title: 'Shard', show: ({ shard }) => shard },
  { title: 'Owner', show: ({ owner }) => shownNode(owner) },
  { title: 'State', show: ({ state }) => state },
  { title: 'Moves to', show: ({ target }) => shownNode(target) },
  { title: 'Queues', isFigure: true, show: ({ queues }) => count(queues) },
  { title: 'Messages', isFigure: true, show: ({ messages }) => count(messages) },
]

const shownNode = (name: string | null): string => (name === null ? '–' : visible(name))

/** What nobody has comes first. */
function byOwner(a: Shard, b: Shard): number {
  const [one, other] = [a.owner ?? '', b.owner ?? '']
  if (one === other) return a.shard - b.shard
  return one < other ? -1 : 1
}

interface MoveButtonProps extends Pick<ShardsCardProps, 'nodes' | 'onChanged'> {
  readonly shard: Shard
}

function MoveButton({ shard: { shard, owner }, nodes, onChanged }: MoveButtonProps): VNode {
  const id = useId()
  const choice = useRef<HTMLSelectElement>(null)
  const move = async (): Promise<void> => {
    const node = choice.current?.value ?? ''
    await post(path`/cluster/shards/${`${shard}`}/move`, { node })
    onChanged()
  }
  return (
    <ConfirmButton label="Move" question={`Move shard ${shard}?`} onConfirm={move}>
      <p>
        Its owner finishes what is under way. Nothing is lost, and clients notice a short pause.
      </p>
      <p class="field">
        <label for={id}>To</label>
        <select id={id} ref={choice}>
          {nodes
            .filter((node) => node !== owner)
            .map((node) => (
              <option key={node} value={node}>
                {visible(node)}
              </option>
            ))}
        </select>
      </p>
    </ConfirmButton>
  )
}
