import type { Logger } from '../base/logger.ts'
import type { Message } from '../message/message.ts'
import type { Journal } from '../store/journal.ts'
import type { Block } from './block-chain.ts'
import { RecordReader } from './record-reader.ts'

/** A place as a record says it. */
export interface RecordedPlace {
  readonly queueId: number
  readonly sequence: number
  readonly expiresAt: number
}

export type VisitPlace = (place: RecordedPlace, message: () => Message) => void

/** Blocks up to this size are kept for the next one that asks, which may be another queue. */
const KEPT_BLOCK_BYTES = 1024 * 1024
const KEPT_BLOCKS = 4

/** Reads what the log has stored, a block at a time. */
export class BlockReader {
  readonly #journal: Journal
  readonly #logger: Logger
  readonly #settled: () => Promise<void>
  readonly #kept = new Map<Block, Promise<readonly Buffer[]>>()

  /** `settled` waits until all that was noted is stored. */
  constructor(journal: Journal, logger: Logger, settled: () => Promise<void>) {
    this.#journal = journal
    this.#logger = logger
    this.#settled = settled
  }

  settled(): Promise<void> {
    return this.#settled()
  }

  /** Calls back for every place in the block, whether it is still one or not. */
  async read(block: Block, visit: VisitPlace): Promise<void> {
    if (block.live === 0) return
    let records: readonly Buffer[]
    try {
      records = await this.#records(block)
    } catch (error) {
      // All of it may have been settled and removed meanwhile.
      if (block.live === 0) return
      throw error
    }
    const reader: RecordReader = new RecordReader({
      place: (queueId, sequence, _delivered, expiresAt) =>
        visit({ queueId, sequence, expiresAt }, message),
      delivered() {},
      settled() {},
    })
    const message = (): Message => reader.message()
    for (const record of records) {
      try {
        reader.read(record)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        const fields = { first: block.first, last: block.last, reason: error.message }
        this.#logger.error(fields, 'A record of the journal is malformed: its end is left out')
      }
    }
  }

  #records(block: Block): Promise<readonly Buffer[]> {
    const kept = this.#kept.get(block)
    this.#kept.delete(block)
    const records = kept ?? this.#journal.read(block.first, block.last)
    if (block.bytes > KEPT_BLOCK_BYTES || block.isOpen) return records
    this.#kept.set(block, records)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > KEPT_BLOCKS) this.#kept.delete(oldest)
    // What could not be read now may be read later.
    records.catch(() => this.#kept.delete(block))
    return records
  }
}
