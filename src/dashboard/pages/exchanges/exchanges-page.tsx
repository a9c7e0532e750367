import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path } from '../api/client.ts'
import { rateOf } from '../chart/readings.ts'
import { rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { Card } from '../layout/card.tsx'
import { ExchangeLink } from '../layout/links.tsx'
import { Marks } from '../layout/marks.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import { DeclareExchange } from './declare-exchange.tsx'
import type { Exchange } from './shapes.ts'

const COLUMNS: readonly Column<Exchange>[] = [
  { title: 'Name', sort: 'name', show: (exchange) => <ExchangeLink {...exchange} /> },
  { title: 'Virtual host', sort: 'vhost', show: ({ vhost }) => visible(vhost) },
  { title: 'Type', sort: 'type', show: ({ type }) => visible(type) },
  { title: 'Features', show: (exchange) => <Marks of={exchange} /> },
  { title: 'Arguments', show: (exchange) => <Arguments of={exchange.arguments} /> },
  { title: 'Policy', sort: 'policy', show: ({ policy }) => visible(policy ?? '') },
  {
    title: 'In',
    sort: 'message_stats.publish_in_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'publish_in')),
  },
  {
    title: 'Out',
    sort: 'message_stats.publish_out_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'publish_out')),
  },
]

export function ExchangesPage(): VNode {
  const listing = useAddressedList()
  const [version, setVersion] = useState(0)
  const [{ vhost }] = listing
  return (
    <Page title="Exchanges">
      <PagedList
        what="exchanges"
        base={vhost === '' ? '/exchanges' : path`/exchanges/${vhost}`}
        columns={COLUMNS}
        keyOf={(exchange) => JSON.stringify([exchange.vhost, exchange.name])}
        listing={listing}
        filters={['name', 'vhost']}
        version={version}
      />
      <Card title="Declare an exchange" isFolded>
        <DeclareExchange vhost={vhost} onDeclared={() => setVersion(version + 1)} />
      </Card>
    </Page>
  )
}
