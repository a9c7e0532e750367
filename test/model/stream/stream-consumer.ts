import { expect } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import type { Place, QueueConsumer } from '../../../src/queue/queue.ts'
import type { ModelConsumer } from './stream-model.ts'

/** Called with what a consumer gets. */
export type OnDelivery = (consumer: Consumer, sent: Message, offset: number) => void

/** Behaves as a channel's does; beside it what the model knows of it. */
export class Consumer implements QueueConsumer {
  readonly noAck = false
  readonly priority = 0
  readonly prefetchCount: number
  readonly arguments: QueueConsumer['arguments']
  readonly unacked: Place[] = []
  readonly model: ModelConsumer
  readonly #onDelivery: OnDelivery
  hasRoom = true

  constructor(
    onDelivery: OnDelivery,
    model: ModelConsumer,
    prefetchCount: number,
    consumeArguments: QueueConsumer['arguments'],
  ) {
    this.#onDelivery = onDelivery
    this.model = model
    this.prefetchCount = prefetchCount
    this.arguments = consumeArguments
  }

  canTake(): boolean {
    return this.hasRoom && this.unacked.length < this.prefetchCount
  }

  deliver(message: Message, sequence: number, redelivered: boolean, sent = message): void {
    expect(this.canTake()).toBe(true)
    expect(redelivered).toBe(false)
    this.unacked.push({ message, sequence })
    this.#onDelivery(this, sent, sequence)
  }

  cancelled(): void {
    throw new Error('nobody deletes the stream')
  }
}
