import type { Copy, Entry } from './copy.ts'
import { type Happened, History, nameOf } from './history.ts'
import { QueueBook } from './queue-book.ts'
import type { Storage } from './stored-by-then.ts'
import type { Rule, Violation } from './violation.ts'

/** More of them would only repeat what the first ones say. */
const VIOLATIONS_MAX = 20

/** What all parts of a ledger share: the time, the messages, and what was found to be wrong. */
export class Book {
  readonly storage: Storage
  readonly violations: Violation[] = []
  /** Of each lane the entries that may still be seen, by their numbers. */
  readonly lanes: Map<number, Entry>[] = []
  /** Of each lane how many entries it has had. */
  readonly laneLengths: number[] = []
  /** How often the broker has been started. */
  life = 1
  lifeBeganAt = 0
  /** Deliveries that were received before are known to be stored. */
  deliveriesStoredBefore = 0
  readonly #queues = new Map<string, QueueBook>()
  readonly history = new History()
  #now = 0

  constructor(storage: Storage) {
    this.storage = storage
  }

  get queues(): Iterable<QueueBook> {
    return this.#queues.values()
  }

  queue(name: string): QueueBook {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const queue = new QueueBook(name, this.#queues.size)
    this.#queues.set(name, queue)
    return queue
  }

  /** The time of a new event; no two have the same. */
  tick(): number {
    return ++this.#now
  }

  happened(happened: Happened): void {
    this.history.add(happened)
  }

  happenedTo(what: Happened['what'], { entry, queue }: Copy, connection: number): void {
    const { lane, number } = entry
    this.history.add({ what, lane, number, queue: queue.index, connection })
  }

  /** The copy will not be seen again. */
  remove(copy: Copy): void {
    copy.state = 'gone'
    copy.holder = undefined
    copy.queue.copies.delete(copy)
    const { lane, number, copies } = copy.entry
    if (copies.every(({ state }) => state === 'gone')) this.lanes[lane]?.delete(number)
  }

  violated(
    rule: Rule,
    text: string,
    messages: readonly { readonly lane: number; readonly number: number }[] = [],
  ): void {
    if (this.violations.length === VIOLATIONS_MAX) return
    const names = [...this.#queues.keys()]
    const story = this.history.of(messages, (index) => names[index] as string)
    this.violations.push({ rule, text, story })
  }

  violatedBy(rule: Rule, copy: Copy, text: string): void {
    const { entry, queue } = copy
    const name = nameOf(entry.lane, entry.number)
    this.violated(rule, `${name} in ${queue.name}: ${text}`, [entry, ...this.#siblings(copy)])
  }

  /** What should be there, or not, as this copy is. */
  #siblings({ unit, settledBy }: Copy): Entry[] {
    const copies = [...this.queues].flatMap((queue) => [...queue.copies])
    return copies
      .filter((copy) =>
        [unit, settledBy].some((it) => it && (it === copy.unit || it === copy.settledBy)),
      )
      .map(({ entry }) => entry)
  }
}
