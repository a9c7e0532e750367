import type { Exchange } from '../../exchange/exchange.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import type { OpenChannel, OpenConnection } from '../open-things.ts'
import { isCountedHere } from '../queue-node.ts'
import type { Statistics } from '../statistics/statistics.ts'

/**
 * What is measured: a broker, or as much of it as is in some virtual hosts. Of a cluster it is what this node has,
 * since whoever comes for it goes to all nodes.
 */
export interface View {
  readonly broker: ManagedBroker
  readonly statistics: Statistics
  readonly vhosts: readonly Vhost[]
  readonly queues: readonly Queue[]
  readonly exchanges: readonly (readonly [Vhost, Exchange])[]
  readonly connections: readonly OpenConnection[]
  readonly channels: readonly OpenChannel[]
}

/** Without names, of all virtual hosts. */
export function viewOf(
  broker: ManagedBroker,
  statistics: Statistics,
  names?: readonly string[],
): View {
  const { administration } = broker
  const vhosts = administration.vhosts
    .list()
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap(({ name }) => administration.findVhost(name) ?? [])
  const connections = [...broker.connections].filter(
    (one): one is OpenConnection => one.session !== undefined && vhosts.includes(one.session.vhost),
  )
  return {
    broker,
    statistics,
    vhosts,
    queues: vhosts.flatMap((vhost) =>
      [...vhost.queues.values()].filter((queue) => isCountedHere(broker, vhost, queue)),
    ),
    exchanges: vhosts.flatMap((vhost) =>
      Array.from(vhost.exchanges.values(), (exchange) => [vhost, exchange] as const),
    ),
    connections,
    channels: connections.flatMap((connection) =>
      Array.from(connection.channels, (channel) => ({ connection, channel })),
    ),
  }
}
