import { readPriority } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { Lane } from './lane.ts'
import type { Place } from './queue.ts'

/**
 * The messages of a queue by priority, a lane each. A queue without priorities has one lane; one that
 * has them makes a lane when the first message comes that belongs there.
 * https://www.rabbitmq.com/docs/priority
 *
 *     7 ▶ [ a b ]
 *     2 ▶ [ c ]
 *     0 ▶ [ d e f … ]
 */
export class Lanes {
  readonly #newLane: (priority: number) => Lane
  readonly #levelOf: (priority: number, levels: number) => number
  readonly #lowest: Lane
  /** By priority; null when all messages are equal. */
  readonly #byPriority: (Lane | undefined)[] | null
  /** Those that there are, highest priority first. */
  readonly all: Lane[]

  /** `levels` is 1 for a queue without priorities; `isStored` says where there are messages already. */
  constructor(
    levels: number,
    newLane: (priority: number) => Lane,
    isStored: (priority: number) => boolean,
    levelOf: (priority: number, levels: number) => number = atMost,
  ) {
    this.#levelOf = levelOf
    this.#newLane = newLane
    this.#lowest = newLane(0)
    this.all = [this.#lowest]
    this.#byPriority = null
    if (levels === 1) return
    this.#byPriority = new Array<Lane | undefined>(levels).fill(undefined)
    this.#byPriority[0] = this.#lowest
    for (let priority = 1; priority < levels; priority++) {
      if (isStored(priority)) this.#at(priority)
    }
  }

  /** Whether there may be more than one. */
  get arePriorities(): boolean {
    return this.#byPriority !== null
  }

  /** Of messages that are ready. */
  get length(): number {
    if (this.#byPriority === null) return this.#lowest.ready.length
    let length = 0
    for (const lane of this.all) length += lane.ready.length
    return length
  }

  get isEmpty(): boolean {
    return this.first === undefined
  }

  get bodyBytes(): number {
    let bytes = 0
    for (const lane of this.all) bytes += lane.ready.bodyBytes
    return bytes
  }

  /** The lane whose first message is the next one; none when no message is ready. */
  get first(): Lane | undefined {
    if (this.#byPriority === null) return this.#lowest.ready.isEmpty ? undefined : this.#lowest
    for (let index = 0; index < this.all.length; index++) {
      const lane = this.all[index] as Lane
      if (!lane.ready.isEmpty) return lane
    }
    return undefined
  }

  /** They have left the queue. */
  settle(places: readonly Place[]): void {
    if (this.#byPriority === null) this.#lowest.settleAll(places)
    else for (const place of places) this.of(place.message).settle(place)
  }

  of(message: Message): Lane {
    return this.#byPriority === null ? this.#lowest : this.#at(this.priorityOf(message))
  }

  /** Which of the priorities that there are is that of the message. */
  priorityOf({ buffer, headerStart, headerEnd }: Message): number {
    if (this.#byPriority === null) return 0
    const priority = readPriority(buffer, headerStart, headerEnd)
    return this.#levelOf(Math.max(priority, 0), this.#byPriority.length)
  }

  /** The lane of that priority, if there is one. */
  find(priority: number): Lane | undefined {
    return this.#byPriority === null && priority === 0 ? this.#lowest : this.#byPriority?.[priority]
  }

  /** Keeps nothing in memory, and says nothing of it to the log. */
  forget(): void {
    for (const { ready } of this.all) ready.clear()
  }

  #at(priority: number): Lane {
    const lanes = this.#byPriority as (Lane | undefined)[]
    const found = lanes[priority]
    if (found !== undefined) return found
    const lane = this.#newLane(priority)
    lanes[priority] = lane
    this.all.splice(0, this.all.length, ...lanes.filter((one) => one !== undefined).reverse())
    return lane
  }
}

const atMost = (priority: number, levels: number): number => Math.min(priority, levels - 1)
