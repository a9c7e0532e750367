import { join } from 'node:path'
import { Behind } from '../base/behind.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import { MessageLog } from '../message-log/message-log.ts'
import type { QueueDefinitions } from '../message-log/queue-definitions.ts'
import { MessageBudget } from '../queue/message-budget.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { Spill } from '../queue/spill.ts'
import { DataDirectory } from '../store/data-directory.ts'
import type { Durability } from '../store/journal.ts'
import type { Metadata } from '../store/metadata.ts'
import { SpillFile } from '../store/spill/spill-file.ts'

export interface PersistenceOptions {
  readonly dataDir: string
  readonly durability: Durability
  readonly messageMemoryBytes: number
  readonly turn: Turn
  readonly clock: Clock
  readonly logger: Logger
  /** See `MessageLogOptions`. */
  readonly definitions: QueueDefinitions
  /** The journal refuses what is to be stored, or takes it again. */
  readonly onFailing: (isFailing: boolean) => void
  /** Publishers are faster than the disk, or not any more. */
  readonly onBehind: (isBehind: boolean) => void
}

/**
 * What a broker with a data directory keeps there, put together: definitions, the message log, and
 * what of the queues does not fit in memory. Loaded only when there is such a directory, since the
 * engines take their time.
 */
export class Persistence {
  readonly metadata: Metadata
  readonly messageLog: MessageLog
  readonly queueStorage: QueueStorage
  readonly #directory: DataDirectory
  readonly #spillFile: SpillFile

  /** @throws StoreError as `DataDirectory.open` does. */
  static async open(options: PersistenceOptions): Promise<Persistence> {
    const { dataDir, durability, logger } = options
    const directory = await DataDirectory.open(dataDir, durability, (damage) =>
      logger.error({ ...damage }, 'Damaged records of the journal are left out'),
    )
    try {
      const spillFile = await SpillFile.open(join(dataDir, 'spill'))
      return new Persistence(options, directory, spillFile)
    } catch (error) {
      await directory.close()
      throw error
    }
  }

  private constructor(options: PersistenceOptions, directory: DataDirectory, spillFile: SpillFile) {
    const { clock, logger, messageMemoryBytes, onBehind } = options
    const behind = new Behind(onBehind)
    this.#directory = directory
    this.#spillFile = spillFile
    this.metadata = directory.metadata
    this.messageLog = new MessageLog({
      ...options,
      journal: directory.journal,
      onBehind: behind.source(),
    })
    this.queueStorage = {
      budget: new MessageBudget(messageMemoryBytes),
      spill: new Spill(spillFile, behind.source(), logger),
      clock,
      logger,
    }
  }

  /** Waits until everything is stored. */
  async close(): Promise<void> {
    await this.messageLog.close()
    await this.#spillFile.close()
    await this.#directory.close()
  }
}
