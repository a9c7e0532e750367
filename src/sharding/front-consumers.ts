import type { QueueConsumer } from '../queue/queue.ts'
import type { FrontConsumer } from './front-consumer.ts'
import type { ShardedQueue } from './sharded-queue.ts'

/** The consumers of this node on queues of one place. */
export class FrontConsumers {
  readonly #byId = new Map<number, FrontConsumer>()
  readonly #byQueue = new Map<ShardedQueue, Set<FrontConsumer>>()
  readonly #byConsumer = new Map<QueueConsumer, FrontConsumer>()
  #lastId = 0

  get isEmpty(): boolean {
    return this.#byId.size === 0
  }

  newId(): number {
    return ++this.#lastId
  }

  add(front: FrontConsumer): void {
    const { id, queue, consumer } = front
    this.#byId.set(id, front)
    this.#byConsumer.set(consumer, front)
    const others = this.#byQueue.get(queue)
    if (others === undefined) this.#byQueue.set(queue, new Set([front]))
    else others.add(front)
  }

  find(id: number): FrontConsumer | undefined {
    return this.#byId.get(id)
  }

  /** That of a consumer that the client has not given up. */
  of(consumer: QueueConsumer): FrontConsumer | undefined {
    return this.#byConsumer.get(consumer)
  }

  onQueue(queue: ShardedQueue): readonly FrontConsumer[] {
    return [...(this.#byQueue.get(queue) ?? [])]
  }

  values(): IterableIterator<FrontConsumer> {
    return this.#byId.values()
  }

  /** The client has given it up; the owner may still say something of it. */
  cancel(front: FrontConsumer): void {
    front.isCancelled = true
    if (this.#byConsumer.get(front.consumer) === front) this.#byConsumer.delete(front.consumer)
  }

  /** It is none any more. */
  forget(front: FrontConsumer): void {
    this.#byId.delete(front.id)
    const others = this.#byQueue.get(front.queue)
    others?.delete(front)
    if (others?.size === 0) this.#byQueue.delete(front.queue)
    if (this.#byConsumer.get(front.consumer) === front) this.#byConsumer.delete(front.consumer)
  }
}
