import { describe, expect, it } from 'vitest'
import { Placement } from '../../../src/broker/cluster/placement.ts'
import type { ShardMap } from '../../../src/cluster/shard-map.ts'

const mapOf = (nodes: Record<string, string>): ShardMap => ({
  version: 1,
  nodes: new Map(
    Object.entries(nodes).map(([name, incarnation]) => [name, { incarnation, isDraining: false }]),
  ),
  shards: Array.from({ length: 3 }, () => ({ owner: 'n1', epoch: 1, target: null })),
})
const durable = { durable: true, exclusiveOwner: null }
const exclusive = { durable: true, exclusiveOwner: {} }

describe('the placement of new queues', () => {
  it('gives durable ones to the shards by turns', () => {
    const placement = new Placement('n1', 3)
    placement.follow(mapOf({ n1: 'a' }))
    const shards = Array.from({ length: 3 }, () => placement.of(durable))
    expect(shards).toEqual(expect.arrayContaining([{ shard: 0 }, { shard: 1 }, { shard: 2 }]))
  })

  it('gives all others to this node as the map knows it', () => {
    const placement = new Placement('n1', 3)
    placement.follow(mapOf({ n1: 'a', n2: 'b' }))
    expect(placement.of(exclusive)).toEqual({ node: 'n1', incarnation: 'a' })
  })

  it('refuses them while the others take this node for dead', () => {
    const placement = new Placement('n1', 3)
    placement.follow(mapOf({ n2: 'b' }))
    expect(() => placement.of(exclusive)).toThrow('definitions cannot be stored at present')
    expect(placement.of(durable)).toHaveProperty('shard')
  })
})
