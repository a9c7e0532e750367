import type { VNode } from 'preact'
import { visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { ChannelLink, QueueLink } from '../layout/links.tsx'
import { type Column, Table } from '../list/table.tsx'
import type { Consumer } from './shapes.ts'

const COLUMNS: readonly Column<Consumer>[] = [
  { title: 'Tag', show: ({ consumer_tag }) => visible(consumer_tag) },
  { title: 'Acknowledges', show: ({ ack_required }) => (ack_required ? 'yes' : 'no') },
  { title: 'Exclusive', show: ({ exclusive }) => (exclusive ? 'yes' : 'no') },
  { title: 'Prefetch', isFigure: true, show: ({ prefetch_count }) => prefetch_count },
  { title: 'Activity', show: ({ activity_status }) => activity_status },
  { title: 'Arguments', show: (consumer) => <Arguments of={consumer.arguments} /> },
]

const ON_CHANNEL: Column<Consumer> = {
  title: 'Channel',
  show: ({ channel_details: { name } }) => <ChannelLink name={name} />,
}

const OF_QUEUE: Column<Consumer> = { title: 'Queue', show: ({ queue }) => <QueueLink {...queue} /> }

interface ConsumersTableProps {
  readonly consumers: readonly Consumer[]
  /** Where they are looked at from: what all of them have in common needs no column. */
  readonly of: 'queue' | 'channel'
}

export function ConsumersTable({ consumers, of }: ConsumersTableProps): VNode {
  if (consumers.length === 0) return <p class="quiet">No consumers</p>
  return (
    <Table
      caption="Consumers"
      columns={[of === 'queue' ? ON_CHANNEL : OF_QUEUE, ...COLUMNS]}
      items={consumers}
      keyOf={({ channel_details: { name }, consumer_tag }) => `${name} ${consumer_tag}`}
    />
  )
}
