import type { Shard, ShardMap } from './shard-map.ts'

/**
 * Gives every shard to a node, and every node as many as any other, give or take one, moving as few as
 * possible. A shard without an owner gets one at once; one that has an owner only gets a target, so
 * that it is let go of in an orderly way.
 */
export function spread(map: ShardMap): ShardMap {
  const homes = homesIn(map)
  if (homes.length === 0) return map
  const shards = map.shards.map((shard) => withoutLostTarget(shard, map))
  const loads = new Map(homes.map((node) => [node, 0]))
  const count = (node: string | null, by: number): void => {
    const load = node === null ? undefined : loads.get(node)
    if (load !== undefined) loads.set(node as string, load + by)
  }
  for (const shard of shards) count(destinationOf(shard), 1)

  for (const [index, shard] of shards.entries()) {
    const destination = destinationOf(shard)
    if (destination !== null && loads.has(destination)) continue
    const lightest = lightestOf(loads)
    shards[index] = sentTo(shard, lightest)
    count(lightest, 1)
  }
  for (;;) {
    const lightest = lightestOf(loads)
    const heaviest = heaviestOf(loads)
    if (loadOf(loads, heaviest) - loadOf(loads, lightest) <= 1) return { ...map, shards }
    const index = shards.findIndex((shard) => destinationOf(shard) === heaviest)
    shards[index] = sentTo(shards[index] as Shard, lightest)
    count(heaviest, -1)
    count(lightest, 1)
  }
}

/** Who has the shard when all that is under way is done. */
const destinationOf = ({ owner, target }: Shard): string | null => target ?? owner

/** A shard on its way to that node; it is there already if nobody has it. */
export function sentTo(shard: Shard, node: string): Shard {
  if (shard.owner === null) return { owner: node, epoch: shard.epoch + 1, target: null }
  return { ...shard, target: shard.owner === node ? null : node }
}

/** The nodes that may be given shards, in the order of their names: all, if none wants any. */
function homesIn({ nodes }: ShardMap): string[] {
  const names = [...nodes.keys()].sort()
  const willing = names.filter((name) => nodes.get(name)?.isDraining === false)
  return willing.length > 0 ? willing : names
}

function withoutLostTarget(shard: Shard, { nodes }: ShardMap): Shard {
  return shard.target === null || nodes.has(shard.target) ? shard : { ...shard, target: null }
}

type Loads = ReadonlyMap<string, number>

const loadOf = (loads: Loads, node: string): number => loads.get(node) ?? 0
const lightestOf = (loads: Loads): string =>
  [...loads.keys()].reduce((a, b) => (loadOf(loads, b) < loadOf(loads, a) ? b : a))
const heaviestOf = (loads: Loads): string =>
  [...loads.keys()].reduce((a, b) => (loadOf(loads, b) > loadOf(loads, a) ? b : a))
