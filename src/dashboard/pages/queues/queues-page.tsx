import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path } from '../api/client.ts'
import { rateOf } from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { QueueLink } from '../layout/links.tsx'
import { Marks } from '../layout/marks.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import { DeclareQueue } from './declare-queue.tsx'
import { MessagesLink } from './messages-link.tsx'
import type { Queue } from './shapes.ts'

const rateColumn = (title: string, name: string): Column<Queue> => ({
  title,
  sort: `message_stats.${name}_details.rate`,
  isFigure: true,
  show: ({ message_stats }) => rate(rateOf(message_stats, name)),
})

const COLUMNS: readonly Column<Queue>[] = [
  { title: 'Name', sort: 'name', show: (queue) => <QueueLink {...queue} /> },
  { title: 'Virtual host', sort: 'vhost', show: ({ vhost }) => visible(vhost) },
  { title: 'Type', sort: 'type', show: ({ type }) => type },
  { title: 'Features', show: (queue) => <Marks of={queue} /> },
  { title: 'Policy', sort: 'policy', show: ({ policy }) => visible(policy ?? '') },
  { title: 'State', sort: 'state', show: ({ state }) => state },
  {
    title: 'Ready',
    sort: 'messages_ready',
    isFigure: true,
    show: ({ vhost, name, messages_ready }) => (
      <MessagesLink
        vhost={vhost}
        name={name}
        label={`${count(messages_ready)} messages ready in ${visible(name)}`}
      >
        {count(messages_ready)}
      </MessagesLink>
    ),
  },
  {
    title: 'Unacked',
    sort: 'messages_unacknowledged',
    isFigure: true,
    show: ({ messages_unacknowledged }) => count(messages_unacknowledged),
  },
  {
    title: 'Consumers',
    sort: 'consumers',
    isFigure: true,
    show: ({ consumers }) => count(consumers),
  },
  rateColumn('Publish', 'publish'),
  rateColumn('Deliver and get', 'deliver_get'),
  rateColumn('Ack', 'ack'),
]

const FIELDS = [
  'name,vhost,type,state,durable,auto_delete,exclusive,policy,consumers',
  'messages_ready,messages_unacknowledged',
  ...['publish', 'deliver_get', 'ack'].map((name) => `message_stats.${name}_details.rate`),
]

export function QueuesPage(): VNode {
  const listing = useAddressedList()
  const [version, setVersion] = useState(0)
  const [{ vhost }] = listing
  return (
    <Page title="Queues">
      <PagedList
        what="queues"
        base={vhost === '' ? '/queues' : path`/queues/${vhost}`}
        fields={FIELDS}
        columns={COLUMNS}
        keyOf={(queue) => JSON.stringify([queue.vhost, queue.name])}
        listing={listing}
        filters={['name', 'vhost']}
        version={version}
      />
      <Card title="Declare a queue" isFolded>
        <DeclareQueue vhost={vhost} onDeclared={() => setVersion(version + 1)} />
      </Card>
    </Page>
  )
}
