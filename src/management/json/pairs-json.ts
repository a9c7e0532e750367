// Who publishes and gets how much where: what is told of one exchange, queue or channel besides itself.

import type { Channel } from '../../channel/channel.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Pair } from '../../vhost/pair-table.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import type { Call } from '../call.ts'
import { channelsOf, connectionsIn } from '../open-things.ts'
import { type Readings, readDeliveries, readPublished, readRouted } from '../statistics/readings.ts'
import { channelDetails } from './channel-json.ts'

export function exchangePairsJson(call: Call, vhost: Vhost, exchange: Exchange): object {
  const { published, routed } = vhost.pairs
  return {
    incoming: byChannel(call, published.to(exchange), readPublished),
    outgoing: by('queue', call, routed.from(exchange), readRouted, ({ to }) => named(vhost, to)),
  }
}

export function queuePairsJson(call: Call, vhost: Vhost, queue: Queue): object {
  const { routed, delivered } = vhost.pairs
  return {
    incoming: by('exchange', call, routed.to(queue), readRouted, ({ from }) => named(vhost, from)),
    deliveries: byChannel(call, delivered.to(queue), readDeliveries),
  }
}

export function channelPairsJson(call: Call, vhost: Vhost, channel: Channel): object {
  const { published, delivered } = vhost.pairs
  const nameOf = ({ to }: { readonly to: Named }): object => named(vhost, to)
  return {
    publishes: by('exchange', call, published.from(channel), readPublished, nameOf),
    deliveries: by('queue', call, delivered.from(channel), readDeliveries, nameOf),
  }
}

interface Named {
  readonly name: string
}

const named = (vhost: Vhost, { name }: Named): object => ({ name, vhost: vhost.name })

/** Whoever's channels they are: who sees an exchange or a queue sees who uses it. */
function byChannel<Counts extends object>(
  call: Call,
  pairs: Iterable<Pair<object, object, Counts>>,
  read: (counts: Counts) => Readings,
): object[] {
  const all = [...pairs]
  if (all.length === 0) return []
  const details = new Map<object, object>()
  for (const { connection, channel } of channelsOf(connectionsIn(call))) {
    details.set(channel, channelDetails(connection, channel, call.broker.nodeName))
  }
  return by('channel_details', call, all, read, ({ from }) => details.get(from))
}

/** Each with what stands at its other end, and how much that is. */
function by<P extends Pair<object, object, Counts>, Counts extends object>(
  end: 'queue' | 'exchange' | 'channel_details',
  call: Call,
  pairs: Iterable<P>,
  read: (counts: P['counts']) => Readings,
  endOf: (pair: P) => object | undefined,
): object[] {
  return Array.from(pairs, (pair) => {
    const { counts } = pair
    return {
      stats: call.statisticsOfPair({ counts, read: () => read(counts) }),
      [end]: endOf(pair),
    }
  })
}
