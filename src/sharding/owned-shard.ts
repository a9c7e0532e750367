import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import { MessageLog } from '../message-log/message-log.ts'
import type { Journal } from '../store/journal.ts'
import type { PlaceOwner } from './place-owner.ts'

/** A shard's journal while this node owns it. */
export interface ShardJournal {
  readonly journal: Journal
  /** It is another's: nothing is written any more, and nothing waited for. */
  abandon(): void
}

export interface OwnedShardOptions {
  readonly shard: number
  readonly epoch: number
  readonly turn: Turn
  readonly clock: Clock
  readonly logger: Logger
  readonly openJournal: () => Promise<ShardJournal>
  readonly told: () => Promise<void>
  /** What the message log knows the shard's queues by. */
  readonly queueIds: () => readonly number[]
  readonly newOwner: (parts: { log: MessageLog; stamp: Buffer | undefined }) => PlaceOwner
  readonly onFailing: (isFailing: boolean) => void
  readonly onFailed: (error: unknown) => void
}

export interface ShardState {
  readonly shard: number
  readonly epoch: number
  readonly state: 'opening' | 'claiming' | 'serving' | 'closed'
  readonly queues: number
  readonly messages: number
  readonly sessions: number
}

/**
 * A record is a message of a stream, and the next owner has to ask for each. As many bytes more are read in
 * the same time.
 */
const RECORD_COST_BYTES = 8192
/** How long what is on its way elsewhere is waited for, before the end and after it. */
const ARRIVAL_MS = 1000

/**
 * A shard that this node owns, with its journal and message log.
 *
 *     opening ─ journal taken over and read ─▶ open ─ release ─▶ everything stored, closed
 *        └──────────── lost ────────────────────┴──▶ abandoned
 */
export class OwnedShard {
  readonly #options: OwnedShardOptions
  #owner: PlaceOwner | undefined
  #log: MessageLog | undefined
  #journal: ShardJournal | undefined
  #isEnding = false
  readonly #opened: Promise<void>

  constructor(options: OwnedShardOptions) {
    this.#options = options
    this.#opened = this.#open().catch((error) => {
      if (!this.#isEnding) options.onFailed(error)
    })
  }

  get state(): ShardState {
    const { shard, epoch } = this.#options
    const owner = this.#owner
    return {
      shard,
      epoch,
      state: owner?.state ?? 'opening',
      queues: owner?.queueCount ?? 0,
      messages: owner?.messageCount ?? 0,
      sessions: owner?.sessionCount ?? 0,
    }
  }

  /** Resolves when all is stored that was noted, and nothing is under way. */
  async release(): Promise<void> {
    this.#isEnding = true
    await this.#opened
    // What has not arrived is there for the next owner, which would send it once more. It may be that it goes
    // to this very shard, where it can only arrive now.
    await this.#whenNothingIsUnderWay()
    this.#owner?.close()
    await this.#whenNothingIsUnderWay()
    await this.#log?.close()
    await this.#journal?.journal.close()
  }

  abandon(): void {
    this.#isEnding = true
    this.#owner?.close()
    this.#log?.abandon()
    this.#journal?.abandon()
  }

  async #whenNothingIsUnderWay(): Promise<void> {
    await this.#owner?.underWay.whenNone(this.#options.clock, ARRIVAL_MS)
  }

  async #open(): Promise<void> {
    const { shard, epoch, openJournal, told, queueIds, newOwner, logger } = this.#options
    const journal = await openJournal()
    this.#journal = journal
    if (this.#isEnding) return journal.abandon()
    const log = this.#newLog(journal)
    this.#log = log
    // What is in no queue that is known anywhere was in one that was deleted. Nothing is in the journal by now
    // whose queue had not been defined before.
    await Promise.all([log.recover(), told()])
    if (this.#isEnding) return journal.abandon()
    const count = log.keepOnly(new Set(queueIds()))
    if (count > 0) logger.info({ shard, count }, 'Dropped messages of queues that were deleted')
    this.#owner = newOwner({ log, stamp: log.stamp })
    logger.info({ shard, epoch, messages: log.count }, 'Took a shard over')
  }

  #newLog({ journal }: ShardJournal): MessageLog {
    const { turn, clock, logger, onFailing, onFailed } = this.#options
    return new MessageLog({
      journal,
      turn,
      clock,
      logger,
      recordCostBytes: RECORD_COST_BYTES,
      onFailing,
      // Who publishes is held back by what is not confirmed.
      onBehind() {},
      stamp: () => this.#owner?.takeStamp(),
      onLost: (reason) => {
        if (this.#isEnding) return
        this.abandon()
        onFailed(reason)
      },
    })
  }
}
