// A vhost on a node of a simulated cluster. What is defined in it, nobody else is told.

import type { QueueDefinition } from '../../../../src/definitions/definition.ts'
import { noDefinitions } from '../../../../src/definitions/definition-store.ts'
import { Vhost } from '../../../../src/vhost/vhost.ts'
import type { SimulatedCluster, SimulatedNode } from './simulated-cluster.ts'

/** With these queues, which are the same on all nodes. */
export function vhostOn(
  cluster: SimulatedCluster,
  node: SimulatedNode,
  queues: readonly QueueDefinition[] = [],
): Vhost {
  const { name, incarnation, sharding } = node
  const definitions = {
    ...noDefinitions,
    storesTransient: true,
    newPlace: () => ({ node: name, incarnation }),
  }
  const { clock } = cluster
  const vhost = new Vhost('/', { definitions, createQueue: sharding.queueFactory, clock })
  for (const queue of queues) vhost.restoreQueue(queue)
  return vhost
}
