import type { Message } from '../../../../src/message/message.ts'
import type { Queue, QueueConsumer } from '../../../../src/queue/queue.ts'
import { bodyOf } from '../../../support/sample-message.ts'

export interface Recorded {
  readonly message: Message
  readonly sequence: number
  readonly body: string
  readonly redelivered: boolean
}

/** Takes as many messages as it is allowed to, and keeps them until it is told to settle them. */
export class RecordingConsumer implements QueueConsumer {
  readonly noAck: boolean
  readonly priority: number
  readonly prefetchCount: number
  readonly arguments: QueueConsumer['arguments']
  /** All that it ever got, and what of that is not settled. */
  readonly received: Recorded[] = []
  readonly unsettled: Recorded[] = []
  isCancelled = false
  /** Whether it takes anything at all. */
  isTaking = true

  constructor({
    noAck = false,
    priority = 0,
    prefetchCount = 0,
    arguments: given = new Map(),
  }: Partial<QueueConsumer> = {}) {
    this.noAck = noAck
    this.priority = priority
    this.prefetchCount = prefetchCount
    this.arguments = given
  }

  get bodies(): string[] {
    return this.received.map(({ body }) => body)
  }

  canTake(): boolean {
    if (!this.isTaking) return false
    return this.noAck || this.prefetchCount === 0 || this.unsettled.length < this.prefetchCount
  }

  deliver(message: Message, sequence: number, redelivered: boolean): void {
    const recorded = { message, sequence, body: bodyOf(message).toString(), redelivered }
    this.received.push(recorded)
    if (!this.noAck) this.unsettled.push(recorded)
  }

  cancelled(): void {
    this.isCancelled = true
  }

  /** Settles the first so many. */
  settle(
    queue: Queue,
    settlement: 'acknowledge' | 'reject' | 'requeue',
    count: number,
  ): Recorded[] {
    const settled = this.unsettled.splice(0, count)
    queue[settlement](settled)
    queue.resume(this)
    return settled
  }
}
