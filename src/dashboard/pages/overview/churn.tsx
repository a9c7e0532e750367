import type { VNode } from 'preact'
import { type Readings, rateOf, readingOf } from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { Card } from '../layout/card.tsx'
import { Table } from '../list/table.tsx'

/** What comes and goes, as it is called in figures: its beginning and its end. */
const KINDS = [
  { what: 'Connections', begun: 'connection_created', ended: 'connection_closed' },
  { what: 'Channels', begun: 'channel_created', ended: 'channel_closed' },
  { what: 'Queues', begun: 'queue_created', ended: 'queue_deleted' },
] as const

/** How often clients open things and close them again: those who do so all the time are slow by it. */
export function Churn({ of }: { readonly of: Readings }): VNode {
  const figures = (name: string): string =>
    `${count(readingOf(of, name))}, ${rate(rateOf(of, name))}`
  return (
    <Card title="Opened and closed">
      <Table
        caption="Opened and closed"
        columns={[
          { title: 'What', show: ({ what }) => what },
          { title: 'Begun', isFigure: true, show: ({ begun }) => figures(begun) },
          { title: 'Ended', isFigure: true, show: ({ ended }) => figures(ended) },
        ]}
        items={KINDS}
        keyOf={({ what }) => what}
      />
    </Card>
  )
}
