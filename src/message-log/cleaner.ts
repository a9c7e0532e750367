import type { Logger } from '../base/logger.ts'
import type { Batch, TicketListener } from './batch.ts'
import type { Block, BlockChain } from './block-chain.ts'
import type { BlockReader } from './block-reader.ts'
import type { LogEntry, LogPlace } from './log-entry.ts'
import type { QueuePlaces } from './queue-places.ts'
import type { Stamps } from './stamps.ts'
import { Stragglers } from './stragglers.ts'

/** So much is looked through for stragglers for each byte that came in, so that it cannot get ahead. */
const PASSED_PER_STORED = 2

export interface CleanerOptions {
  readonly batch: Batch
  readonly chain: BlockChain
  readonly reader: BlockReader
  readonly stamps: Stamps
  readonly logger: Logger
  readonly findQueue: (queueId: number) => QueuePlaces | undefined
  /** Calls back when all that was noted until now is stored, and before the next record is thought of. */
  readonly listen: (listener: TicketListener) => void
}

/** A message that is being stored again. */
interface Move {
  readonly entry: LogEntry
  readonly from: Block
  readonly to: Block
}

/** Has the stragglers of the first blocks stored again; when they are, the blocks are dead. */
export class Cleaner {
  readonly #options: CleanerOptions
  #moves: Move[] = []
  #isBusy = false

  constructor(options: CleanerOptions) {
    this.#options = options
  }

  /** Goes on, if there is something to do; so many bytes have come in last. */
  clean(newBytes: number): void {
    if (this.#isBusy || !this.#options.chain.isUntidy) return
    this.#isBusy = true
    void this.#noteStragglers(newBytes * PASSED_PER_STORED)
  }

  /** Before records are made: what is to be stored again may have been delivered since, or be gone. */
  bringUpToDate(): void {
    for (const entry of this.#options.batch.entries) {
      if (entry.block !== null) bringUpToDate(entry, entry.block)
    }
  }

  /** The straggler is in a record of that block, which is not safe yet. */
  move(entry: LogEntry, from: Block, to: Block): void {
    this.#moves.push({ entry, from, to })
  }

  /** What was stored again is no longer needed where it was. */
  moved(): void {
    for (const move of this.#moves) this.#moved(move)
    this.#moves = []
  }

  async #noteStragglers(limitBytes: number): Promise<void> {
    const { batch, chain, reader, stamps, logger, findQueue, listen } = this.#options
    try {
      for (const block of chain.closeFront(limitBytes)) {
        const stragglers = new Stragglers(block, findQueue)
        await reader.read(block, stragglers)
        for (const entry of stragglers.entries) batch.add(entry)
        if (stamps.leave(block)) batch.note()
      }
    } catch (error) {
      logger.error({ err: error }, 'The journal could not be read to make it smaller')
    }
    listen({ stored: () => (this.#isBusy = false) })
  }

  #moved({ entry, from, to }: Move): void {
    const { chain } = this.#options
    for (let place: LogPlace | null = entry; place !== null; place = place.next) {
      const { queue, sequence } = place
      if (queue === null || !queue.isAt(sequence, from)) continue
      chain.grow(to, 1, Math.floor(entry.bytes / entry.liveCount))
      queue.move(sequence, to)
      chain.shrink(from, 1)
    }
  }
}

function bringUpToDate(entry: LogEntry, from: Block): void {
  for (let place: LogPlace | null = entry; place !== null; place = place.next) {
    const { queue, sequence } = place
    if (queue === null) continue
    if (queue.isAt(sequence, from)) place.delivered = queue.wasDelivered(sequence)
    else entry.remove(place)
  }
}
