// Nodes of a cluster in one process, without brokers around them: their queues, the traffic between
// them, and journals that outlive who owns them.

import { silentLogger } from '../../../../src/base/logger.ts'
import { Turn } from '../../../../src/base/turn.ts'
import { COMPAT_PROFILES } from '../../../../src/config/compat.ts'
import { noDefinitions } from '../../../../src/definitions/definition-store.ts'
import type { PublishOutcome } from '../../../../src/exchange/destination.ts'
import type { Message } from '../../../../src/message/message.ts'
import type { Queue } from '../../../../src/queue/queue.ts'
import { memoryOnly } from '../../../../src/queue/queue-storage.ts'
import type { ShardJournal } from '../../../../src/sharding/owned-shard.ts'
import { type Owners, Sharding } from '../../../../src/sharding/sharding.ts'
import type { Journal } from '../../../../src/store/journal.ts'
import { MemoryDisk } from '../../../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../../../src/store/memory/memory-journal.ts'
import { JournalLostError } from '../../../../src/store/store-error.ts'
import type { DelayQueueFactory } from '../../../../src/vhost/delay-queue-factory.ts'
import { Vhost } from '../../../../src/vhost/vhost.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { type RandomNumber, SimulatedTraffic } from '../link/simulated-traffic.ts'

/** What is in a shard's stream, and who may write to it. */
class ShardStream {
  readonly disk = new MemoryDisk()
  epoch = 0
  /** Whether what comes is never stored. */
  isStuck = false
}

/** Refuses an owner that is none any more. */
class OwnedJournal implements Journal {
  readonly #stream: ShardStream
  readonly #epoch: number
  readonly #journal: MemoryJournal

  constructor(stream: ShardStream, epoch: number) {
    if (epoch < stream.epoch) throw new JournalLostError('there is a newer owner')
    stream.epoch = epoch
    this.#stream = stream
    this.#epoch = epoch
    this.#journal = new MemoryJournal(stream.disk, 'os')
  }

  get bytes(): number {
    return this.#journal.bytes
  }

  recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    return this.#journal.recover((position, record) => visit(position, Buffer.from(record)))
  }

  append(parts: readonly Buffer[], isAwaited?: boolean): Promise<number> {
    if (this.#stream.isStuck) return new Promise(() => {})
    if (this.#isFenced) return Promise.reject(new JournalLostError('there is a newer owner'))
    return this.#journal.append([Buffer.concat(parts)], isAwaited)
  }

  read(first: number, last: number): Promise<Buffer[]> {
    return this.#journal.read(first, last)
  }

  truncate(upTo: number): Promise<void> {
    return this.#isFenced ? Promise.resolve() : this.#journal.truncate(upTo)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  get #isFenced(): boolean {
    return this.#stream.epoch > this.#epoch
  }
}

export interface QueueSpec {
  readonly id: number
  readonly name: string
  readonly shard: number
  readonly arguments?: Queue['arguments']
  readonly autoDelete?: boolean
}

/** Of an exchange that delays messages, and then routes them to queues by their names. */
export interface ExchangeSpec {
  readonly id: number
  readonly name: string
  readonly shard: number
}

/** One process: the queues that it knows, in a vhost, and what it owns. Nobody else is told what is defined. */
export class SimulatedNode {
  readonly name: string
  readonly incarnation: string
  readonly sharding: Sharding
  readonly vhost: Vhost
  readonly owned: Map<number, number> = new Map()
  /** Resolves when it knows what is defined. */
  told: () => Promise<void> = () => Promise.resolve()

  constructor(cluster: SimulatedCluster, name: string, incarnation: string) {
    this.name = name
    this.incarnation = incarnation
    this.sharding = new Sharding({
      node: name,
      traffic: cluster.traffic,
      openJournal: (shard, epoch) => cluster.openJournal(shard, epoch),
      storage: { ...memoryOnly(), clock: cluster.clock },
      told: () => this.told(),
      profile: COMPAT_PROFILES.lenient,
      turn: new Turn(),
      clock: cluster.clock,
      logger: silentLogger,
      onBehind() {},
      onFailing() {},
    })
    const definitions = {
      ...noDefinitions,
      storesTransient: true,
      newPlace: () => ({ node: name, incarnation }),
    }
    const { tickets, queueFactory: createQueue } = this.sharding
    const createDelayQueue: DelayQueueFactory = (delays) => {
      const { id, place } = delays
      if (id === null || place === undefined) throw new Error('it is in no place')
      return this.sharding.createDelays(place, { ...delays, id })
    }
    const { clock } = cluster
    this.vhost = new Vhost('/', { definitions, createQueue, createDelayQueue, tickets, clock })
  }

  declareDelayed({ name, id, shard }: ExchangeSpec, queues: readonly QueueSpec[]): void {
    this.vhost.restoreExchange({
      ...{ kind: 'exchange', vhost: '/', name, type: 'x-delayed-message', id, place: { shard } },
      ...{ autoDelete: false, internal: false },
      arguments: new Map([['x-delayed-type', { type: 'S', value: 'direct' }]]),
    })
    for (const { name: destination } of queues) {
      const ends = { source: name, destinationKind: 'queue', destination } as const
      const rest = { routingKey: destination, arguments: new Map() }
      this.vhost.restoreBinding({ kind: 'binding', vhost: '/', ...ends, ...rest })
    }
  }

  /** Publishes to it as a channel does. */
  publishDelayed(exchange: string, message: Message): PublishOutcome {
    const { vhost } = this
    const source = vhost.exchanges.get(exchange)
    const { queues } = vhost.route(source, [message.address.routingKey], message.headers, message)
    return vhost.deadLetters.deliver(queues, message)
  }

  declare({ id, name, shard, autoDelete = false, arguments: given = new Map() }: QueueSpec): void {
    const names = { kind: 'queue', vhost: '/', name, id } as const
    const place = { shard }
    this.vhost.restoreQueue({ ...names, place, autoDelete, arguments: given })
  }

  queue(name: string): Queue {
    return this.vhost.queues.find(name) as Queue
  }

  follow(map: Owners): void {
    for (const [shard, { owner, epoch }] of map.shards.entries()) {
      const held = this.owned.get(shard)
      const isOurs = owner === this.name
      if (held !== undefined && (!isOurs || held !== epoch)) {
        this.owned.delete(shard)
        this.sharding.lose(shard, 'another node owns it now')
      }
      if (isOurs && !this.owned.has(shard)) {
        this.owned.set(shard, epoch)
        this.sharding.take(shard, epoch)
      }
    }
    this.sharding.follow(map)
  }
}

export class SimulatedCluster {
  readonly clock = new FakeClock()
  readonly traffic: SimulatedTraffic
  readonly nodes = new Map<string, SimulatedNode>()
  readonly #streams = new Map<number, ShardStream>()
  #map: Owners
  #processes = 0

  constructor(random: RandomNumber, shardCount: number) {
    this.traffic = new SimulatedTraffic(this.clock, random)
    const shards = Array.from({ length: shardCount }, () => ({ owner: null, epoch: 0 }))
    this.#map = { version: 1, nodes: new Map(), shards }
  }

  get map(): Owners {
    return this.#map
  }

  start(
    name: string,
    queues: readonly QueueSpec[],
    exchanges: readonly ExchangeSpec[] = [],
  ): SimulatedNode {
    const node = new SimulatedNode(this, name, `${name}-${++this.#processes}`)
    for (const queue of queues) node.declare(queue)
    for (const exchange of exchanges) node.declareDelayed(exchange, queues)
    this.nodes.set(name, node)
    this.#change(new Map([...this.#map.nodes, [name, { incarnation: node.incarnation }]]))
    return node
  }

  /** As if the process had been killed. Its shards are nobody's. */
  kill(name: string): void {
    this.nodes.get(name)?.sharding.close()
    this.nodes.delete(name)
    this.bury(name)
  }

  /** The others take it for dead, though its process lives. Its shards are nobody's. */
  bury(name: string): void {
    const nodes = new Map([...this.#map.nodes].filter(([other]) => other !== name))
    const shards = this.#map.shards.map((shard) =>
      shard.owner === name ? { ...shard, owner: null } : shard,
    )
    this.#change(nodes, shards)
  }

  /** It is one of them again. */
  rejoin(name: string): void {
    const incarnation = `${name}-${++this.#processes}`
    this.#change(new Map([...this.#map.nodes, [name, { incarnation }]]))
  }

  /** The one who has it is told only with the next change, if it is to be late. */
  give(shard: number, name: string, isLate = false): void {
    const before = this.#map.shards[shard]?.owner
    const shards = this.#map.shards.map((one, index) =>
      index === shard ? { owner: name, epoch: one.epoch + 1 } : one,
    )
    this.#change(this.#map.nodes, shards, isLate ? before : undefined)
  }

  /** The same, once who has it has let go of it. */
  handOver(shard: number, name: string): void {
    const { owner, epoch } = this.#map.shards[shard] ?? {}
    const node = this.nodes.get(owner ?? '')
    if (node === undefined) {
      this.give(shard, name)
      return
    }
    void node.sharding.release(shard).then(() => {
      const now = this.#map.shards[shard]
      if (now?.owner === owner && now?.epoch === epoch && this.nodes.has(name))
        this.give(shard, name)
    })
  }

  /** It is nobody's for a while. */
  disown(shard: number): void {
    const shards = this.#map.shards.map((one, index) =>
      index === shard ? { owner: null, epoch: one.epoch + 1 } : one,
    )
    this.#change(this.#map.nodes, shards)
  }

  async openJournal(shard: number, epoch: number): Promise<ShardJournal> {
    const stream = this.#streams.get(shard) ?? new ShardStream()
    this.#streams.set(shard, stream)
    return { journal: new OwnedJournal(stream, epoch), abandon() {} }
  }

  /** What its owner wants to store is never stored, until it is not stuck any more. */
  setStuck(shard: number, isStuck: boolean): void {
    const stream = this.#streams.get(shard)
    if (stream !== undefined) stream.isStuck = isStuck
  }

  /** Lets time pass, and everything happen that is due meanwhile. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5) await this.#step(5)
  }

  /** The same in the smallest steps there are. */
  async passSlowly(ms: number): Promise<void> {
    for (let left = ms; left > 0; left--) await this.#step(1)
  }

  /** Until something is so. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    for (let passed = 0; !isSo(); passed += 5) {
      if (passed > 60_000) throw new Error(`it never came to be that ${what}`)
      await this.pass(5)
    }
  }

  close(): void {
    for (const { sharding } of this.nodes.values()) sharding.close()
  }

  async #step(ms: number): Promise<void> {
    this.clock.advance(ms)
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  #change(nodes: Owners['nodes'], shards = this.#map.shards, uninformed?: string | null): void {
    this.#map = { version: this.#map.version + 1, nodes, shards }
    for (const node of this.nodes.values()) if (node.name !== uninformed) node.follow(this.#map)
  }
}
