import { rateOf } from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { ChannelLink } from '../layout/links.tsx'
import type { Column } from '../list/table.tsx'
import { type Channel, modeOf } from './shapes.ts'

const NAME: Column<Channel> = {
  title: 'Name',
  sort: 'name',
  show: ({ name }) => <ChannelLink name={name} />,
}

/** What all channels of a connection have in common. */
const COMMON: readonly Column<Channel>[] = [
  { title: 'Virtual host', sort: 'vhost', show: ({ vhost }) => visible(vhost) },
  { title: 'User', sort: 'user', show: ({ user }) => visible(user) },
]

const OWN: readonly Column<Channel>[] = [
  { title: 'Mode', show: modeOf },
  { title: 'State', sort: 'state', show: ({ state }) => state },
  {
    title: 'Consumers',
    sort: 'consumer_count',
    isFigure: true,
    show: ({ consumer_count }) => count(consumer_count),
  },
  {
    title: 'Prefetch',
    sort: 'prefetch_count',
    isFigure: true,
    show: ({ prefetch_count, global_prefetch_count }) =>
      global_prefetch_count > 0
        ? `${prefetch_count} (${global_prefetch_count} together)`
        : count(prefetch_count),
  },
  {
    title: 'Unacked',
    sort: 'messages_unacknowledged',
    isFigure: true,
    show: ({ messages_unacknowledged }) => count(messages_unacknowledged),
  },
  {
    title: 'Unconfirmed',
    sort: 'messages_unconfirmed',
    isFigure: true,
    show: ({ messages_unconfirmed }) => count(messages_unconfirmed),
  },
  {
    title: 'Publish',
    sort: 'message_stats.publish_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'publish')),
  },
  {
    title: 'Deliver and get',
    sort: 'message_stats.deliver_get_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'deliver_get')),
  },
  {
    title: 'Ack',
    sort: 'message_stats.ack_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'ack')),
  },
]

/** What a list of channels shows of each. */
export const CHANNEL_COLUMNS: readonly Column<Channel>[] = [NAME, ...COMMON, ...OWN]

/** The same for those of one connection. */
export const COLUMNS_OF_ONE: readonly Column<Channel>[] = [NAME, ...OWN]
