import { delayOf } from '../delayed/delay-header.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { BrowseLimits } from '../queue/browsing.ts'
import type { DelayedMessage, Delays } from '../queue/delays.ts'

export interface ShardedDelaysParts {
  /** What the owner knows them by. */
  readonly id: number
  readonly line: { publishLater(id: number, message: Message, delayMs: number): PublishOutcome }
  /** The delays themselves, if this node owns them: undefined where there were none yet, null elsewhere. */
  readonly own: () => Delays | undefined | null
  /** How many there are elsewhere, as far as that was told. */
  readonly toldCount: () => number
  readonly onDelete: () => void
}

/** Delays as a node of a cluster has them: whom to tell. The messages are with the owner of the place. */
export class ShardedDelays implements Delays {
  readonly kind = 'queue'
  /** As of a `DelayQueue`. */
  readonly name = ''
  readonly #parts: ShardedDelaysParts

  constructor(parts: ShardedDelaysParts) {
    this.#parts = parts
  }

  get messageCount(): number {
    const own = this.#parts.own()
    return own === null ? this.#parts.toldCount() : (own?.messageCount ?? 0)
  }

  /** For as long as its header says. */
  publish(message: Message): PublishOutcome {
    return this.delay(message, delayOf(message.headers))
  }

  refuses(): boolean {
    return false
  }

  delay(message: Message, delayMs: number): PublishOutcome {
    const { id, line } = this.#parts
    return line.publishLater(id, message, delayMs)
  }

  async read(from: number, limits: BrowseLimits): Promise<readonly DelayedMessage[]> {
    return (await this.#own()?.read(from, limits)) ?? []
  }

  async find(id: string): Promise<DelayedMessage | undefined> {
    return this.#own()?.find(id)
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#own()?.remove(id)) ?? false
  }

  async releaseNow(id: string): Promise<'released' | 'missing' | 'refused'> {
    return (await this.#own()?.releaseNow(id)) ?? 'missing'
  }

  delete(): void {
    this.#parts.onDelete()
  }

  #own(): Delays | undefined {
    const own = this.#parts.own()
    if (own === null) throw new Error('only the owner of delayed messages can look at them')
    return own
  }
}
