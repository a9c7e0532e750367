import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  handedOver,
  withDraining,
  withNode,
  withoutNode,
  withTarget,
} from '../../../src/cluster/map-changes.ts'
import {
  decodeShardMap,
  emptyShardMap,
  encodeShardMap,
  type ShardMap,
  shardsOwnedBy,
} from '../../../src/cluster/shard-map.ts'

/** The map when all that is on its way has arrived. */
const settled = (map: ShardMap): ShardMap =>
  map.shards.reduce(
    (before, { target, epoch }, shard) =>
      target === null ? before : handedOver(before, shard, epoch),
    map,
  )
const mapOf = (...nodes: string[]): ShardMap =>
  nodes.reduce((map, node) => settled(withNode(map, node, `${node} 1`)), emptyShardMap(16))
const loads = (map: ShardMap): number[] =>
  [...map.nodes.keys()].map((node) => shardsOwnedBy(map, node).length).sort((a, b) => a - b)

describe('shards', () => {
  it('are all the first node’s, and even when others join', () => {
    expect(loads(mapOf('a'))).toEqual([16])
    expect(loads(mapOf('a', 'b'))).toEqual([8, 8])
    expect(loads(mapOf('a', 'b', 'c'))).toEqual([5, 5, 6])
  })

  it('stay with their owner until it has let go of them', () => {
    const map = withNode(mapOf('a'), 'b', 'b 1')
    expect(shardsOwnedBy(map, 'a')).toHaveLength(16)
    expect(map.shards.filter(({ target }) => target === 'b')).toHaveLength(8)
    const moved = handedOver(map, 0, 1)
    expect(moved.shards[0]).toEqual({ owner: 'b', epoch: 2, target: null })
    expect(handedOver(moved, 0, 1)).toBe(moved)
  })

  it('go to the others at once when their owner dies', () => {
    const before = mapOf('a', 'b', 'c')
    const after = withoutNode(before, 'b', 'b 1')
    expect(loads(after)).toEqual([8, 8])
    for (const shard of shardsOwnedBy(before, 'b')) {
      expect(after.shards[shard]?.epoch).toBe((before.shards[shard]?.epoch ?? 0) + 1)
    }
    for (const shard of shardsOwnedBy(before, 'a')) expect(after.shards[shard]?.owner).toBe('a')
  })

  it('are not taken from a process that came after the one that died', () => {
    const map = withNode(mapOf('a', 'b'), 'b', 'b 2')
    expect(withoutNode(map, 'b', 'b 1')).toBe(map)
  })

  it('are the same node’s in a new epoch when its process was replaced', () => {
    const before = mapOf('a', 'b')
    const after = withNode(before, 'b', 'b 2')
    for (const shard of shardsOwnedBy(before, 'b')) {
      expect(after.shards[shard]).toEqual({
        owner: 'b',
        epoch: (before.shards[shard]?.epoch ?? 0) + 1,
        target: null,
      })
    }
  })

  it('wait for a node when there is none', () => {
    const nobody = withoutNode(mapOf('a'), 'a', 'a 1')
    expect(nobody.shards.every(({ owner }) => owner === null)).toBe(true)
    const again = withNode(nobody, 'b', 'b 1')
    expect(again.shards.every(({ owner, epoch }) => owner === 'b' && epoch === 2)).toBe(true)
  })

  it('leave a node that is drained, which gets none until it may', () => {
    const drained = settled(withDraining(mapOf('a', 'b', 'c'), 'b', true))
    expect(loads(drained)).toEqual([0, 8, 8])
    expect(loads(withoutNode(drained, 'a', 'a 1'))).toEqual([0, 16])
    expect(loads(settled(withDraining(drained, 'b', false)))).toEqual([5, 5, 6])
  })

  it('move by hand, and stay there', () => {
    const map = mapOf('a', 'b')
    const [shard] = shardsOwnedBy(map, 'a') as [number]
    const moved = settled(withTarget(map, shard, 'b'))
    expect(moved.shards[shard]?.owner).toBe('b')
    expect(withTarget(moved, shard, 'b').shards[shard]).toEqual(moved.shards[shard])
    expect(() => withTarget(map, shard, 'x')).toThrow('there is no node x in the cluster')
    expect(() => withTarget(map, 16, 'b')).toThrow('there is no shard 16: there are 0 to 15')
  })

  it('come back to their owner in a new epoch when who was to have them is gone', () => {
    const map = withNode(mapOf('a'), 'b', 'b 1')
    const shard = map.shards.findIndex(({ target }) => target === 'b')
    const without = withoutNode(map, 'b', 'b 1')
    expect(without.shards[shard]).toEqual({ owner: 'a', epoch: 1, target: null })
    expect(handedOver(without, shard, 1).shards[shard]).toEqual({
      owner: 'a',
      epoch: 2,
      target: null,
    })
  })

  it('are even, with growing epochs, whatever happens', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const step = fc.oneof(
      fc.record({ do: fc.constant('join' as const), node }),
      fc.record({ do: fc.constant('die' as const), node }),
      fc.record({ do: fc.constant('settle' as const), node }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let map = emptyShardMap(16)
        for (const [serial, { do: what, node: name }] of steps.entries()) {
          const before = map
          if (what === 'join') map = withNode(map, name, `${name} ${serial}`)
          else if (what === 'settle') map = settled(map)
          else map = withoutNode(map, name, map.nodes.get(name)?.incarnation ?? '')
          for (const [index, shard] of map.shards.entries()) {
            const old = before.shards[index]!
            expect(shard.epoch).toBeGreaterThanOrEqual(old.epoch)
            if (shard.owner !== old.owner && shard.owner !== null) {
              expect(shard.epoch).toBeGreaterThan(old.epoch)
            }
            if (map.nodes.size > 0) expect(map.nodes.has(shard.owner ?? '')).toBe(true)
          }
          const even = loads(settled(map))
          if (even.length > 0) expect(Math.max(...even) - Math.min(...even)).toBeLessThan(2)
          expect(decodeShardMap(encodeShardMap(map))).toEqual(map)
        }
      }),
    )
  })
})

describe('the map', () => {
  it('is refused when a newer version has written it', () => {
    const text = encodeShardMap(emptyShardMap(1)).replace('"format":1', '"format":2')
    expect(() => decodeShardMap(text)).toThrow('of a newer version of this program')
  })
})
