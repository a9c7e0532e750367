import { describe, expect, it } from 'vitest'
import type { PingAnswer } from '../../../src/cluster/node-traffic.ts'
import { Peer } from '../../../src/cluster/peer.ts'
import { UNHEARD_PINGS, UNHEARD_PINGS_MOVING } from '../../../src/cluster/timing.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'

/** A node that is asked again and again. */
class AskedPeer {
  deaths = 0
  #answer: PingAnswer | Promise<PingAnswer> = 'alive'
  readonly #isWatched: boolean
  readonly #peer: Peer

  constructor(isWatched = true) {
    this.#isWatched = isWatched
    this.#peer = new Peer({
      node: 'n2',
      self: 'n1',
      traffic: { ping: async () => this.#answer, answer: () => () => {} },
      presence: new MemoryMetadata(new MemoryDisk()),
      clock: { now: () => 0, wallTime: () => 0, every: () => () => {} },
      onDead: () => this.deaths++,
    })
  }

  /** Asks it so often, and that is what is heard. */
  async hears(answer: PingAnswer | Promise<PingAnswer>, times = 1): Promise<void> {
    this.#answer = answer
    for (let time = 0; time < times; time++) {
      this.#peer.tick(this.#isWatched)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('a node', () => {
  it('is dead when nobody listens in its place several times in a row', async () => {
    const peer = new AskedPeer()
    await peer.hears('nobody', UNHEARD_PINGS - 1)
    expect(peer.deaths).toBe(0)
    await peer.hears('nobody')
    expect(peer.deaths).toBe(1)
  })

  it('is not while it is heard now and then, or is only silent', async () => {
    const peer = new AskedPeer()
    for (const answer of ['alive', 'silent'] as const) {
      await peer.hears('nobody', UNHEARD_PINGS - 1)
      await peer.hears(answer)
    }
    await peer.hears('silent', 20)
    expect(peer.deaths).toBe(0)
  })

  it('is dead although what it was asked before is still waited for', async () => {
    const peer = new AskedPeer()
    let answerLate = (_: PingAnswer): void => {}
    const promise = new Promise<PingAnswer>((resolve) => {
      answerLate = resolve
    })
    await peer.hears(promise)
    await peer.hears('nobody', UNHEARD_PINGS - 1)
    answerLate('silent')
    await promise
    expect(peer.deaths).toBe(0)
    await peer.hears('nobody')
    expect(peer.deaths).toBe(1)
  })

  it('has more time while it may be on its way to another NATS server', async () => {
    const peer = new AskedPeer()
    await peer.hears('moving', UNHEARD_PINGS_MOVING - 1)
    expect(peer.deaths).toBe(0)
    await peer.hears('moving')
    expect(peer.deaths).toBe(1)
  })

  it('is taken for dead only by those who watch it', async () => {
    const peer = new AskedPeer(false)
    await peer.hears('nobody', 10)
    expect(peer.deaths).toBe(0)
  })
})
