// What can happen to the map of a cluster. Each is a function from one map to the next; one that
// changes nothing gives the same map back.

import { ClusterError } from './cluster-error.ts'
import type { ClusterNode, Shard, ShardMap } from './shard-map.ts'
import { sentTo, spread } from './spreading.ts'

/**
 * A process comes to be a node, or is one again after it had given up its shards. What a process of this
 * name owned before it owns anew.
 */
export function withNode(map: ShardMap, name: string, incarnation: string): ShardMap {
  const before = map.nodes.get(name)
  const isDraining = before?.incarnation === incarnation && before.isDraining
  const nodes = new Map(map.nodes).set(name, { incarnation, isDraining })
  const shards = map.shards.map((shard) =>
    shard.owner === name ? { ...shard, epoch: shard.epoch + 1 } : shard,
  )
  return spread({ ...map, nodes, shards })
}

/** A process is gone, or is taken for it: others get at once what it owned. */
export function withoutNode(map: ShardMap, name: string, incarnation: string): ShardMap {
  if (map.nodes.get(name)?.incarnation !== incarnation) return map
  const nodes = new Map(map.nodes)
  nodes.delete(name)
  const shards = map.shards.map((shard) => withoutOwner(shard, name, nodes))
  return spread({ ...map, nodes, shards })
}

/** The one that was to have it anyway has it. */
function withoutOwner(shard: Shard, name: string, nodes: ShardMap['nodes']): Shard {
  if (shard.owner !== name) return shard
  const { epoch, target } = shard
  if (target === null || !nodes.has(target)) return { owner: null, epoch, target: null }
  return { owner: target, epoch: epoch + 1, target: null }
}

/** A node is to be emptied, or not any more. */
export function withDraining(map: ShardMap, name: string, isDraining: boolean): ShardMap {
  const node = knownNode(map, name)
  if (node.isDraining === isDraining) return map
  return spread({ ...map, nodes: new Map(map.nodes).set(name, { ...node, isDraining }) })
}

/** Somebody wants a shard to be elsewhere. It stays there until nodes come or go. */
export function withTarget(map: ShardMap, shard: number, name: string): ShardMap {
  knownNode(map, name)
  return withShard(map, shard, sentTo(knownShard(map, shard), name))
}

/**
 * The owner of that epoch has let go of a shard, so that the one may have it who was to have it. If
 * there is no such node any more it is the owner's again, but in a new epoch: the old one has ended.
 */
export function handedOver(map: ShardMap, shard: number, epoch: number): ShardMap {
  const { owner, target, epoch: current } = knownShard(map, shard)
  if (current !== epoch) return map
  return withShard(map, shard, { owner: target ?? owner, epoch: epoch + 1, target: null })
}

function withShard(map: ShardMap, shard: number, changed: Shard): ShardMap {
  return { ...map, shards: map.shards.with(shard, changed) }
}

function knownNode({ nodes }: ShardMap, name: string): ClusterNode {
  const node = nodes.get(name)
  if (node === undefined) throw new ClusterError(`there is no node ${name} in the cluster`)
  return node
}

function knownShard({ shards }: ShardMap, shard: number): Shard {
  const known = shards[shard]
  if (known === undefined) {
    throw new ClusterError(`there is no shard ${shard}: there are 0 to ${shards.length - 1}`)
  }
  return known
}
