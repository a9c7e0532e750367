// What a client may conclude from what it sent and what it was told, and whether a broker that was
// killed meanwhile keeps to it. It knows no socket and no broker: it is told what happened.
//
// What is certain, and why:
// - A confirmed message is stored. So is all that the same connection had sent before: a broker sees
//   to it in order, and what it stores in one turn it stores as a whole (see Storage). So an ack that
//   was sent before a publish that was confirmed is stored, and its message must not come back.
// - A delivery that was received before such a publish was sent is stored as well, on whichever
//   connection it came: the broker made it before it saw the publish. So its message comes marked.
// - An ack that was sent and after which nothing was confirmed may or may not be stored.
// - A publish that was not confirmed may or may not be there; and if any part of it is, all of it is.
// - A transaction whose commit was not answered may or may not be there: all of it, or nothing.
// - After a restart each queue gives its messages in the order of their publishing, whatever was
//   requeued before. In between, only what was requeued is out of order.

import { Book } from './book.ts'
import { Connection } from './connection.ts'
import type { Copy } from './copy.ts'
import type { Happening } from './history.ts'
import type { Storage } from './stored-by-then.ts'
import type { Violation } from './violation.ts'

export class Ledger {
  readonly #book: Book
  readonly #connections = new Set<Connection>()
  #connectionCount = 0

  constructor(storage: Storage) {
    this.#book = new Book(storage)
  }

  /** What was wrong so far. */
  get violations(): readonly Violation[] {
    return this.#book.violations
  }

  /** How often each thing happened. */
  get counts(): Partial<Record<Happening, number>> {
    return this.#book.history.counts
  }

  connect(): Connection {
    const connection = new Connection(this.#book, ++this.#connectionCount)
    this.#connections.add(connection)
    return connection
  }

  /** This connection has ended, and the broker has not. */
  disconnected(connection: Connection): void {
    this.#connections.delete(connection)
    connection.end()
  }

  /** How many messages may be ready in a queue. */
  expectedCount(queue: string): { readonly least: number; readonly most: number } {
    return this.#book.queue(queue).expectedCount()
  }

  /** The broker says how many messages are ready in a queue, and has nothing more to see to. */
  counted(queueName: string, told: number): void {
    const queue = this.#book.queue(queueName)
    queue.told(told)
    const { least, most } = queue.expectedCount()
    if (told >= least && told <= most) return
    const expected = least === most ? `${least}` : `${least} to ${most}`
    this.#book.violated('miscounted', `${queueName} has ${told} messages, and not ${expected}`)
  }

  /** The broker was killed; or it was asked to end, and did. */
  restarted(how: 'killed' | 'stopped'): void {
    for (const connection of this.#connections) connection.end()
    this.#connections.clear()
    this.#book.happened({
      what: how === 'killed' ? 'the broker was killed' : 'the broker was stopped',
    })
    const now = this.#book.tick()
    for (const queue of this.#book.queues) {
      for (const copy of queue.copies) this.#outlive(copy, how === 'stopped')
      queue.restarted(now)
    }
    this.#book.life++
    this.#book.lifeBeganAt = now
  }

  /**
   * All queues were consumed until nothing came any more, and all that came is acked. So what was not
   * seen is not there.
   */
  emptied(): void {
    for (const queue of this.#book.queues) {
      const recount = queue.recount()
      if (recount === undefined) continue
      const text = `${queue.name} was said to have ${recount.told} messages, ${recount.seen} came`
      this.#book.violated('miscounted', text)
    }
    for (const copy of this.#copies('waiting', 'returned')) this.#missing(copy)
    for (const copy of this.#copies('doubtful')) this.#missingInDoubt(copy)
  }

  #outlive(copy: Copy, isOrderly: boolean): void {
    const { unit, settledBy, entry, queue } = copy
    unit.end(isOrderly)
    settledBy?.end(isOrderly)
    const storedBefore = Math.max(queue.deliveriesStoredBefore, this.#book.deliveriesStoredBefore)
    const isDelivered = copy.deliveredInLife === this.#book.life
    // What an earlier end of the broker has not stored, nothing stores later.
    if (isDelivered && (isOrderly || copy.deliveredAt < storedBefore)) copy.isMarkStored = true
    if (!entry.isPersistent) this.#book.remove(copy)
    else if (copy.state !== 'doubtful') copy.state = 'waiting'
  }

  #missing(copy: Copy): void {
    if (copy.presence === 'sure') this.#book.violatedBy('lost', copy, 'it did not come')
    // What it was published with must not come either.
    if (copy.unit.certainty === 'maybe') copy.unit.certainty = 'never'
    this.#book.remove(copy)
  }

  #missingInDoubt(copy: Copy): void {
    const { settledBy, unit } = copy
    if (copy.presence === 'sure') {
      const text = 'it did not come, and the transaction that acked it is not there'
      this.#book.violatedBy('torn', copy, text)
    }
    if (settledBy?.certainty === 'maybe' && unit.certainty === 'sure') settledBy.certainty = 'sure'
    this.#book.remove(copy)
  }

  #copies(...states: Copy['state'][]): Copy[] {
    const all = [...this.#book.queues].flatMap(({ copies }) => [...copies])
    return all.filter(({ state }) => states.includes(state))
  }
}
