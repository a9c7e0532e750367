import type { QueueBook } from './queue-book.ts'
import type { Subscription } from './subscription.ts'

/**
 * What is known of a unit being in the broker: `open`: its transaction is not committed yet;
 * `maybe`: it was sent, and nothing tells what became of it; `never`: it is not, and will not be.
 */
export type Certainty = 'open' | 'maybe' | 'sure' | 'never'

/** What the broker takes and stores as a whole or not at all: a publish, or a transaction. */
export class Unit {
  certainty: Certainty
  /** Whether it is known to outlive the broker's process. */
  isStored = false
  /** In which life of the broker it was sent. */
  life: number

  constructor(certainty: Certainty, life: number) {
    this.certainty = certainty
    this.life = life
  }

  /** The broker told that it has taken it, and stored it, too. */
  confirm(): void {
    this.certainty = 'sure'
    this.isStored = true
  }

  /** A part of it was seen in this life of the broker. */
  prove(life: number): void {
    this.certainty = 'sure'
    // It can have come from nowhere but the store.
    if (life > this.life) this.isStored = true
  }

  /** The broker's process has ended. Ending twice changes nothing. */
  end(isOrderly: boolean): void {
    if (this.isStored || (isOrderly && this.certainty === 'sure')) this.confirm()
    else this.certainty = this.certainty === 'open' ? 'never' : lessSure(this.certainty)
  }
}

function lessSure(certainty: Certainty): Certainty {
  return certainty === 'sure' ? 'maybe' : certainty
}

/** One publish. Each has a number of its own, so a message that is sent again is another one. */
export interface Entry {
  readonly lane: number
  readonly number: number
  readonly isPersistent: boolean
  readonly copies: Copy[]
  /** When it was sent, or its transaction's commit. */
  sentAt: number
}

/**
 * Where a copy is, as far as the client knows.
 *
 *     waiting ─▶ held ─▶ acked ─ proven ─▶ gone
 *                 │ ▲      └─ connection lost ─▶ doubtful (gone, or in the queue again)
 *        returned ◀─┘ requeued, or its holder was lost
 *
 * The end of the broker's process makes `waiting` of all that is `held` or `returned`.
 */
export type CopyState = 'waiting' | 'held' | 'returned' | 'acked' | 'doubtful' | 'gone'

/** An entry in one of the queues that it was routed to. */
export class Copy {
  readonly entry: Entry
  readonly queue: QueueBook
  readonly unit: Unit
  state: CopyState = 'waiting'
  holder: Subscription | undefined
  /** The transaction that its ack is part of, while that is not known to be stored. */
  settledBy: Unit | undefined
  ackedAt = 0
  /** In which life of the broker it was delivered last, 0 for none, and when first in that life. */
  deliveredInLife = 0
  deliveredAt = 0
  /** Whether the broker is known to have stored that it was delivered. */
  isMarkStored = false

  constructor(entry: Entry, queue: QueueBook, unit: Unit) {
    this.entry = entry
    this.queue = queue
    this.unit = unit
  }

  /** Whether it is ready in its queue, for a broker that has seen to all that it was sent. */
  get presence(): 'sure' | 'maybe' | 'none' {
    const { certainty } = this.unit
    if (certainty === 'open' || certainty === 'never') return 'none'
    if (this.state === 'waiting' || this.state === 'returned') return certainty
    return this.state === 'doubtful' ? this.#presenceInDoubt(certainty) : 'none'
  }

  #presenceInDoubt(certainty: 'sure' | 'maybe'): 'sure' | 'maybe' | 'none' {
    if (this.settledBy?.certainty === 'sure') return 'none'
    return this.settledBy?.certainty === 'never' ? certainty : 'maybe'
  }
}
