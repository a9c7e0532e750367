import { diskFreeBytes } from './disk-free.ts'
import { contextsJson, nodeJson, nodeMemoryJson } from './json/node-json.ts'
import type { Endpoint, ManagedBroker } from './managed-broker.ts'
import type { NodeFacts } from './managed-cluster.ts'

/** What this broker says of itself, but for shards. `statistics` are those of the broker. */
export async function nodeFacts(
  broker: ManagedBroker,
  { churn_rates }: Record<string, unknown>,
): Promise<Omit<NodeFacts, 'shards'>> {
  const { nodeName: node, connections } = broker
  const figures = { diskFreeBytes: await diskFreeBytes(broker) }
  let channels = 0
  for (const { channelCount } of connections) channels += channelCount
  return {
    node: { ...nodeJson(broker, figures), ...(churn_rates as object) },
    memory: nodeMemoryJson(broker),
    listeners: broker.endpoints.map((endpoint) => listenerJson(endpoint, node)),
    contexts: contextsJson(broker).map((context) => ({ ...context, node })),
    alarms: broker.alarms,
    connections: connections.size,
    channels,
  }
}

function listenerJson({ protocol, host, port }: Endpoint, node: string): object {
  return { node, protocol, ip_address: host, port, socket_opts: {} }
}
