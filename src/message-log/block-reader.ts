import type { Logger } from '../base/logger.ts'
import type { Journal } from '../store/journal.ts'
import type { Block } from './block-chain.ts'
import { type PlaceVisitor, RecordReader } from './record-reader.ts'

/** Blocks up to this size are kept for the next one that asks, which may be another queue. */
const KEPT_BLOCK_BYTES = 1024 * 1024
const KEPT_BLOCKS = 4

/** Reads what the log has stored, a block at a time. */
export class BlockReader {
  readonly #journal: Journal
  readonly #logger: Logger
  readonly #reader = new RecordReader()
  readonly #kept = new Map<Block, Promise<readonly Buffer[]>>()

  constructor(journal: Journal, logger: Logger) {
    this.#journal = journal
    this.#logger = logger
  }

  /** Visits every place in the block that is stored, whether it is still one or not. */
  async read(block: Block, visitor: PlaceVisitor): Promise<void> {
    if (block.live === 0 || block.first < 0) return
    let records: readonly Buffer[]
    try {
      records = await this.#records(block)
    } catch (error) {
      // All of it may have been settled and removed meanwhile.
      if (block.live === 0) return
      throw error
    }
    for (const record of records) {
      try {
        this.#reader.read(record, visitor, null)
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
    const isComplete = !block.isOpen && block.inFlight === 0
    if (block.bytes > KEPT_BLOCK_BYTES || !isComplete) return records
    this.#kept.set(block, records)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > KEPT_BLOCKS) this.#kept.delete(oldest)
    // What could not be read now may be read later.
    records.catch(() => this.#kept.delete(block))
    return records
  }
}
