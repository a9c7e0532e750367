import { allNodes } from '../all-nodes.ts'
import { found, list, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, notFound } from '../http-error.ts'
import { type KnownNode, type ManagedCluster, nodeNameOf } from '../managed-cluster.ts'
import { type Route, routes } from '../route.ts'

/** Nodes and shards of the cluster, and who owns what. RabbitMQ has nothing of the kind. */
export const CLUSTER: readonly Route[] = [
  ...routes('monitoring', {
    'GET /cluster': async (call) => {
      const { broker } = call
      const nodes = await allNodes(call)
      return found({
        name: broker.clusterName,
        node: broker.nodeName,
        is_member: broker.cluster?.isMember ?? true,
        nodes: nodes.map((node) => nodeInCluster(node, broker.cluster)),
        shards: shardTotals(broker.cluster, nodes),
      })
    },
    'GET /cluster/shards': async (call) =>
      list(shownShards(call.broker.cluster, await allNodes(call))),
  }),
  ...routes('administrator', {
    'POST /cluster/shards/:shard/move': async (call) => {
      const text = call.param('shard')
      const node = call.body.text('node')
      const cluster = clusterOf(call)
      if (!/^\d+$/.test(text)) throw notFound(`there is no shard ${text}`)
      await cluster.move(Number(text), inCluster(node))
      return NO_CONTENT
    },
    'POST /cluster/nodes/:node/drain': async (call) => {
      await clusterOf(call).drain(inCluster(call.param('node')), call.body.flag('on', true))
      return NO_CONTENT
    },
    'DELETE /cluster/nodes/:node': async (call) => {
      await clusterOf(call).forget(inCluster(call.param('node')))
      return NO_CONTENT
    },
  }),
]

/** Throws 400. */
function clusterOf({ broker }: Call): ManagedCluster {
  if (broker.cluster !== null) return broker.cluster
  throw badRequest('this broker is not in a cluster')
}

/** A node may be named as the cluster has it, or as RabbitMQ would. */
const inCluster = (name: string): string => name.replace(/^leveret@/, '')

function nodeInCluster(node: KnownNode, cluster: ManagedCluster | null): object {
  const { name, isRunning, isDraining, facts } = node
  const owned = (cluster?.shards ?? []).filter(({ owner }) => shownOwner(owner) === name)
  const { uptime, mem_used } = (facts?.node ?? {}) as { uptime?: number; mem_used?: number }
  const now = { connections: facts?.connections, alarms: facts?.alarms, uptime, mem_used }
  return {
    name,
    running: isRunning,
    draining: isDraining,
    shards: owned.length,
    ...(isRunning && facts !== undefined ? now : {}),
  }
}

const shownOwner = (owner: string | null): string | null =>
  owner === null ? null : nodeNameOf(owner)

interface ShownShard {
  readonly state: string
}

/** Each with what its owner says of it. */
function shownShards(cluster: ManagedCluster | null, nodes: readonly KnownNode[]): ShownShard[] {
  const said = new Map(
    nodes.flatMap(({ name, facts }) =>
      (facts?.shards ?? []).map(({ shard, epoch, ...rest }) => [`${name} ${shard} ${epoch}`, rest]),
    ),
  )
  return (cluster?.shards ?? []).map(({ owner, epoch, target }, shard) => ({
    ...{ shard, owner: shownOwner(owner), epoch, target: shownOwner(target) },
    state: owner === null ? 'without owner' : 'unknown',
    ...said.get(`${shownOwner(owner)} ${shard} ${epoch}`),
  }))
}

function shardTotals(cluster: ManagedCluster | null, nodes: readonly KnownNode[]): object {
  const shards = cluster?.shards ?? []
  const serving = shownShards(cluster, nodes).filter(({ state }) => state === 'serving')
  return {
    total: shards.length,
    serving: serving.length,
    moving: shards.filter(({ target }) => target !== null).length,
    without_owner: shards.filter(({ owner }) => owner === null).length,
  }
}
