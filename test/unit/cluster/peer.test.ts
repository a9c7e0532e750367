import { describe, expect, it } from 'vitest'
import type { PingAnswer } from '../../../src/cluster/node-traffic.ts'
import { Peer } from '../../../src/cluster/peer.ts'
import { UNHEARD_PINGS, UNHEARD_PINGS_MOVING } from '../../../src/cluster/timing.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'

/** Asks a node again and again that answers so; how often it was taken for dead. */
async function deathsAfter(answers: readonly PingAnswer[], isWatched = true): Promise<number> {
  let deaths = 0
  const left = [...answers]
  const peer = new Peer({
    node: 'n2',
    self: 'n1',
    traffic: { ping: async () => left.shift() ?? 'alive', answer: () => () => {} },
    presence: new MemoryMetadata(new MemoryDisk()),
    clock: { now: () => 0, wallTime: () => 0, every: () => () => {} },
    onDead: () => deaths++,
  })
  while (left.length > 0) {
    peer.tick(isWatched)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return deaths
}

const times = (count: number, answer: PingAnswer): PingAnswer[] => Array(count).fill(answer)

describe('a node', () => {
  it('is dead when nobody listens in its place several times in a row', async () => {
    expect(await deathsAfter(times(UNHEARD_PINGS, 'nobody'))).toBe(1)
    expect(await deathsAfter(times(UNHEARD_PINGS - 1, 'nobody'))).toBe(0)
  })

  it('is not while it is heard now and then, or is only silent', async () => {
    const most = times(UNHEARD_PINGS - 1, 'nobody')
    expect(await deathsAfter([...most, 'alive', ...most, 'silent', ...most])).toBe(0)
    expect(await deathsAfter(times(20, 'silent'))).toBe(0)
  })

  it('has more time while it may be on its way to another NATS server', async () => {
    expect(await deathsAfter(times(UNHEARD_PINGS_MOVING - 1, 'moving'))).toBe(0)
    expect(await deathsAfter(times(UNHEARD_PINGS_MOVING, 'moving'))).toBe(1)
  })

  it('is taken for dead only by those who watch it', async () => {
    expect(await deathsAfter(times(10, 'nobody'), false)).toBe(0)
  })
})
