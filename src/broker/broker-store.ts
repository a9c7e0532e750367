import type { Clock } from '../base/clock.ts'
import type { CompatProfile } from '../config/compat.ts'
import type { Definition, QueueDefinition } from '../definitions/definition.ts'
import type { DefinitionApplier } from '../definitions/definition-applier.ts'
import { type DefinitionStore, noDefinitions } from '../definitions/definition-store.ts'
import { Definitions } from '../definitions/definitions.ts'
import {
  beginDefinitions,
  loadDefinitions,
  StoredDefinitions,
} from '../definitions/stored-definitions.ts'
import type { ManagedCluster } from '../management/managed-cluster.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import { memoryOnly } from '../queue/queue-storage.ts'
import { priorityLevelsOf } from '../queue/settings.ts'
import { StoreError } from '../store/store-error.ts'
import { type DelayQueueFactory, delayQueueFactory } from '../vhost/delay-queue-factory.ts'
import { type QueueFactory, queueFactory } from '../vhost/queue-factory.ts'
import type { Clustering, ClusteringOptions } from './cluster/clustering.ts'
import type { Persistence, PersistenceOptions } from './persistence.ts'

export type StoreOptions = Omit<PersistenceOptions, 'definitions'> & ClusteringOptions

/**
 * What outlives a broker, and where its queues are: definitions, and the log of messages, in a data
 * directory; or those that it shares with the other nodes of a cluster. With neither it keeps nothing.
 */
export class BrokerStore {
  readonly #clock: Clock
  readonly #profile: CompatProfile
  #persistence: Persistence | undefined
  #definitions: Definitions | undefined
  #clustering: Clustering | undefined

  constructor(clock: Clock, profile: CompatProfile) {
    this.#clock = clock
    this.#profile = profile
  }

  /**
   * Gives what is stored, or `first` if that is nothing.
   *
   * @throws StoreError as `DataDirectory.open` and `Clustering.open` do, and for messages without
   * definitions
   */
  async open(first: readonly Definition[], options: StoreOptions): Promise<StoredDefinitions> {
    if (options.cluster.length === 0) return this.#openDirectory(first, options)
    const { Clustering } = await import('./cluster/clustering.ts')
    this.#clustering = await Clustering.open(options, first)
    return this.#clustering.definitions.loaded
  }

  async #openDirectory(
    first: readonly Definition[],
    options: StoreOptions,
  ): Promise<StoredDefinitions> {
    const { dataDir, logger } = options
    if (dataDir === 'none') return new StoredDefinitions(first)
    // Loaded only here: who keeps nothing is not to wait for a database.
    const { Persistence } = await import('./persistence.ts')
    this.#persistence = await Persistence.open({
      ...options,
      definitions: {
        pending: () => this.#definitions?.pending(),
        isQueueStored: (id) => this.#definitions?.isQueueStored(id) ?? true,
      },
    })
    const { metadata, messageLog } = this.#persistence
    const [found] = await Promise.all([loadDefinitions(metadata), messageLog.recover()])
    // Without their queues, messages would be dropped for good.
    if (found === undefined && messageLog.count > 0) {
      throw new StoreError(
        `the data directory ${dataDir} has messages but no definitions: put definitions.mdb back, or remove the folder journal to do without them`,
      )
    }
    const stored = found ?? (await beginDefinitions(metadata, first))
    const lastQueueId = Math.max(0, ...allLogIds(stored), messageLog.highestQueueId)
    this.#definitions = new Definitions(metadata, logger, lastQueueId, () =>
      messageLog.refuseProvisional(),
    )
    return stored
  }

  get definitions(): DefinitionStore {
    return this.#clustering?.definitions ?? this.#definitions ?? noDefinitions
  }

  /** Null when nothing is stored. */
  get messageLog(): TicketSource | null {
    return this.#clustering?.sharding.tickets ?? this.#persistence?.messageLog ?? null
  }

  /** Those of publishes to queues that may be on other nodes; undefined for a broker alone. */
  get nodeTickets(): TicketSource | undefined {
    return this.#clustering?.sharding.tickets
  }

  get queueFactory(): QueueFactory {
    if (this.#clustering !== undefined) return this.#clustering.sharding.queueFactory
    const { messageLog, queueStorage } = this.#persistence ?? {}
    const logOf = (id: number): QueueLog | null => messageLog?.queueLog(id) ?? null
    return queueFactory(queueStorage, logOf, messageLog ?? null, this.#profile)
  }

  get delayQueueFactory(): DelayQueueFactory {
    const { queueStorage } = this.#clustering ?? this.#persistence ?? {}
    const storage = queueStorage ?? { ...memoryOnly(), clock: this.#clock }
    const here = delayQueueFactory(storage, this.#persistence?.messageLog)
    const sharding = this.#clustering?.sharding
    return (delays) => {
      const { id, place } = delays
      if (sharding === undefined || place === undefined || id === null) return here(delays)
      return sharding.createDelays(place, { ...delays, id })
    }
  }

  /** The cluster that this broker has joined. */
  get cluster(): ManagedCluster | undefined {
    return this.#clustering?.control
  }

  /** Drops messages of queues that are no more, and says how many that were. */
  keepOnly(stored: StoredDefinitions): number {
    return this.#persistence?.messageLog.keepOnly(new Set(allLogIds(stored))) ?? 0
  }

  /** Becomes one of a cluster, if there is one: everything that is stored is in memory. */
  async join(applier: DefinitionApplier): Promise<void> {
    await this.#clustering?.join(applier)
  }

  /** Waits until everything is stored. */
  async close(): Promise<void> {
    await this.#definitions?.close()
    await this.#persistence?.close()
    await this.#clustering?.close()
  }
}
/** What the message log knows of. */
function allLogIds(stored: StoredDefinitions): number[] {
  const exchangeIds = stored.of('exchange').flatMap(({ id }) => (id === undefined ? [] : [id]))
  return [...stored.of('queue').flatMap(logIdsOf), ...exchangeIds]
}

/** What the message log knows a queue by: one id a priority, and one for what is to come to it later. */
function logIdsOf(queue: QueueDefinition): number[] {
  const { id, delayId } = queue
  const ids = Array.from({ length: priorityLevelsOf(queue) }, (_, priority) => id + priority)
  return delayId === undefined ? ids : [...ids, delayId]
}
