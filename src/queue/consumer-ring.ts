import type { QueueConsumer } from './queue.ts'

/** A queue's consumers, and whose turn it is. */
export interface ConsumerTurns {
  readonly size: number
  keys(): IterableIterator<QueueConsumer>
  add(consumer: QueueConsumer): void
  /** Whether it was there. */
  delete(consumer: QueueConsumer): boolean
  clear(): void
  /** The consumer waits for messages again. */
  resume(consumer: QueueConsumer): void
  /** The consumer whose turn it is; the turn passes on. */
  next(): QueueConsumer | undefined
}

interface Slot {
  readonly consumer: QueueConsumer
  readonly level: Level
  /** Neighbours in the ring of those that wait for messages; null while it does not. */
  previous: Slot | null
  next: Slot | null
}

interface Level {
  readonly priority: number
  /** Whose turn it is. */
  head: Slot | null
  /** How many consumers have this priority, waiting or not. */
  size: number
}

/**
 * A queue's consumers, and whose turn it is: round robin among those of the highest priority that
 * can take more. One that cannot take leaves the ring until it says that it can, so that thousands
 * of busy consumers cost the others nothing.
 *
 *     priority 5   ┌▶ a ─▶ b ─▶ c ┐        slots: every consumer, waiting or not
 *                  └──────────────┘
 *     priority 0   ┌▶ d ┐
 *                  └────┘
 */
export class ConsumerRing implements ConsumerTurns {
  readonly #slots = new Map<QueueConsumer, Slot>()
  /** Highest priority first. */
  readonly #levels: Level[] = []

  get size(): number {
    return this.#slots.size
  }

  keys(): IterableIterator<QueueConsumer> {
    return this.#slots.keys()
  }

  add(consumer: QueueConsumer): void {
    const slot: Slot = {
      consumer,
      level: this.#level(consumer.priority),
      previous: null,
      next: null,
    }
    this.#slots.set(consumer, slot)
    slot.level.size++
    link(slot)
  }

  /** Whether it was there. */
  delete(consumer: QueueConsumer): boolean {
    const slot = this.#slots.get(consumer)
    if (slot === undefined) return false
    if (slot.next !== null) unlink(slot)
    if (--slot.level.size === 0) this.#levels.splice(this.#levels.indexOf(slot.level), 1)
    return this.#slots.delete(consumer)
  }

  clear(): void {
    this.#slots.clear()
    this.#levels.length = 0
  }

  /** The consumer waits for messages again, after the others that do. */
  resume(consumer: QueueConsumer): void {
    const slot = this.#slots.get(consumer)
    if (slot !== undefined && slot.next === null) link(slot)
  }

  /** The consumer whose turn it is; the turn passes on. */
  next(): QueueConsumer | undefined {
    const levels = this.#levels
    for (let index = 0; index < levels.length; index++) {
      const level = levels[index] as Level
      for (let slot = level.head; slot !== null; slot = level.head) {
        if (slot.consumer.canTake()) {
          level.head = slot.next
          return slot.consumer
        }
        unlink(slot)
      }
    }
    return undefined
  }

  #level(priority: number): Level {
    let index = 0
    for (; index < this.#levels.length; index++) {
      const level = this.#levels[index] as Level
      if (level.priority === priority) return level
      if (level.priority < priority) break
    }
    const level: Level = { priority, head: null, size: 0 }
    this.#levels.splice(index, 0, level)
    return level
  }
}

/** Puts a slot last in its ring: just before the one whose turn it is. */
function link(slot: Slot): void {
  const head = slot.level.head
  if (head === null) {
    slot.previous = slot
    slot.next = slot
    slot.level.head = slot
    return
  }
  const last = head.previous as Slot
  slot.previous = last
  slot.next = head
  last.next = slot
  head.previous = slot
}

function unlink(slot: Slot): void {
  const { level, previous, next } = slot
  if (next === slot) {
    level.head = null
  } else {
    ;(previous as Slot).next = next
    ;(next as Slot).previous = previous
    if (level.head === slot) level.head = next
  }
  slot.previous = null
  slot.next = null
}
