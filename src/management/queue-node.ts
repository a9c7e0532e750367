import type { Queue } from '../queue/queue.ts'
import type { Vhost } from '../vhost/vhost.ts'
import type { Call } from './call.ts'
import { unavailable } from './http-error.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { nodeNameOf } from './managed-cluster.ts'

/**
 * The node that has a queue now, by its name in the cluster: null while there is none. Undefined for a broker
 * alone.
 */
export function ownerOf(
  { cluster }: ManagedBroker,
  vhost: Vhost,
  queue: Queue,
): string | null | undefined {
  const place = vhost.applied.placeOf(queue)
  if (place === undefined || cluster === null) return undefined
  if ('shard' in place) return cluster.shards[place.shard]?.owner ?? null
  return cluster.members.includes(place.node) ? place.node : null
}

/** The same as RabbitMQ would name it: this one while nobody has it. */
export function queueNode(broker: ManagedBroker, vhost: Vhost, queue: Queue): string {
  const owner = ownerOf(broker, vhost, queue)
  return owner === undefined || owner === null ? broker.nodeName : nodeNameOf(owner)
}

/** Whether it is this node that tells how much there is in a queue, so that nothing is counted twice. */
export function isCountedHere(broker: ManagedBroker, vhost: Vhost, queue: Queue): boolean {
  const owner = ownerOf(broker, vhost, queue)
  return owner === undefined || owner === broker.cluster?.node
}

/** The queue that the path names, if there is one, can be looked into on this node. Throws 503. */
export function assertNotElsewhere(call: Call): void {
  const queue = call.vhost.queues.find(call.param('name'))
  if (queue?.isElsewhere !== true) return
  throw unavailable(`queue '${queue.name}' is on its way from one node to another`)
}
