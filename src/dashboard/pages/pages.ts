import type { ComponentType } from 'preact'
import { ClusterPage } from './cluster/cluster-page.tsx'
import { ChannelPage } from './connections/channel-page.tsx'
import { ChannelsPage } from './connections/channels-page.tsx'
import { ConnectionPage } from './connections/connection-page.tsx'
import { ConnectionsPage } from './connections/connections-page.tsx'
import { DefinitionsPage } from './definitions/definitions-page.tsx'
import { ExchangePage } from './exchanges/exchange-page.tsx'
import { ExchangesPage } from './exchanges/exchanges-page.tsx'
import { OverviewPage } from './overview/overview-page.tsx'
import type { PageProps } from './page-props.ts'
import { PoliciesPage } from './policies/policies-page.tsx'
import { QueuePage } from './queues/queue-page.tsx'
import { QueuesPage } from './queues/queues-page.tsx'
import type { Right } from './rights.ts'
import { UserPage } from './users/user-page.tsx'
import { UsersPage } from './users/users-page.tsx'
import { VhostPage } from './vhosts/vhost-page.tsx'
import { VhostsPage } from './vhosts/vhosts-page.tsx'

export interface PageEntry {
  readonly page: string
  /** How many names stand behind it. */
  readonly nameCount?: number
  readonly Show: ComponentType<PageProps>
  /** In the menu, for those who have the right. */
  readonly title?: string
  readonly right?: Right
  /** Only where there is a cluster. */
  readonly isOfCluster?: boolean
}

/** All pages, in the order of the menu. */
export const PAGES: readonly PageEntry[] = [
  { page: '', title: 'Overview', Show: OverviewPage },
  {
    page: 'cluster',
    title: 'Cluster',
    right: 'monitoring',
    isOfCluster: true,
    Show: ClusterPage,
  },
  { page: 'connections', title: 'Connections', Show: ConnectionsPage },
  { page: 'connections', nameCount: 1, Show: ConnectionPage },
  { page: 'channels', title: 'Channels', Show: ChannelsPage },
  { page: 'channels', nameCount: 1, Show: ChannelPage },
  { page: 'exchanges', title: 'Exchanges', Show: ExchangesPage },
  { page: 'exchanges', nameCount: 2, Show: ExchangePage },
  { page: 'queues', title: 'Queues', Show: QueuesPage },
  { page: 'queues', nameCount: 2, Show: QueuePage },
  { page: 'vhosts', title: 'Virtual hosts', Show: VhostsPage },
  { page: 'vhosts', nameCount: 1, Show: VhostPage },
  { page: 'users', title: 'Users', right: 'administrator', Show: UsersPage },
  { page: 'users', nameCount: 1, right: 'administrator', Show: UserPage },
  { page: 'policies', title: 'Policies', right: 'policymaker', Show: PoliciesPage },
  { page: 'definitions', title: 'Definitions', right: 'administrator', Show: DefinitionsPage },
]
