import type { VNode } from 'preact'
import { path } from '../api/client.ts'
import { bytes, count, dateTime } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { ConnectionLink } from '../layout/links.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import type { Connection } from './shapes.ts'

const COLUMNS: readonly Column<Connection>[] = [
  {
    title: 'Name',
    sort: 'name',
    show: ({ name, user_provided_name }) => (
      <>
        <ConnectionLink name={name} />
        {user_provided_name !== undefined && <div class="quiet">{visible(user_provided_name)}</div>}
      </>
    ),
  },
  { title: 'Virtual host', sort: 'vhost', show: ({ vhost }) => visible(vhost) },
  { title: 'User', sort: 'user', show: ({ user }) => visible(user) },
  { title: 'State', sort: 'state', show: ({ state }) => state },
  { title: 'TLS', sort: 'ssl', show: ({ ssl, ssl_protocol }) => (ssl ? ssl_protocol : '') },
  {
    title: 'Channels',
    sort: 'channels',
    isFigure: true,
    show: ({ channels }) => count(channels),
  },
  {
    title: 'From the client',
    sort: 'recv_oct_details.rate',
    isFigure: true,
    show: ({ recv_oct_details }) => `${bytes(recv_oct_details?.rate ?? 0)}/s`,
  },
  {
    title: 'To the client',
    sort: 'send_oct_details.rate',
    isFigure: true,
    show: ({ send_oct_details }) => `${bytes(send_oct_details?.rate ?? 0)}/s`,
  },
  {
    title: 'Since',
    sort: 'connected_at',
    show: ({ connected_at }) => dateTime(connected_at),
  },
]

const FIELDS = [
  'name,user_provided_name,vhost,user,state,ssl,ssl_protocol,channels,connected_at',
  'recv_oct_details.rate,send_oct_details.rate',
]

export function ConnectionsPage(): VNode {
  const listing = useAddressedList()
  const [{ vhost }] = listing
  return (
    <Page title="Connections">
      <PagedList
        what="connections"
        base={vhost === '' ? '/connections' : path`/vhosts/${vhost}/connections`}
        fields={FIELDS}
        columns={COLUMNS}
        keyOf={({ name }) => name}
        listing={listing}
        filters={['name', 'vhost']}
      />
    </Page>
  )
}
