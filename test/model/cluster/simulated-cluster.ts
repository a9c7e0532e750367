// Nodes of a cluster in one process: on a clock that the test moves, a store in memory, and a network
// that does what the test wants. A node that is stopped does nothing and answers nothing; one that is
// cut off runs and reaches nobody.

import type { Clock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/logger.ts'
import { ClusterMember } from '../../../src/cluster/cluster-member.ts'
import type { NodeTraffic, PingAnswer } from '../../../src/cluster/node-traffic.ts'
import type { ShardHolder } from '../../../src/cluster/shard-holdings.ts'
import { SharedMap } from '../../../src/cluster/shared-map.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import type { Metadata, MetadataListener } from '../../../src/store/metadata.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { FakeClock } from '../../support/fake-clock.ts'

type Condition = 'runs' | 'is stopped' | 'is cut off' | 'is dead'

export class SimulatedCluster {
  readonly clock: FakeClock = new FakeClock()
  readonly nodes: SimulatedNode[] = []
  readonly shardCount = 8
  readonly #sharedDisk = new MemoryDisk()
  readonly #presenceDisk = new MemoryDisk()
  readonly #epochs = new Map<number, number>()

  async found(): Promise<void> {
    const founding = new SharedMap(new MemoryMetadata(this.#sharedDisk))
    await founding.found(this.shardCount, async () => {})
  }

  async start(name: string): Promise<SimulatedNode> {
    const shared = new MemoryMetadata(this.#sharedDisk)
    const presence = new MemoryMetadata(this.#presenceDisk)
    const node = new SimulatedNode(name, this, shared, presence)
    this.nodes.push(node)
    await node.join()
    return node
  }

  running(name: string): SimulatedNode | undefined {
    return this.nodes.find((node) => node.name === name && node.condition !== 'is dead')
  }

  /** Lets time pass, and everything happen that follows from it. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.clock.advance(10)
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Who works on a shard and could do harm by that; a node that is stopped does none. */
  holdersOf(shard: number): SimulatedNode[] {
    return this.nodes.filter(
      ({ condition, held }) =>
        (condition === 'runs' || condition === 'is cut off') && held.has(shard),
    )
  }

  taken(node: SimulatedNode, shard: number, epoch: number): void {
    const before = this.#epochs.get(shard) ?? 0
    if (epoch <= before) throw new Error(`shard ${shard} has epoch ${epoch} after ${before}`)
    this.#epochs.set(shard, epoch)
    const others = this.holdersOf(shard).filter((other) => other !== node)
    if (others.length > 0) {
      throw new Error(`${node.name} takes shard ${shard}, which ${others[0]?.name} still has`)
    }
  }
}

export class SimulatedNode implements ShardHolder, NodeTraffic, Clock {
  readonly name: string
  readonly held = new Map<number, number>()
  readonly problems: unknown[] = []
  condition: Condition = 'runs'
  member: ClusterMember | undefined
  onPing: ((from: string) => void) | undefined
  readonly #cluster: SimulatedCluster
  readonly #shared: Metadata
  readonly #presence: Metadata
  #waiting: (() => void)[] = []
  /** What its timers were to do while it was stopped. */
  readonly #missed = new Set<() => void>()

  constructor(name: string, cluster: SimulatedCluster, shared: Metadata, presence: Metadata) {
    this.name = name
    this.#cluster = cluster
    this.#shared = new ReachedMetadata(shared, this)
    this.#presence = new ReachedMetadata(presence, this)
  }

  async join(): Promise<void> {
    this.member = await ClusterMember.join({
      node: this.name,
      shared: this.#shared,
      presence: this.#presence,
      traffic: this,
      holder: this,
      clock: this,
      logger: silentLogger,
      onMap() {},
    })
  }

  become(condition: Condition): void {
    this.condition = condition
    if (condition === 'is dead') this.member?.stop('it died')
    // Late timers come before anything else that it goes on with.
    if (condition !== 'is stopped') for (const run of this.#missed) run()
    for (const goOn of this.#waiting.splice(0)) goOn()
  }

  /** Resolves when the node is not stopped. */
  async awake(): Promise<void> {
    while (this.condition === 'is stopped') await this.#change()
  }

  /** Resolves when it is neither stopped nor cut off. */
  async connected(): Promise<void> {
    while (this.condition === 'is stopped' || this.condition === 'is cut off') await this.#change()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  take(shard: number, epoch: number): void {
    this.#cluster.taken(this, shard, epoch)
    this.held.set(shard, epoch)
  }

  async release(shard: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    await this.awake()
    this.held.delete(shard)
  }

  lose(shard: number): void {
    this.held.delete(shard)
  }

  async ping(name: string, from: string): Promise<PingAnswer> {
    await this.awake()
    const target = this.#cluster.running(name)
    if (this.condition !== 'runs') return 'silent'
    if (target === undefined) return 'nobody'
    if (target.condition !== 'runs') return 'silent'
    target.onPing?.(from)
    return 'alive'
  }

  answer(_node: string, onPing: (from: string) => void): () => void {
    this.onPing = onPing
    return () => {
      this.onPing = undefined
    }
  }

  now(): number {
    return this.#cluster.clock.now()
  }

  wallTime(): number {
    return this.#cluster.clock.wallTime()
  }

  every(intervalMs: number, callback: () => void): () => void {
    const run = (): void => {
      this.#missed.delete(run)
      if (this.condition === 'is dead') return
      try {
        callback()
      } catch (error) {
        this.problems.push(error)
      }
    }
    const stop = this.#cluster.clock.every(intervalMs, () => {
      if (this.condition === 'is stopped') this.#missed.add(run)
      else run()
    })
    return () => {
      stop()
      this.#missed.delete(run)
    }
  }
}

/** The store as a node reaches it, or does not. */
class ReachedMetadata implements Metadata {
  readonly position = 0
  readonly #metadata: Metadata
  readonly #node: SimulatedNode

  constructor(metadata: Metadata, node: SimulatedNode) {
    this.#metadata = metadata
    this.#node = node
  }

  load(): Promise<Map<string, string>> {
    return this.#reach(() => this.#metadata.load())
  }

  put(key: string, value: string): Promise<void> {
    return this.#reach(() => this.#metadata.put(key, value))
  }

  delete(key: string): Promise<void> {
    return this.#reach(() => this.#metadata.delete(key))
  }

  read(key: string): Promise<string | undefined> {
    return this.#reach(() => this.#metadata.read(key))
  }

  replace(key: string, expected: string | undefined, value: string | undefined): Promise<boolean> {
    return this.#reach(() => this.#metadata.replace(key, expected, value))
  }

  watch(listener: MetadataListener): Promise<() => void> {
    const tell = async (key: string, value: string | undefined): Promise<void> => {
      await this.#node.connected()
      if (this.#node.condition === 'is dead') return
      try {
        listener(key, value)
      } catch (error) {
        this.#node.problems.push(error)
      }
    }
    return this.#metadata.watch((key, value) => void tell(key, value))
  }

  told(): Promise<void> {
    return this.#reach(() => this.#metadata.told())
  }

  close(): Promise<void> {
    return this.#metadata.close()
  }

  async #reach<Result>(operation: () => Promise<Result>): Promise<Result> {
    await this.#node.awake()
    if (this.#node.condition !== 'runs') throw new StoreError('it is cut off')
    const result = await operation()
    await this.#node.awake()
    return result
  }
}
