import type { Logger } from '../base/logger.ts'
import type { Journal } from '../store/journal.ts'
import type { Block } from './block-chain.ts'
import { type PlaceVisitor, RecordReader } from './record-reader.ts'

/** Blocks up to this size are kept for the next one that asks, which may be another queue. */
const KEPT_BLOCK_BYTES = 1024 * 1024
const KEPT_BLOCKS = 4

interface KeptBlock {
  readonly block: Block
  readonly records: Promise<readonly Buffer[]>
}

/** Reads what the log has stored, a block at a time. */
export class BlockReader {
  readonly #journal: Journal
  readonly #logger: Logger
  readonly #reader = new RecordReader()
  /**
   * The latest at the end. Not a map: one to which is added and from which is taken all the time leaves
   * tables behind, each of which holds the next, and with them what was read stays in memory.
   */
  readonly #kept: KeptBlock[] = []

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
    const records = this.#take(block) ?? this.#journal.read(block.first, block.last)
    const isComplete = !block.isOpen && block.inFlight === 0
    if (block.bytes > KEPT_BLOCK_BYTES || !isComplete) return records
    this.#kept.push({ block, records })
    if (this.#kept.length > KEPT_BLOCKS) this.#kept.shift()
    // What could not be read now may be read later.
    records.catch(() => {
      void this.#take(block)
    })
    return records
  }

  #take(block: Block): Promise<readonly Buffer[]> | undefined {
    const at = this.#kept.findIndex((kept) => kept.block === block)
    return at < 0 ? undefined : this.#kept.splice(at, 1)[0]?.records
  }
}
