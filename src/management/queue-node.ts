import type { Queue } from '../queue/queue.ts'
import type { Vhost } from '../vhost/vhost.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { nodeNameOf } from './managed-cluster.ts'

/** The node that a queue is on now; this one while nobody has it. */
export function queueNode(
  { cluster, nodeName }: ManagedBroker,
  vhost: Vhost,
  queue: Queue,
): string {
  const place = vhost.applied.placeOf(queue)
  if (place === undefined || cluster === null) return nodeName
  const owner = 'shard' in place ? cluster.shards[place.shard]?.owner : place.node
  return owner === null || owner === undefined ? nodeName : nodeNameOf(owner)
}
