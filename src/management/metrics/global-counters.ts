import type { Queue } from '../../queue/queue.ts'
import { QueueCounts } from '../../queue/queue-counts.ts'
import type { Metric } from './exposition.ts'
import type { View } from './view.ts'

const PROTOCOL = { protocol: 'amqp091' }

const QUEUE_TYPES: readonly Queue['type'][] = ['classic', 'quorum', 'stream']

/** What is counted of queues, by the name of the metric. */
const OF_QUEUES: readonly (readonly [string, string, (counts: QueueCounts) => number])[] = [
  ['acknowledged', 'Messages acknowledged by consumers', ({ acknowledged }) => acknowledged],
  [
    'delivered',
    'Messages delivered to consumers',
    ({ delivered, deliveredNoAck, got, gotNoAck }) => delivered + deliveredNoAck + got + gotNoAck,
  ],
  [
    'delivered_consume_auto_ack',
    'Messages delivered to consumers that do not acknowledge',
    ({ deliveredNoAck }) => deliveredNoAck,
  ],
  [
    'delivered_consume_manual_ack',
    'Messages delivered to consumers that acknowledge',
    ({ delivered }) => delivered,
  ],
  [
    'delivered_get_auto_ack',
    'Messages fetched without acknowledgement',
    ({ gotNoAck }) => gotNoAck,
  ],
  ['delivered_get_manual_ack', 'Messages fetched, to be acknowledged', ({ got }) => got],
  ['get_empty', 'basic.get calls that found nothing', ({ gotEmpty }) => gotEmpty],
  ['redelivered', 'Messages delivered again', ({ redelivered }) => redelivered],
]

/** What has passed through since the start, by protocol, and by the type of queue where it came to one. */
export function globalCounters({ statistics, vhosts, queues, channels }: View): Metric[] {
  const counts = statistics.countsOf(vhosts)
  const routed = counts.published - counts.dropped - counts.returned
  const total = (name: string, help: string, value: number): Metric => ({
    name: `messages_${name}_total`,
    type: 'counter',
    help,
    values: [[PROTOCOL, value]],
  })
  const gauge = (name: string, help: string, value: number): Metric => ({
    name,
    type: 'gauge',
    help,
    values: [[PROTOCOL, value]],
  })
  const byType = QUEUE_TYPES.map((type) => {
    const labels = { ...PROTOCOL, queue_type: `rabbit_${type}_queue` }
    return [labels, countsOfType(type, vhosts, queues)] as const
  })
  const consumers = queues.reduce((sum, { consumerCount }) => sum + consumerCount, 0)
  const publishers = channels.filter(({ channel }) => channel.counts.published > 0).length
  return [
    total('received', 'Messages received from publishers', counts.published),
    total('confirmed', 'Messages confirmed to publishers', counts.confirmed),
    total('routed', 'Messages that went to at least one queue', routed),
    total('unroutable_dropped', 'Messages dropped, for no queue wanted them', counts.dropped),
    total('unroutable_returned', 'Messages returned, for no queue wanted them', counts.returned),
    ...OF_QUEUES.map(
      ([name, help, read]): Metric => ({
        name: `messages_${name}_total`,
        type: 'counter',
        help,
        values: byType.map(([labels, of]) => [labels, read(of)]),
      }),
    ),
    gauge('consumers', 'Consumers at the moment', consumers),
    gauge('publishers', 'Channels that have published', publishers),
  ]
}

/** Of queues that are no more, too. */
function countsOfType(
  type: Queue['type'],
  vhosts: View['vhosts'],
  queues: View['queues'],
): QueueCounts {
  const sum = new QueueCounts()
  for (const { departedCounts } of vhosts) sum.add(departedCounts.of(type))
  for (const queue of queues) if (queue.type === type) sum.add(queue.counts)
  return sum
}
