import type { FieldTable } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import type { ShardedQueue } from './sharded-queue.ts'
import { WINDOW_BYTES, WINDOW_COUNT } from './window.ts'
import type { TakenMessage } from './wire/owner-words.ts'

/** What a consumer on this node is to the owner of its queue. */
export class FrontConsumer {
  readonly id: number
  readonly queue: ShardedQueue
  readonly consumer: QueueConsumer
  readonly exclusive: boolean
  /** Whether the client has given it up. What still comes goes back. */
  isCancelled = false
  /** Whether the owner has it as one, or has had it that was before. */
  isAttached = false
  readonly #tellTaken: (count: number, bytes: number) => void
  /** What has come and could not be taken yet. */
  readonly #waiting = new Fifo<TakenMessage>()
  #takenCount = 0
  #takenBytes = 0
  #nextOffset: bigint | undefined

  constructor(
    id: number,
    queue: ShardedQueue,
    consumer: QueueConsumer,
    exclusive: boolean,
    tellTaken: (count: number, bytes: number) => void,
  ) {
    this.id = id
    this.queue = queue
    this.consumer = consumer
    this.exclusive = exclusive
    this.#tellTaken = tellTaken
  }

  /** As it consumes from now on: who reads a stream goes on where it was. */
  get arguments(): FieldTable {
    if (this.#nextOffset === undefined) return this.consumer.arguments
    const offset = { type: 'l', value: this.#nextOffset } as const
    return new Map([...this.consumer.arguments, ['x-stream-offset', offset]])
  }

  /** The owner has it as one, who reads a stream from that offset if it has got nothing of it before. */
  attached(offset: number): void {
    this.isAttached = true
    if (this.queue.type === 'stream') this.#nextOffset ??= BigInt(offset)
  }

  deliver(taken: TakenMessage): void {
    if (this.queue.type === 'stream')
      this.#nextOffset = BigInt(this.queue.offsetOf(taken.place)) + 1n
    if (this.#waiting.length === 0 && this.consumer.canTake()) this.#give(taken)
    else this.#waiting.push(taken)
  }

  /** It can take more. */
  resume(): void {
    while (this.#waiting.length > 0 && this.consumer.canTake()) {
      this.#give(this.#waiting.shift() as TakenMessage)
    }
  }

  /** It is none any more: what it has not taken. */
  takeWaiting(): TakenMessage[] {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    return waiting
  }

  /** The owner is another one, who begins to count anew. */
  restart(): void {
    this.#takenCount = 0
    this.#takenBytes = 0
  }

  #give({ place, redelivered, message }: TakenMessage): void {
    this.#takenCount++
    this.#takenBytes += message.bodySize
    this.consumer.deliver(message, place, redelivered)
    if (this.#takenCount < WINDOW_COUNT / 2 && this.#takenBytes < WINDOW_BYTES / 2) return
    this.#tellTaken(this.#takenCount, this.#takenBytes)
    this.#takenCount = 0
    this.#takenBytes = 0
  }
}
