import type { VNode } from 'preact'
import { path } from '../api/client.ts'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import { CHANNEL_COLUMNS } from './channel-columns.tsx'

export function ChannelsPage(): VNode {
  const listing = useAddressedList()
  const [{ vhost }] = listing
  return (
    <Page title="Channels">
      <PagedList
        what="channels"
        base={vhost === '' ? '/channels' : path`/vhosts/${vhost}/channels`}
        columns={CHANNEL_COLUMNS}
        keyOf={({ name }) => name}
        listing={listing}
        filters={['name', 'vhost']}
      />
    </Page>
  )
}
