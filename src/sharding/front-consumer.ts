import type { FieldTable } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import type { ShardedQueue } from './sharded-queue.ts'
import { WINDOW_BYTES, WINDOW_COUNT } from './window.ts'
import type { TakenMessage } from './wire/owner-words.ts'

/** Where the owner is told of a consumer. */
export interface ConsumerLine {
  /** It may be sent so many more messages, with bodies of so many more octets. */
  credit(count: number, bytes: number): void
  /** `endTurn` is to be called at the end of this turn. */
  schedule(): void
}

/**
 * What a consumer on this node is to the owner of its queue.
 *
 * It is sent messages ahead of its taking them, which wait here until it can. But where it shares a limit with
 * others, it asks for no more than that leaves; and as others may be faster, what the limit does not allow goes
 * back, and so does all else that has been asked for, since nothing is to overtake it.
 */
export class FrontConsumer {
  readonly id: number
  readonly queue: ShardedQueue
  readonly consumer: QueueConsumer
  readonly exclusive: boolean
  /** Whether the client has given it up. What still comes goes back. */
  isCancelled = false
  /** Whether the owner has it as one, or has had it that was before. */
  isAttached = false
  readonly #line: ConsumerLine
  /** What has come and could not be taken yet. */
  readonly #waiting = new Fifo<TakenMessage>()
  /** Places of what has been taken in this turn, if the client does not acknowledge. */
  #delivered: number[] = []
  /** What the owner may not send of the window: it was taken, went back, or was never asked for. */
  #usedCount = 0
  #usedBytes = 0
  #isRefusing = false
  #nextOffset: bigint | undefined

  constructor(
    id: number,
    queue: ShardedQueue,
    consumer: QueueConsumer,
    exclusive: boolean,
    line: ConsumerLine,
  ) {
    this.id = id
    this.queue = queue
    this.consumer = consumer
    this.exclusive = exclusive
    this.#line = line
  }

  /** As it consumes from now on: who reads a stream goes on where it was. */
  get arguments(): FieldTable {
    if (this.#nextOffset === undefined) return this.consumer.arguments
    const offset = { type: 'l', value: this.#nextOffset } as const
    return new Map([...this.consumer.arguments, ['x-stream-offset', offset]])
  }

  /** An owner begins to send: how many it may. What an owner before it has sent still waits, as far as it is held. */
  openWindow(): number {
    const waiting = this.#takeWaiting()
    for (const taken of waiting) this.#waiting.push(taken)
    const window = this.#window
    this.#usedCount = Math.max(0, WINDOW_COUNT - Math.max(window, waiting.length))
    this.#usedBytes = 0
    this.#isRefusing = false
    return Math.max(0, window - waiting.length)
  }

  /** The owner has it as one, who reads a stream from that offset if it has got nothing of it before. */
  attached(offset: number): void {
    this.isAttached = true
    if (this.queue.type === 'stream') this.#nextOffset ??= BigInt(offset)
  }

  deliver(taken: TakenMessage): void {
    if (this.queue.type === 'stream')
      this.#nextOffset = BigInt(this.queue.offsetOf(taken.place)) + 1n
    if (this.#isRefusing) this.#refuse([taken])
    else if (this.#waiting.length === 0 && this.consumer.canTake()) this.#give(taken)
    else this.#keep(taken)
    this.#ask()
  }

  /** It can take more. */
  resume(): void {
    while (this.#waiting.length > 0 && this.consumer.canTake()) {
      const taken = this.#waiting.shift() as TakenMessage
      // Another owner may have given it to somebody else.
      if (!this.queue.isHeld(taken)) continue
      if (this.consumer.noAck) this.queue.held.take(taken.place)
      this.#give(taken)
    }
    this.#refuseBeyondLimit()
    this.#ask()
  }

  /** It is none any more. */
  putBackWaiting(): void {
    this.queue.putBack(this.#takeWaiting())
  }

  /** Tells the owner what clients have that do not acknowledge. */
  endTurn(): void {
    const delivered = this.#delivered
    this.#delivered = []
    this.queue.delivered(delivered)
  }

  #give({ place, redelivered, message }: TakenMessage): void {
    this.#use(message.bodySize)
    this.consumer.deliver(message, place, redelivered)
    if (!this.consumer.noAck) return
    if (this.#delivered.length === 0) this.#line.schedule()
    this.#delivered.push(place)
  }

  #keep(taken: TakenMessage): void {
    // What is given at once need not be held.
    if (this.consumer.noAck) this.queue.hold(taken.place, taken.message, this.id)
    this.#waiting.push(taken)
    this.#refuseBeyondLimit()
  }

  /** A stream has nothing to take back. */
  #refuseBeyondLimit(): void {
    if (this.#waiting.length === 0 || this.consumer.sharedCredit !== 0) return
    if (this.queue.type !== 'stream') this.#refuse(this.#takeWaiting())
  }

  #refuse(taken: readonly TakenMessage[]): void {
    this.#isRefusing = true
    for (const { message } of taken) this.#use(message.bodySize)
    this.queue.putBack(taken)
  }

  #takeWaiting(): TakenMessage[] {
    const waiting = [...this.#waiting].filter((taken) => this.queue.isHeld(taken))
    this.#waiting.clear()
    return waiting
  }

  #use(bytes: number): void {
    this.#usedCount++
    this.#usedBytes += bytes
  }

  get #window(): number {
    return Math.min(WINDOW_COUNT, this.consumer.sharedCredit ?? WINDOW_COUNT)
  }

  /** Lets the owner send more, if it may send no more than half of what it might. */
  #ask(): void {
    const count = this.#countToAsk()
    if (count === 0 && this.#usedBytes < WINDOW_BYTES / 2) return
    this.#line.credit(count, this.#usedBytes)
    this.#usedCount -= count
    this.#usedBytes = 0
  }

  #countToAsk(): number {
    const ahead = Math.max(0, WINDOW_COUNT - this.#usedCount)
    if (this.#isRefusing && ahead > 0) return 0
    this.#isRefusing = false
    const window = this.#window
    return ahead * 2 > window ? 0 : window - ahead
  }
}
