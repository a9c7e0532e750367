import type { MessageCounts } from '../../vhost/message-counts.ts'
import { channelName } from '../json/channel-json.ts'
import type { OpenChannel } from '../open-things.ts'
import { type Family, ofEach } from './family.ts'

const ofChannel = ({ connection, channel }: OpenChannel) => ({
  channel: channelName(connection, channel),
})

const counted =
  (read: (counts: MessageCounts) => number) =>
  ({ channel }: OpenChannel) =>
    read(channel.counts)

/** What is told of channels. */
export const CHANNEL_FAMILIES: readonly Family[] = [
  {
    name: 'channel_metrics',
    measure: ({ channels }) =>
      ofEach(channels, ofChannel, [
        [
          'channel_consumers',
          'gauge',
          'Consumers on a channel',
          ({ channel }) => channel.consumers.size,
        ],
        [
          'channel_messages_unacked',
          'gauge',
          'Delivered but not yet acknowledged messages',
          ({ channel }) => channel.unacked.length,
        ],
        [
          'channel_messages_unconfirmed',
          'gauge',
          'Published but not yet confirmed messages',
          ({ channel }) => channel.confirms?.unconfirmedCount ?? 0,
        ],
        [
          'channel_messages_uncommitted',
          'gauge',
          'Messages received in a transaction but not yet committed',
          ({ channel }) => channel.transaction?.publishCount ?? 0,
        ],
        [
          'channel_acks_uncommitted',
          'gauge',
          'Message acknowledgements in a transaction not yet committed',
          ({ channel }) => channel.transaction?.settled.length ?? 0,
        ],
        [
          'consumer_prefetch',
          'gauge',
          'Limit of unacknowledged messages for each consumer',
          ({ channel }) => channel.prefetchCount,
        ],
        [
          'channel_prefetch',
          'gauge',
          'Total limit of unacknowledged messages for all consumers on a channel',
          ({ channel }) => channel.limit.prefetchCount,
        ],
      ]),
  },
  {
    name: 'channel_exchange_metrics',
    measure: ({ channels }) =>
      ofEach(channels, ofChannel, [
        [
          'channel_messages_published_total',
          'counter',
          'Messages published on a channel',
          counted(({ published }) => published),
        ],
        [
          'channel_messages_confirmed_total',
          'counter',
          'Messages published on a channel and confirmed',
          counted(({ confirmed }) => confirmed),
        ],
        [
          'channel_messages_unroutable_returned_total',
          'counter',
          'Messages published as mandatory and returned, since no queue wanted them',
          counted(({ returned }) => returned),
        ],
        [
          'channel_messages_unroutable_dropped_total',
          'counter',
          'Messages published as non-mandatory and dropped, since no queue wanted them',
          counted(({ dropped }) => dropped),
        ],
      ]),
  },
  {
    name: 'channel_queue_metrics',
    measure: ({ channels }) =>
      ofEach(channels, ofChannel, [
        [
          'channel_get_ack_total',
          'counter',
          'Messages fetched with basic.get, to be acknowledged',
          counted(({ got }) => got),
        ],
        [
          'channel_get_total',
          'counter',
          'Messages fetched with basic.get',
          counted(({ gotNoAck }) => gotNoAck),
        ],
        [
          'channel_messages_delivered_ack_total',
          'counter',
          'Messages delivered to consumers, to be acknowledged',
          counted(({ delivered }) => delivered),
        ],
        [
          'channel_messages_delivered_total',
          'counter',
          'Messages delivered to consumers that do not acknowledge',
          counted(({ deliveredNoAck }) => deliveredNoAck),
        ],
        [
          'channel_messages_redelivered_total',
          'counter',
          'Messages delivered again',
          counted(({ redelivered }) => redelivered),
        ],
        [
          'channel_messages_acked_total',
          'counter',
          'Messages acknowledged by consumers',
          counted(({ acknowledged }) => acknowledged),
        ],
        [
          'channel_get_empty_total',
          'counter',
          'basic.get calls that found nothing',
          counted(({ gotEmpty }) => gotEmpty),
        ],
      ]),
  },
]
