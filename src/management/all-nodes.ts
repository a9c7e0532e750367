import type { Call } from './call.ts'
import { type KnownNode, nodeNameOf } from './managed-cluster.ts'
import { nodeFacts } from './node-facts.ts'

/** Every node of the cluster, by name; of a broker alone, itself. */
export async function allNodes(call: Call): Promise<readonly KnownNode[]> {
  const { broker } = call
  const { cluster } = broker
  const [nodes, own] = await Promise.all([
    cluster?.nodes(),
    // Statistics as this caller wants them shown; others have theirs as they are by default.
    nodeFacts(broker, call.statisticsOf(broker)),
  ])
  if (cluster === null || nodes === undefined) {
    const facts = { ...own, shards: [] }
    return [{ name: broker.nodeName, isRunning: true, isDraining: false, facts }]
  }
  return nodes.map((node) => ({
    ...node,
    name: nodeNameOf(node.name),
    ...(node.name === cluster.node ? { facts: { shards: [], ...node.facts, ...own } } : {}),
  }))
}

/** What is in `/api/nodes` of it: one that does not run is as it was when it did. */
export function shownNode({ name, isRunning, isDraining, facts }: KnownNode): object {
  const known = facts?.node ?? { type: 'disc', partitions: [], cluster_links: [] }
  return { ...known, name, running: isRunning, being_drained: isDraining }
}
