import { randomUUID } from 'node:crypto'
import type { Logger } from '../base/logger.ts'
import { definitionsNotStored, queueIdsUsedUp } from '../reasons.ts'
import type { Metadata } from '../store/metadata.ts'

/** Where it is kept which ids are free: the first of them, and by whom that was written. */
export const QUEUE_IDS_KEY = 'queue-ids'

/** What a message log has room for. */
const LAST_QUEUE_ID = 0xffff_ffff

/** As many queues may be declared in the time that it takes to get another block, and more. */
const BLOCK_SIZE = 20_000

interface Block {
  next: number
  readonly end: number
}

/** Ids for the queues that a node declares: it takes blocks of them for itself, ahead of time. */
export class QueueIdBlocks {
  readonly #metadata: Metadata
  readonly #logger: Logger
  #block: Block = { next: 1, end: 1 }
  #spare: Block | undefined
  #isTaking = false
  #isUsedUp = false

  constructor(metadata: Metadata, logger: Logger) {
    this.#metadata = metadata
    this.#logger = logger
  }

  /** Has to be called once before any id is asked for. */
  async takeFirst(): Promise<void> {
    this.#block = await this.#take()
  }

  /** The first of so many ids; throws 406 when there are none. */
  next(count: number): number {
    if (this.#left < count && this.#spare !== undefined) {
      this.#block = this.#spare
      this.#spare = undefined
    }
    if (this.#left < BLOCK_SIZE / 2) void this.#takeSpare()
    if (this.#left < count) throw this.#isUsedUp ? queueIdsUsedUp() : definitionsNotStored()
    const first = this.#block.next
    this.#block.next += count
    return first
  }

  get #left(): number {
    return this.#block.end - this.#block.next
  }

  async #takeSpare(): Promise<void> {
    if (this.#isTaking || this.#spare !== undefined || this.#isUsedUp) return
    this.#isTaking = true
    try {
      this.#spare = await this.#take()
    } catch (error) {
      this.#logger.error({ err: error }, 'Cannot get more ids for queues; this is tried again')
    } finally {
      this.#isTaking = false
    }
  }

  async #take(): Promise<Block> {
    for (;;) {
      const before = await this.#metadata.read(QUEUE_IDS_KEY)
      const next = before === undefined ? 1 : (JSON.parse(before) as { next: number }).next
      const end = next + BLOCK_SIZE
      if (end > LAST_QUEUE_ID) {
        this.#isUsedUp = true
        throw queueIdsUsedUp()
      }
      const after = JSON.stringify({ next: end, by: randomUUID() })
      if (await this.#metadata.replace(QUEUE_IDS_KEY, before, after)) return { next, end }
    }
  }
}
