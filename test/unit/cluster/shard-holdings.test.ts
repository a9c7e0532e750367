import { expect, it } from 'vitest'
import { ShardHoldings } from '../../../src/cluster/shard-holdings.ts'
import type { ShardMap } from '../../../src/cluster/shard-map.ts'

const mapWith = (target: string | null): ShardMap => ({
  version: 1,
  nodes: new Map(['a', 'b'].map((name) => [name, { incarnation: name, isDraining: false }])),
  shards: [{ owner: 'a', epoch: 1, target }],
})

it('who leaves waits for a shard that is being let go of already', async () => {
  let letGo = (): void => {}
  const released = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const told: string[] = []
  const holder = { take() {}, lose() {}, release: () => released }
  const holdings = new ShardHoldings('a', holder, () => told.push('released'))
  holdings.follow(mapWith(null))
  holdings.follow(mapWith('b'))
  expect(holdings.shards).toEqual([0])
  const left = holdings.release(0).then(() => told.push('left'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([])
  letGo()
  await left
  expect(told).toEqual(['released', 'left'])
  expect(holdings.released).toEqual([[0, 1]])
})
