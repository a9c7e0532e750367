import { Fifo } from '../base/fifo.ts'
import type { Ticket } from './queue-log.ts'

/** A block that is as large as this part of what may be untidy gets no more records. */
const BLOCK_PART = 1 / 16
/** Dead bytes that are tolerated for each live one. */
const DEAD_PER_LIVE = 3

/** Some records that follow each other in the journal. */
export interface Block {
  /** The positions of the first and the last; -1 until they are known. */
  first: number
  last: number
  bytes: number
  /** Its bytes, and what its records cost beside them. */
  cost: number
  /** How many places of messages, of what is stored here, are still in their queues. */
  live: number
  /** About how many bytes they need. */
  liveBytes: number
  /** How many of its records are being written. */
  inFlight: number
  /** The last batch which says that messages of it have gone elsewhere; 0 when none does. */
  goneWith: Ticket
  /** Whether it has the last stamp, so that it stays, whatever else is in it. */
  isStamped: boolean
  /** Whether more records may follow. */
  isOpen: boolean
}

/**
 * The records that the journal holds, oldest first, in blocks, and how much of them is still needed.
 *
 *     [ dead ][ dead ][ 1 live ][ dead ][ 500 live ][ 20 live ]
 *      └── removed ──┘ └ a straggler: stored again at the end, when it holds up too much
 *
 * Only dead blocks at the front are removed. So whatever a record says of earlier ones, what was
 * delivered or settled, is there for as long as what it speaks of.
 */
export class BlockChain {
  readonly #untidyBytes: number
  readonly #recordCostBytes: number
  readonly #blockBytes: number
  readonly #blocks = new Fifo<Block>()
  #open: Block | null = null
  #bytes = 0
  #cost = 0
  #liveBytes = 0

  /**
   * While no more than `untidyBytes` are stored, stragglers are left where they are. Each record is as bad
   * as if it had so many bytes more: many small ones are removed, or joined, like few large ones.
   */
  constructor(untidyBytes: number, recordCostBytes = 0) {
    this.#untidyBytes = untidyBytes
    this.#recordCostBytes = recordCostBytes
    this.#blockBytes = untidyBytes * BLOCK_PART
  }

  get bytes(): number {
    return this.#bytes
  }

  get liveBytes(): number {
    return this.#liveBytes
  }

  /** Whether so little of it is needed that it is worth the effort to store that again. */
  get isUntidy(): boolean {
    return this.#cost > this.#untidyBytes && this.#cost > this.#liveBytes * (DEAD_PER_LIVE + 1)
  }

  /** The block that a record of so many bytes is going to be in. */
  begin(bytes: number): Block {
    // Who wants a small message must not have to read a large one.
    if (bytes >= this.#blockBytes && this.#open !== null) this.#close(this.#open)
    const block = this.#open ?? newBlock()
    if (this.#open === null) this.#blocks.push(block)
    this.#open = block
    block.inFlight++
    block.bytes += bytes
    this.#bytes += bytes
    const cost = bytes + this.#recordCostBytes
    block.cost += cost
    this.#cost += cost
    if (block.cost >= this.#blockBytes) this.#close(block)
    return block
  }

  /** A record of that block is safe, behind all others. */
  stored(block: Block, position: number): void {
    if (block.first < 0) block.first = position
    block.last = position
    block.inFlight--
  }

  /** So many places that are stored there are needed. */
  grow(block: Block, places: number, bytes: number): void {
    block.live += places
    block.liveBytes += bytes
    this.#liveBytes += bytes
  }

  /** So many are not any more; with that batch, if it says where they have gone instead. */
  shrink(block: Block, places: number, ticket: Ticket = 0): void {
    block.goneWith = Math.max(block.goneWith, ticket)
    const bytes =
      places === block.live ? block.liveBytes : Math.floor((block.liveBytes / block.live) * places)
    block.live -= places
    block.liveBytes -= bytes
    this.#liveBytes -= bytes
  }

  /**
   * Forgets the dead blocks at the front, and gives the position of the last record, or undefined. What
   * has gone elsewhere is only dead when that is stored, too.
   */
  takeDead(storedTicket: Ticket): number | undefined {
    let last: number | undefined
    for (let head = this.#blocks.peek(); head !== undefined; head = this.#blocks.peek()) {
      if (isNeeded(head) || head.goneWith > storedTicket) break
      this.#blocks.shift()
      this.#bytes -= head.bytes
      this.#cost -= head.cost
      last = head.last
      if (head === this.#open) this.#close(head)
    }
    return last
  }

  /**
   * The first blocks, so many bytes of them and at least one, but none that is being written. They
   * get no more records, so that what is stored again is not stored there.
   */
  closeFront(limitBytes: number): readonly Block[] {
    const front: Block[] = []
    let bytes = 0
    for (const block of this.#blocks) {
      if (block.inFlight > 0 || (bytes > 0 && bytes >= limitBytes)) break
      front.push(block)
      bytes += block.bytes
      if (block === this.#open) this.#close(block)
    }
    return front
  }

  #close(block: Block): void {
    block.isOpen = false
    this.#open = null
  }
}

const isNeeded = ({ live, inFlight, isStamped }: Block): boolean =>
  live > 0 || inFlight > 0 || isStamped

function newBlock(): Block {
  return {
    first: -1,
    last: -1,
    bytes: 0,
    cost: 0,
    live: 0,
    liveBytes: 0,
    inFlight: 0,
    goneWith: 0,
    isStamped: false,
    isOpen: true,
  }
}
