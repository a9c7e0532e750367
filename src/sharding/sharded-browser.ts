import type { Message } from '../message/message.ts'
import type { BrowsedMessage, BrowseLimits, HeldMessage, QueueBrowser } from '../queue/browsing.ts'
import type { Queue } from '../queue/queue.ts'
import { levelOf, sequenceOf } from './place-number.ts'

/** As much of a `ShardedQueue` as matters here. */
export type BrowsedQueue = Pick<Queue, 'type'> & { readonly engine: Queue | null }

/**
 * Looks into a queue of a cluster: only its owner can, but every node can name the messages that its own clients
 * have. Where it is no more meanwhile, nothing is there.
 */
export class ShardedBrowser implements QueueBrowser {
  readonly #queue: BrowsedQueue

  constructor(queue: BrowsedQueue) {
    this.#queue = queue
  }

  async read(from: number, limits: BrowseLimits): Promise<readonly BrowsedMessage[]> {
    return (await this.#own?.read(from, limits)) ?? []
  }

  async *walk(limits: BrowseLimits): AsyncIterable<readonly BrowsedMessage[]> {
    const own = this.#own
    if (own !== undefined) yield* own.walk(limits)
  }

  async find(id: string): Promise<BrowsedMessage | undefined> {
    return this.#own?.find(id)
  }

  /** `place` is what channels have in place of a sequence. */
  idOf(_message: Message, place: number): string {
    const sequence = sequenceOf(place)
    return this.#queue.type === 'stream' ? `${sequence}` : `${levelOf(place)}-${sequence}`
  }

  takeOut(browsed: BrowsedMessage, arrive?: () => void): boolean {
    return this.#own?.takeOut(browsed, arrive) ?? false
  }

  hold(browsed: BrowsedMessage): HeldMessage | undefined {
    return this.#own?.hold(browsed)
  }

  get #own(): QueueBrowser | undefined {
    return this.#queue.engine?.browser()
  }
}
