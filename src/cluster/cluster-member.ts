import { randomUUID } from 'node:crypto'
import { after, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Metadata } from '../store/metadata.ts'
import { ClusterError } from './cluster-error.ts'
import { Heartbeat } from './heartbeat.ts'
import { handedOver, withDraining, withNode, withoutNode, withTarget } from './map-changes.ts'
import type { NodeTraffic } from './node-traffic.ts'
import { Peers } from './peers.ts'
import { type ShardHolder, ShardHoldings } from './shard-holdings.ts'
import type { ShardMap } from './shard-map.ts'
import { SharedMap } from './shared-map.ts'
import { FENCE_CHECK_MS, FENCE_MS, LEAVE_MS, REJOIN_MS } from './timing.ts'

export interface ClusterMemberOptions {
  /** A name that no other node has, of letters, digits, `-` and `_`. */
  readonly node: string
  /** Where the map is. */
  readonly shared: Metadata
  /** Where nodes write down that they live; apart, so that who watches the map is not told of that. */
  readonly presence: Metadata
  readonly traffic: NodeTraffic
  readonly holder: ShardHolder
  readonly clock: Clock
  readonly logger: Logger
  /** Of each map that comes. */
  readonly onMap: (map: ShardMap) => void
}

/**
 * This node as one of a cluster.
 *
 *     joining ─ in the map ─▶ member ─ not in it any more, or cannot prove that it lives ─▶ joining
 *        └───────── leave ──────┴──▶ leaving ─ lets go of its shards ─▶ left
 *
 * A member has the shards that the map gives it. Whoever finds that a node is dead changes the map,
 * and everyone follows. What a node still does that does not know of its own death is refused by
 * the streams, where the new owner has begun a new epoch.
 */
export class ClusterMember {
  readonly #options: ClusterMemberOptions
  readonly #sharedMap: SharedMap
  readonly #heartbeat: Heartbeat
  readonly #peers: Peers
  readonly #holdings: ShardHoldings
  #state: 'joining' | 'member' | 'leaving' | 'left' = 'joining'
  #incarnation = ''
  #map: ShardMap
  #joinedMs = 0
  #isJoining = false
  #isHandingOver = false
  readonly #stops: (() => void)[] = []

  /** Comes to be a node. The map must have been founded. */
  static async join(options: ClusterMemberOptions): Promise<ClusterMember> {
    assertName(options.node)
    const sharedMap = new SharedMap(options.shared)
    const member = new ClusterMember(options, sharedMap, await sharedMap.read())
    await member.#start()
    return member
  }

  private constructor(options: ClusterMemberOptions, sharedMap: SharedMap, map: ShardMap) {
    const { node, presence, traffic, clock, holder } = options
    this.#options = options
    this.#sharedMap = sharedMap
    this.#map = map
    this.#heartbeat = new Heartbeat(presence, node, randomUUID(), clock)
    this.#peers = new Peers({
      self: node,
      presence,
      traffic,
      clock,
      onDead: (name, incarnation, reason) => void this.#bury(name, incarnation, reason),
    })
    this.#holdings = new ShardHoldings(node, holder, () => void this.#handOver())
  }

  get map(): ShardMap {
    return this.#map
  }

  /** Whether this node is in the cluster, as far as it can know. */
  get isMember(): boolean {
    return this.#state === 'member'
  }

  /** The shards that work on this node, in this very moment. */
  get shards(): number[] {
    return this.#holdings.shards
  }

  /** Has a shard moved to a node, which takes it when its owner has let go of it. */
  async move(shard: number, node: string): Promise<void> {
    this.#follow(await this.#sharedMap.change((map) => withTarget(map, shard, node)))
  }

  /** Has all shards of a node moved away, and none to it; or lets it have some again. */
  async drain(node: string, isDraining: boolean): Promise<void> {
    this.#follow(await this.#sharedMap.change((map) => withDraining(map, node, isDraining)))
  }

  /**
   * Lets go of everything and is no node any more.
   *
   * @throws ClusterError when it is none any more, but could not say so, or not let go of all in time
   */
  async leave(): Promise<void> {
    if (this.#state === 'leaving' || this.#state === 'left') return
    this.#state = 'leaving'
    let stopWaiting = (): void => {}
    const late = new Promise<never>((_, reject) => {
      const tooLate = (): void => reject(new ClusterError('it takes too long to leave the cluster'))
      stopWaiting = after(this.#options.clock, LEAVE_MS, tooLate)
    })
    try {
      await Promise.race([this.#takeLeave(), late])
    } finally {
      stopWaiting()
      this.stop('this node leaves the cluster')
    }
  }

  /** Ends it without a word to anyone, as if it had died. */
  stop(reason: string): void {
    if (this.#state === 'left') return
    this.#state = 'left'
    for (const stop of this.#stops) stop()
    this.#heartbeat.stop()
    this.#peers.close()
    this.#holdings.loseAll(reason)
  }

  async #start(): Promise<void> {
    const { clock } = this.#options
    this.#stops.push(await this.#sharedMap.watch((map) => this.#follow(map)))
    await this.#heartbeat.start()
    await this.#join()
    this.#stops.push(
      clock.every(FENCE_CHECK_MS, () => this.#checkFence()),
      clock.every(REJOIN_MS, () => this.#catchUp()),
    )
  }

  /** What could not be done when it was time to. */
  #catchUp(): void {
    if (this.#state === 'joining' && this.#isProven()) {
      this.#join().catch((error) => {
        this.#options.logger.warn({ err: error }, 'Cannot join the cluster yet')
      })
    }
    if (this.#holdings.released.length > 0) void this.#handOver()
  }

  async #join(): Promise<void> {
    if (this.#isJoining) return
    this.#isJoining = true
    const { node, logger, clock } = this.#options
    let incarnation: string = randomUUID()
    try {
      const map = await this.#sharedMap.change((before) => {
        // Nobody took it for dead: what is in its memory, and who uses that, is as it was.
        if (this.#isIn(before)) incarnation = this.#incarnation
        return withNode(before, node, incarnation)
      })
      if (this.#state !== 'joining') return
      this.#incarnation = incarnation
      this.#joinedMs = clock.now()
      this.#state = 'member'
      logger.info({ node }, 'Joined the cluster')
      this.#follow(map)
    } finally {
      this.#isJoining = false
    }
  }

  #follow(map: ShardMap): void {
    if (this.#state === 'left') return
    // What was read may be older than what was told meanwhile, and the other way round.
    if (map.version > this.#map.version) this.#map = map
    this.#peers.setNodes(this.#map.nodes)
    // A process that was stopped is told of old maps before it looks at its clock.
    this.#checkFence()
    if (this.#state === 'member') {
      if (this.#isIn(this.#map)) this.#holdings.follow(this.#map)
      else this.#fence('the other nodes take this one for dead')
    }
    this.#options.onMap(this.#map)
  }

  #isIn(map: ShardMap): boolean {
    return map.nodes.get(this.#options.node)?.incarnation === this.#incarnation
  }

  async #takeLeave(): Promise<void> {
    await Promise.all(this.#holdings.shards.map((shard) => this.#holdings.release(shard)))
    if (!this.#isProven()) throw new ClusterError('the other nodes cannot be reached')
    const { node } = this.#options
    const incarnation = this.#incarnation
    this.stop('this node leaves the cluster')
    await this.#sharedMap.change((map) => withoutNode(map, node, incarnation))
  }

  #checkFence(): void {
    const hasShards = this.#state === 'leaving' && this.#holdings.shards.length > 0
    if ((this.#state === 'member' || hasShards) && !this.#isProven()) {
      this.#fence('this node cannot prove to the others that it lives')
    }
  }

  /** Whether nobody can take this node for dead, yet. */
  #isProven(): boolean {
    const provenMs = Math.max(this.#heartbeat.provenMs, this.#peers.provenMs, this.#joinedMs)
    return this.#options.clock.now() - provenMs <= FENCE_MS
  }

  #fence(reason: string): void {
    if (this.#state === 'member') this.#state = 'joining'
    const { logger, node } = this.#options
    logger.error({ node, shards: this.#holdings.shards, reason }, 'Gave up all shards')
    this.#holdings.loseAll(reason)
  }

  async #bury(node: string, incarnation: string, reason: string): Promise<void> {
    if (this.#state !== 'member' || !this.#isProven()) return
    if (this.#map.nodes.get(node)?.incarnation !== incarnation) return
    const { logger } = this.#options
    try {
      const map = await this.#sharedMap.change((before) =>
        // Of two nodes that take each other for dead one is.
        this.#isIn(before) ? withoutNode(before, node, incarnation) : before,
      )
      logger.warn({ node, reason }, 'Took a node for dead')
      this.#follow(map)
    } catch (error) {
      logger.warn({ err: error, node }, 'Cannot take a dead node out of the cluster yet')
    }
  }

  async #handOver(): Promise<void> {
    if (this.#isHandingOver || this.#state !== 'member') return
    this.#isHandingOver = true
    try {
      while (this.#holdings.released.length > 0) {
        const { released } = this.#holdings
        this.#follow(
          await this.#sharedMap.change((map) =>
            released.reduce((changed, [shard, epoch]) => handedOver(changed, shard, epoch), map),
          ),
        )
        if (this.#state !== 'member') return
      }
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'Cannot hand shards over yet')
    } finally {
      this.#isHandingOver = false
    }
  }
}

/** @throws ClusterError for a name that cannot be a part of a subject. */
export function assertName(name: string): void {
  if (/^[\w-]{1,64}$/.test(name)) return
  throw new ClusterError(
    `${JSON.stringify(name)} cannot be the name of a node or cluster: up to 64 letters, digits, - and _ can`,
  )
}
