import type { Definition, QueueDefinition } from '../definitions/definition.ts'
import { type DefinitionStore, noDefinitions } from '../definitions/definition-store.ts'
import { Definitions } from '../definitions/definitions.ts'
import {
  beginDefinitions,
  loadDefinitions,
  StoredDefinitions,
} from '../definitions/stored-definitions.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { priorityLevelsOf } from '../queue/settings.ts'
import { StoreError } from '../store/store-error.ts'
import type { Persistence, PersistenceOptions } from './persistence.ts'

type StoreOptions = Omit<PersistenceOptions, 'definitionsStored'>

/**
 * What outlives a broker: its definitions, and the log of its messages. With `none` for a data directory
 * it is empty, and keeps nothing.
 */
export class BrokerStore {
  #persistence: Persistence | undefined
  #definitions: Definitions | undefined

  /**
   * Gives what is stored, or `first` if that is nothing.
   *
   * @throws StoreError as `DataDirectory.open` does, and for messages without definitions
   */
  async open(first: readonly Definition[], options: StoreOptions): Promise<StoredDefinitions> {
    const { dataDir, logger } = options
    if (dataDir === 'none') return new StoredDefinitions(first)
    // Loaded only here: who keeps nothing is not to wait for a database.
    const { Persistence } = await import('./persistence.ts')
    this.#persistence = await Persistence.open({
      ...options,
      definitionsStored: () => this.#definitions?.pending(),
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
    this.#definitions = new Definitions(metadata, logger, lastQueueId)
    return stored
  }

  get definitions(): DefinitionStore {
    return this.#definitions ?? noDefinitions
  }

  /** Null when nothing is stored. */
  get messageLog(): MessageLog | null {
    return this.#persistence?.messageLog ?? null
  }

  get queueStorage(): QueueStorage | undefined {
    return this.#persistence?.queueStorage
  }

  /** Drops messages of queues that are no more, and says how many that were. */
  keepOnly(stored: StoredDefinitions): number {
    return this.messageLog?.keepOnly(new Set(allLogIds(stored))) ?? 0
  }

  /** Waits until everything is stored. */
  async close(): Promise<void> {
    await this.#definitions?.close()
    await this.#persistence?.close()
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
