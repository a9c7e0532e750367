import { CONTENT_HEADER_MIN_SIZE, encodeContentHeaderFrame, FRAME_OVERHEAD } from 'amqp-codec'
import { Message, NO_MORE_RUNS } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import type { Chunk } from './chunk.ts'
import { matches, type StreamFilter } from './stream-filter.ts'

/** What consumers hold of a delivery until they have settled it. */
const NOTHING = new Message(
  PublishAddress.of('', ''),
  encodeContentHeaderFrame(0, 0, {}),
  0,
  CONTENT_HEADER_MIN_SIZE + FRAME_OVERHEAD,
  NO_MORE_RUNS,
)

/** Where a reader begins, and what it is not to get. */
export interface ReaderStart {
  readonly offset: number
  /** What came before that time is passed over; 0 when nothing is. */
  readonly notBeforeMs: number
  readonly filter: StreamFilter | null
}

/** A consumer of a stream and its place in it. */
export class StreamReader {
  readonly consumer: QueueConsumer
  /** The offset that it has not seen yet. */
  position: number
  #notBeforeMs: number
  readonly #filter: StreamFilter | null

  constructor(consumer: QueueConsumer, { offset, notBeforeMs, filter }: ReaderStart) {
    this.consumer = consumer
    this.position = offset
    this.#notBeforeMs = notBeforeMs
    this.#filter = filter
  }

  /**
   * Delivers what the consumer can take of the chunk, which has its position, and says how many messages
   * that were.
   */
  read(chunk: Chunk): number {
    const { consumer } = this
    const { messages } = chunk
    const wantsAll = this.#filter === null && this.#notBeforeMs === 0
    const first = chunk.indexOf(this.position)
    if (wantsAll && consumer.deliverRun !== undefined) {
      const next = first < messages.length ? consumer.deliverRun(NOTHING, chunk, first) : first
      this.position = next < messages.length ? chunk.sequenceAt(next) : chunk.end
      return next - first
    }
    let count = 0
    for (let index = first; index < messages.length; index++) {
      if (!consumer.canTake()) return count
      const offset = chunk.sequenceAt(index)
      this.position = offset + 1
      if (!this.#wants(chunk, index)) continue
      count++
      // What is delivered never comes back, so that nobody has to keep it.
      consumer.deliver(NOTHING, offset, false, messages[index] as Message)
    }
    this.position = chunk.end
    return count
  }

  #wants(chunk: Chunk, index: number): boolean {
    if (this.#notBeforeMs > 0) {
      if (chunk.timeAt(index) < this.#notBeforeMs) return false
      // Times only grow.
      this.#notBeforeMs = 0
    }
    return this.#filter === null || matches(this.#filter, chunk.filterValueAt(index))
  }
}
