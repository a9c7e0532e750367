import { Behind } from '../../base/behind.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { Turn } from '../../base/turn.ts'
import { ClusterMember } from '../../cluster/cluster-member.ts'
import { NatsTraffic } from '../../cluster/nats-traffic.ts'
import type { ShardMap } from '../../cluster/shard-map.ts'
import { SharedMap } from '../../cluster/shared-map.ts'
import type { CompatProfile } from '../../config/compat.ts'
import type { Definition } from '../../definitions/definition.ts'
import type { DefinitionApplier } from '../../definitions/definition-applier.ts'
import { SharedDefinitions } from '../../definitions/shared-definitions.ts'
import type { ManagedCluster, NodeFacts } from '../../management/managed-cluster.ts'
import { MessageBudget } from '../../queue/message-budget.ts'
import type { QueueStorage } from '../../queue/queue-storage.ts'
import { Spill } from '../../queue/spill.ts'
import { Sharding } from '../../sharding/sharding.ts'
import type { ClusterOptions } from '../cluster-options.ts'
import { Barrier } from './barrier.ts'
import { ClusterControl } from './cluster-control.ts'
import { ClusterStores } from './cluster-stores.ts'
import { Departures } from './departures.ts'
import { KnownNodes } from './known-nodes.ts'
import { NatsBatchTraffic } from './nats-batch-traffic.ts'
import { NodeCalls } from './node-calls.ts'
import { Placement } from './placement.ts'
import { Questions } from './questions.ts'
import { Scribes } from './scribes.ts'
import { ShardJournals } from './shard-journals.ts'

export interface ClusteringOptions extends ClusterOptions {
  /** Where pages of messages may be that do not fit in memory; nothing in it outlives the process. */
  readonly dataDir: string
  readonly messageMemoryBytes: number
  readonly profile: CompatProfile
  readonly turn: Turn
  readonly clock: Clock
  readonly logger: Logger
  /** See `PersistenceOptions`. */
  readonly onFailing: (isFailing: boolean) => void
  readonly onBehind: (isBehind: boolean) => void
  /** What this node says of itself, but for its shards. */
  readonly facts: () => Promise<Omit<NodeFacts, 'shards'>>
  /** What it answers when another node has it do what was asked of that one over HTTP. */
  readonly answerNode: (question: Buffer) => Promise<Buffer>
}

/**
 * What makes a broker one of a cluster, put together: definitions that all nodes share, who owns what,
 * and the queues that may be elsewhere. Loaded only when there is a cluster.
 */
export class Clustering {
  readonly definitions: SharedDefinitions
  readonly queueStorage: QueueStorage
  readonly sharding: Sharding
  readonly #options: ClusteringOptions
  readonly #stores: ClusterStores
  readonly #questions: Questions
  readonly #journals: ShardJournals
  readonly #placement: Placement
  #member: ClusterMember | undefined
  #control: ClusterControl | undefined
  #calls: NodeCalls | undefined

  /**
   * Connects to NATS and learns what is defined, or defines `first` if that is nothing.
   *
   * @throws ConfigError, StoreError
   */
  static async open(options: ClusteringOptions, first: readonly Definition[]): Promise<Clustering> {
    const { clusterPrefix, nodeName: node, clock, logger } = options
    const stores = await ClusterStores.open(options)
    try {
      const questions = new Questions(stores.link, clusterPrefix)
      const placement = new Placement(node, options.clusterShards)
      const barrier = new Barrier(node, questions, () => placement.nodes)
      const scribes = new Scribes(node, questions, () => placement.nodes, clock)
      stores.definitions.writeElsewhere((note) => scribes.write(note))
      const definitions = await SharedDefinitions.open(
        {
          metadata: stores.definitions,
          clock,
          logger,
          placeOf: (queue) => placement.of(queue),
          barrier: (position) => barrier.pass(position),
        },
        first,
      )
      barrier.answer((position) => definitions.applied(position))
      scribes.answer(stores.definitions.scribe)
      return new Clustering({ options, stores, questions, placement, definitions })
    } catch (error) {
      await stores.close()
      throw error
    }
  }

  private constructor({ options, stores, questions, placement, definitions }: Parts) {
    const { clusterPrefix: prefix, clusterReplicas, nodeName: node, clock, logger } = options
    const { link, spill } = stores
    const behind = new Behind(options.onBehind)
    this.#options = options
    this.#stores = stores
    this.#questions = questions
    this.#placement = placement
    this.definitions = definitions
    this.#journals = new ShardJournals(link, prefix, clusterReplicas, logger)
    this.queueStorage = {
      budget: new MessageBudget(options.messageMemoryBytes),
      spill: spill === undefined ? null : new Spill(spill.file, behind.source(), logger),
      clock,
      logger,
    }
    this.sharding = new Sharding({
      ...options,
      node,
      traffic: new NatsBatchTraffic({ link, prefix, clock, logger }),
      openJournal: (shard, epoch) => this.#journals.open(shard, epoch),
      storage: this.queueStorage,
      told: () => definitions.applied(),
      onBehind: behind.source(),
    })
  }

  /** Undefined until it has joined. */
  get control(): ManagedCluster | undefined {
    return this.#control
  }

  /**
   * Becomes one of the cluster, which is founded if there is none yet. What was loaded is in memory, and
   * `applier` brings there what comes.
   */
  async join(applier: DefinitionApplier): Promise<void> {
    const { clusterPrefix, clusterShards, nodeName: node, clock, logger, facts } = this.#options
    const { link, shared, presence } = this.#stores
    const { sharding, definitions } = this
    definitions.follow(applier)
    const departures = new Departures(definitions)
    const follow = (map: ShardMap): void => {
      this.#placement.follow(map)
      sharding.follow(map)
      departures.follow(map)
    }
    await new SharedMap(shared).found(clusterShards, (count) => this.#journals.create(count))
    const member = await ClusterMember.join({
      node,
      shared,
      presence,
      traffic: new NatsTraffic(link, clusterPrefix),
      holder: sharding,
      clock,
      logger,
      onMap: follow,
    })
    this.#member = member
    const { shards } = member.map
    if (shards.length !== clusterShards) {
      logger.warn(
        { shards: shards.length, clusterShards },
        'The cluster has another number of shards',
      )
    }
    const known = new KnownNodes({
      member,
      presence,
      node,
      questions: this.#questions,
      facts: async () => ({ ...(await facts()), shards: sharding.shardStates }),
    })
    const calls = new NodeCalls({
      ...{ link, node, clock, logger, prefix: clusterPrefix },
      answer: this.#options.answerNode,
    })
    this.#calls = calls
    this.#control = new ClusterControl(node, member, known, calls)
  }

  /** Lets go of everything; resolves when all of it is stored. */
  async close(): Promise<void> {
    const { logger } = this.#options
    await this.#member?.leave().catch((error) => {
      logger.warn({ err: error }, 'Left the cluster without saying so')
      this.#stores.giveUp()
    })
    await this.definitions.close()
    this.sharding.close()
    this.#calls?.close()
    await this.#stores.close()
  }
}

interface Parts {
  readonly options: ClusteringOptions
  readonly stores: ClusterStores
  readonly questions: Questions
  readonly placement: Placement
  readonly definitions: SharedDefinitions
}
