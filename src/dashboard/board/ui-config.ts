import type { UIConfig } from '@bull-board/api/typings/app'

const ICON = '/console/icon.svg'

/** Pages of our own, for what bull-board has no place for. */
const LINKS = [
  { text: 'Overview', url: '/console/#/' },
  { text: 'Connections', url: '/console/#/connections' },
  { text: 'Channels', url: '/console/#/channels' },
  { text: 'Exchanges', url: '/console/#/exchanges' },
  { text: 'Queues', url: '/console/#/queues' },
  { text: 'Virtual hosts', url: '/console/#/vhosts' },
  { text: 'Users', url: '/console/#/users' },
  { text: 'Policies', url: '/console/#/policies' },
  { text: 'Definitions', url: '/console/#/definitions' },
]

export const UI_CONFIG: UIConfig = {
  boardTitle: 'Leveret',
  boardLogo: { path: ICON, width: 28, height: 28 },
  favIcon: { default: ICON, alternative: ICON },
  miscLinks: LINKS,
  hideDocsLink: true,
  hideRedisDetails: true,
  // Rates are on our own pages: bull-board's are of minutes, which nobody keeps.
  showMetrics: false,
  overview: { groupByDelimiter: true },
  locale: { lng: 'en-US' },
  queueSortOptions: [
    { key: 'alphabetical', label: 'Name' },
    { key: 'waiting', label: 'Ready messages' },
    { key: 'active', label: 'Unacked messages' },
    { key: 'failed', label: 'Dead-lettered messages' },
    { key: 'delayed', label: 'Delayed messages' },
  ],
}

/** The same, saying that not all queues are shown when that is so. */
export function uiConfigFor(queueCount: number, shownCount: number, base: UIConfig): UIConfig {
  if (queueCount <= shownCount) return base
  const count = queueCount.toLocaleString('en-US')
  const label = `First ${shownCount} of ${count} queues: all are under “Queues” in the menu`
  return { ...base, environment: { label, color: '#b45309', textColor: '#ffffff' } }
}
