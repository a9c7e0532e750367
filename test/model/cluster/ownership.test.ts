import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedCluster } from './simulated-cluster.ts'

/** Longer than anything needs that the cluster does by itself. */
const LONG_MS = 6000

async function clusterOf(...names: string[]): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster()
  await cluster.found()
  for (const name of names) await cluster.start(name)
  await cluster.pass(1000)
  return cluster
}

const holders = (cluster: SimulatedCluster): string[] =>
  Array.from({ length: cluster.shardCount }, (_, shard) =>
    cluster
      .holdersOf(shard)
      .map(({ name }) => name)
      .join(' and '),
  )

function expectAllWell(cluster: SimulatedCluster): void {
  expect(cluster.nodes.flatMap(({ problems }) => problems)).toEqual([])
  const names = cluster.nodes.filter(({ condition }) => condition === 'runs').map((n) => n.name)
  const found = holders(cluster)
  for (const holder of found) expect(names).toContain(holder)
  const counts = names.map((name) => found.filter((holder) => holder === name).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2)
}

describe('a cluster', () => {
  it('spreads its shards over the nodes that come, and over those that stay', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    expectAllWell(cluster)
    const leaving = cluster.running('b')!
    await leaving.member?.leave()
    leaving.become('is dead')
    await cluster.pass(100)
    expectAllWell(cluster)
    await cluster.start('b')
    await cluster.pass(500)
    expectAllWell(cluster)
  })

  it('is left in the end by who cannot do so in an orderly way', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    const [slow, alone] = [cluster.running('b')!, cluster.running('c')!]
    slow.release = () => new Promise(() => {})
    const leaving = expect(slow.member?.leave()).rejects.toThrow('takes too long')
    await cluster.pass(5100)
    await leaving
    alone.release = slow.release
    alone.become('is cut off')
    const leavingAlone = expect(alone.member?.leave()).rejects.toThrow('takes too long')
    await cluster.pass(2000)
    expect([slow.held.size, alone.held.size]).toEqual([0, 0])
    await cluster.pass(3100)
    await leavingAlone
  })

  it('is left at once by who has been away for longer', async () => {
    const cluster = await clusterOf('a', 'b')
    const alone = cluster.running('b')!
    alone.become('is cut off')
    await cluster.pass(2000)
    await expect(alone.member?.leave()).rejects.toThrow('cannot be reached')
  })

  it('notices within half a second that a process has ended', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    cluster.running('b')?.become('is dead')
    await cluster.pass(500)
    expectAllWell(cluster)
  })

  it('notices within two seconds and a half that a process is stopped, which fences itself', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    const stopped = cluster.running('b')!
    stopped.become('is stopped')
    await cluster.pass(2500)
    expectAllWell(cluster)
    expect(stopped.held.size).toBeGreaterThan(0)
    stopped.become('runs')
    await cluster.pass(60)
    expect(stopped.held.size).toBe(0)
    await cluster.pass(2000)
    expectAllWell(cluster)
    expect(stopped.held.size).toBeGreaterThan(0)
  })

  it('has a node that is cut off give up its shards before others take them', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    const cut = cluster.running('b')!
    cut.become('is cut off')
    await cluster.pass(2500)
    expect(cut.held.size).toBe(0)
    expect(holders(cluster).every((holder) => holder === 'a' || holder === 'c')).toBe(true)
  })

  it('empties a node that is drained', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    await cluster.running('a')?.member?.drain('b', true)
    await cluster.pass(500)
    expect(cluster.running('b')?.held.size).toBe(0)
    expect(holders(cluster)).not.toContain('')
  })

  it('moves a shard by hand', async () => {
    const cluster = await clusterOf('a', 'b', 'c')
    const shard = holders(cluster).indexOf('a')
    await cluster.running('c')?.member?.move(shard, 'b')
    await cluster.pass(200)
    expect(holders(cluster)[shard]).toBe('b')
  })

  it('never has two owners of a shard that run, and always comes back to one of each', async () => {
    const names = ['a', 'b', 'c', 'd']
    const event = fc.record({
      node: fc.constantFrom(...names),
      becomes: fc.constantFrom('runs', 'is stopped', 'is cut off', 'is dead', 'starts', 'drains'),
      afterMs: fc.oneof(fc.nat(200), fc.nat(4000)),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const cluster = await clusterOf('a', 'b', 'c')
        for (const { node: name, becomes, afterMs } of events) {
          await cluster.pass(afterMs)
          const node = cluster.running(name)
          const other = cluster.nodes.find(({ condition }) => condition === 'runs')
          if (becomes === 'starts') {
            if (node === undefined) await cluster.start(name)
          } else if (becomes === 'drains') {
            await other?.member?.drain(name, true).catch(() => {})
          } else {
            node?.become(becomes)
          }
        }
        if (cluster.nodes.every(({ condition }) => condition === 'is dead'))
          await cluster.start('a')
        for (const node of cluster.nodes) if (node.condition !== 'is dead') node.become('runs')
        await cluster.pass(LONG_MS)
        const runs = cluster.nodes.find(({ condition }) => condition === 'runs')
        for (const name of runs?.member?.map.nodes.keys() ?? []) {
          await runs?.member?.drain(name, false)
        }
        await cluster.pass(1000)
        expectAllWell(cluster)
      }),
      { numRuns: 60 },
    )
  })
})
