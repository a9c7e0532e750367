import type { Book } from './book.ts'
import type { Connection } from './connection.ts'
import { type Copy, type Entry, Unit } from './copy.ts'
import type { Happening } from './history.ts'

/**
 * Publishes and acks between one commit and the next.
 *
 *     open ─ commit sent ─▶ committing ─ commit-ok ─▶ over
 *       └─ rollback-ok, or the connection ended ──────▲
 */
export class Transaction {
  /** What all its publishes have in common, where transactions are stored as a whole. */
  readonly unit: Unit
  readonly #book: Book
  readonly #connection: Connection
  readonly #entries: Entry[] = []
  readonly #acks: Copy[] = []
  #state: 'open' | 'committing' | 'over' = 'open'
  #committedAt = 0

  constructor(book: Book, connection: Connection) {
    this.#book = book
    this.#connection = connection
    this.unit = new Unit('open', book.life)
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** Its commit will ack this copy; until then the client holds it. */
  ack(copy: Copy): void {
    this.#acks.push(copy)
  }

  /** The commit is sent. */
  commit(): void {
    this.#state = 'committing'
    this.#committedAt = this.#book.tick()
    this.#tell('commit sent')
    for (const unit of this.#units()) unit.certainty = 'maybe'
    for (const entry of this.#entries) entry.sentAt = this.#committedAt
    const isWhole = this.#book.storage === 'one journal'
    for (const copy of this.#acks) this.#connection.acked(copy, isWhole ? this.unit : undefined)
  }

  /** The broker has committed it. */
  committed(): void {
    this.#end()
    this.#tell('committed')
    for (const unit of this.#units()) unit.confirm()
    if (this.#book.storage === 'one journal') {
      for (const copy of this.#acks) this.#connection.settled(copy)
    }
    for (const entry of this.#entries) this.#connection.proved(entry)
  }

  /** The broker has rolled it back: nothing of it was published, and the client holds what it acked. */
  rolledBack(): void {
    this.#tell('rolled back')
    this.#giveUp()
  }

  /** The connection has ended. */
  lost(): void {
    // What becomes of a commit that was sent is to be seen.
    if (this.#state === 'open') this.#giveUp()
    else this.#end()
  }

  #giveUp(): void {
    this.#end()
    for (const unit of this.#units()) unit.certainty = 'never'
    for (const { copies } of this.#entries) for (const copy of copies) this.#book.remove(copy)
  }

  #end(): void {
    this.#state = 'over'
    this.#connection.ended(this)
  }

  #units(): Set<Unit> {
    const units = this.#entries.flatMap(({ copies }) => copies.map(({ unit }) => unit))
    return new Set([this.unit, ...units])
  }

  #tell(what: Happening): void {
    const connection = this.#connection.id
    for (const { lane, number } of this.#entries) {
      this.#book.happened({ what, lane, number, connection })
    }
    for (const { entry } of this.#acks) {
      this.#book.happened({ what, lane: entry.lane, number: entry.number, connection })
    }
  }
}
