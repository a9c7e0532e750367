import type { Block, BlockChain } from './block-chain.ts'
import type { QueuePlaces } from './queue-places.ts'
import {
  type PlaceVisitor,
  type RecordedPlace,
  RecordReader,
  type RunVisitor,
} from './record-reader.ts'
import type { Stamps } from './stamps.ts'

/**
 * Finds out from the records, oldest first, what is in the queues: the last word counts. It looks at
 * the heads of entries only, and keeps no message.
 */
export class Recovery implements PlaceVisitor, RunVisitor {
  readonly #chain: BlockChain
  readonly #stamps: Stamps
  readonly #findQueue: (queueId: number) => QueuePlaces
  readonly #reader = new RecordReader()
  #queue: QueuePlaces | undefined
  #block: Block | undefined

  constructor(chain: BlockChain, stamps: Stamps, findQueue: (queueId: number) => QueuePlaces) {
    this.#chain = chain
    this.#stamps = stamps
    this.#findQueue = findQueue
  }

  /** Throws as `RecordReader` does, and keeps what was whole. */
  read(position: number, record: Buffer): void {
    const block = this.#chain.begin(record.length)
    this.#chain.stored(block, position)
    this.#block = block
    this.#reader.read(record, this, this)
  }

  place(place: RecordedPlace): void {
    this.#find(place.queueId).recover(place, this.#block as Block)
  }

  delivered(queueId: number, from: number, count: number): void {
    this.#find(queueId).recoverDelivered(from, count)
  }

  settled(queueId: number, from: number, count: number): void {
    const queue = this.#find(queueId)
    queue.spokenOf(from + count - 1)
    if (count === 1) queue.forget(from)
    else queue.forgetRange(from, from + count - 1)
  }

  stamp(stamp: Buffer): void {
    this.#stamps.recover(Buffer.from(stamp), this.#block as Block)
  }

  /** The last queue that was spoken of mostly is the next one too. */
  #find(queueId: number): QueuePlaces {
    if (this.#queue?.queueId !== queueId) this.#queue = this.#findQueue(queueId)
    return this.#queue as QueuePlaces
  }
}
