import type { Message } from '../message/message.ts'
import type { LogPosition, StoredMessage } from '../message-log/queue-log.ts'
import type { BrowsedMessage, BrowseLimits, HeldMessage, QueueBrowser } from './browsing.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Place, Queue } from './queue.ts'

export interface ReadyBrowserParts {
  readonly lanes: Lanes
  deliveryCountOf(place: Place): number | undefined
  /** It has left for good, unasked. */
  left(place: Place): void
  /** Somebody has taken one more, until it is acknowledged or requeued. */
  held(): void
  readonly queue: Pick<Queue, 'acknowledge' | 'requeue'>
}

/** So many of the messages in memory are looked at in one step. */
const STEP_COUNT = 500
const ID = /^(\d{1,3})-(\d{1,15})$/

/** What is ready in the lanes of a queue, one behind the other. Made when somebody wants to look. */
export class ReadyBrowser implements QueueBrowser {
  readonly #parts: ReadyBrowserParts

  constructor(parts: ReadyBrowserParts) {
    this.#parts = parts
  }

  async read(from: number, limits: BrowseLimits): Promise<readonly BrowsedMessage[]> {
    const found = new Found(limits)
    let before = from
    for (const lane of [...this.#parts.lanes.all]) {
      const { length } = lane.ready
      if (before >= length) {
        before -= length
        continue
      }
      const start = lane.ready.locate(before)
      if (start !== undefined) await this.#readLane(lane, start, found)
      if (found.isFull) break
      before = 0
    }
    return [...found.byLane].flatMap(([lane, messages]) =>
      stillThere(lane, messages).map((stored) => this.#browsed(stored)),
    )
  }

  async *walk({ count, bytes }: BrowseLimits): AsyncGenerator<readonly BrowsedMessage[]> {
    for (const [lane, end] of this.#parts.lanes.all.map(
      (one) => [one, one.nextSequence] as const,
    )) {
      for (let at = 0; at < end; ) {
        // What is read together is given in pieces, rather than read again for each of them.
        const { messages, next } = await lane.ready.read(at, count)
        for (const piece of pieces(messages, { count, bytes })) {
          const there = stillThere(lane, piece).filter(({ sequence }) => sequence < end)
          if (there.length > 0) yield there.map((stored) => this.#browsed(stored))
        }
        at = next
      }
    }
  }

  async find(id: string): Promise<BrowsedMessage | undefined> {
    const [, priority, digits] = ID.exec(id) ?? []
    const lane = this.#parts.lanes.find(Number(priority))
    if (lane === undefined) return undefined
    const sequence = Number(digits)
    const { messages } = await lane.ready.read(sequence, 1)
    const stored = messages.find((one) => one.sequence === sequence)
    return stored && isThere(lane, sequence) ? this.#browsed(stored) : undefined
  }

  idOf(message: Message, sequence: number): string {
    const { lanes } = this.#parts
    return `${lanes.priorityOf(message)}-${sequence}`
  }

  takeOut(browsed: BrowsedMessage, arrive?: () => void): boolean {
    const lane = this.#parts.lanes.of(browsed.message)
    if (!lane.ready.remove(browsed)) return false
    if (arrive !== undefined) lane.log?.makeAtomic()
    lane.settle(browsed)
    // It may come back to this queue, which must not be one too many then.
    arrive?.()
    this.#parts.left(browsed)
    return true
  }

  hold(browsed: BrowsedMessage): HeldMessage | undefined {
    const lane = this.#parts.lanes.of(browsed.message)
    if (!lane.ready.remove(browsed)) return undefined
    lane.hold(browsed)
    const { queue } = this.#parts
    this.#parts.held()
    return { gone: () => queue.acknowledge([browsed]), back: () => queue.requeue([browsed]) }
  }

  /** Until there are enough, or no more. */
  async #readLane(lane: Lane, { sequence, skip }: LogPosition, found: Found): Promise<void> {
    let left = skip
    for (let at = sequence; at < Number.POSITIVE_INFINITY && !found.isFull; ) {
      const { messages, next } = await lane.ready.read(at, STEP_COUNT)
      for (const stored of messages.slice(left)) {
        if (!found.isFull) found.add(lane, stored)
      }
      left = Math.max(0, left - messages.length)
      at = next
    }
  }

  #browsed({ message, sequence, delivered, expiresAt }: StoredMessage): BrowsedMessage {
    const id = this.idOf(message, sequence)
    const deliveryCount = this.#parts.deliveryCountOf({ message, sequence })
    const place = { message, sequence, expiresAt }
    return { ...place, id, redelivered: delivered, sent: message, deliveryCount }
  }
}

/** What was found so far, lane by lane. */
class Found {
  readonly #limits: BrowseLimits
  readonly byLane: Map<Lane, StoredMessage[]> = new Map()
  #count = 0
  #bytes = 0

  constructor(limits: BrowseLimits) {
    this.#limits = limits
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.count || this.#bytes >= this.#limits.bytes
  }

  add(lane: Lane, stored: StoredMessage): void {
    this.#count++
    this.#bytes += stored.message.bodySize
    const found = this.byLane.get(lane)
    if (found === undefined) this.byLane.set(lane, [stored])
    else found.push(stored)
  }
}

/** Without those that have left since they were read. */
function stillThere({ ready }: Lane, messages: readonly StoredMessage[]): StoredMessage[] {
  const there = ready.stillThere(messages.map(({ sequence }) => sequence))
  return messages.filter(({ sequence }) => there.has(sequence))
}

const isThere = ({ ready }: Lane, sequence: number): boolean =>
  ready.stillThere([sequence]).has(sequence)

function* pieces(
  messages: readonly StoredMessage[],
  { count, bytes }: BrowseLimits,
): Generator<readonly StoredMessage[]> {
  let piece: StoredMessage[] = []
  let sum = 0
  for (const stored of messages) {
    piece.push(stored)
    sum += stored.message.bodySize
    if (piece.length < count && sum < bytes) continue
    yield piece
    piece = []
    sum = 0
  }
  if (piece.length > 0) yield piece
}
