/** What is counted from one thing to another. */
export interface Pair<From, To, Counts> {
  readonly from: From
  readonly to: To
  readonly counts: Counts
}

interface PlacedPair<From, To, Counts> extends Pair<From, To, Counts> {
  /** Where it stands among those to the same thing. */
  place: number
}

export interface PairTableOptions<To, Counts> {
  readonly newCounts: () => Counts
  /** Whether what goes there is shown at all. */
  readonly isShown?: (to: To) => boolean
  /** How many pairs there may be. */
  readonly limit?: number
}

/** Some tens of megabytes. */
const DEFAULT_LIMIT = 256 * 1024

/**
 * Counts for each pair of things that had to do with each other. A pair goes when either of the two
 * does. Who counts keeps the counts that it was given, so that nothing is looked up for each message.
 */
export class PairTable<From extends object, To extends object, Counts> {
  readonly #newCounts: () => Counts
  readonly #isShown: (to: To) => boolean
  readonly #limit: number
  /** For all that has no pair of its own. */
  readonly #others: Counts
  readonly #rows = new Map<From, Map<To, PlacedPair<From, To, Counts>>>()
  readonly #columns = new Map<To, PlacedPair<From, To, Counts>[]>()
  #size = 0

  constructor({
    newCounts,
    isShown = () => true,
    limit = DEFAULT_LIMIT,
  }: PairTableOptions<To, Counts>) {
    this.#newCounts = newCounts
    this.#isShown = isShown
    this.#limit = limit
    this.#others = newCounts()
  }

  get size(): number {
    return this.#size
  }

  /** Those of the pair, which there is from now on; when there is no room, those that nobody sees. */
  of(from: From, to: To): Counts {
    const found = this.#rows.get(from)?.get(to)
    if (found !== undefined) return found.counts
    return this.#size < this.#limit && this.#isShown(to) ? this.#add(from, to) : this.#others
  }

  from(from: From): Iterable<Pair<From, To, Counts>> {
    return this.#rows.get(from)?.values() ?? []
  }

  to(to: To): Iterable<Pair<From, To, Counts>> {
    return this.#columns.get(to) ?? []
  }

  forgetFrom(from: From): void {
    const row = this.#rows.get(from)
    if (row === undefined) return
    this.#rows.delete(from)
    this.#size -= row.size
    for (const pair of row.values()) this.#leaveColumn(pair)
  }

  forgetTo(to: To): void {
    const column = this.#columns.get(to)
    if (column === undefined) return
    this.#columns.delete(to)
    this.#size -= column.length
    for (const { from } of column) {
      const row = this.#rows.get(from)
      row?.delete(to)
      if (row?.size === 0) this.#rows.delete(from)
    }
  }

  #add(from: From, to: To): Counts {
    const column = this.#columns.get(to)
    const counts = this.#newCounts()
    const pair = { from, to, counts, place: column?.length ?? 0 }
    // An array that grows from nothing has room for 17, and most queues have one publisher.
    if (column === undefined) this.#columns.set(to, [pair])
    else column.push(pair)
    const row = this.#rows.get(from)
    if (row === undefined) this.#rows.set(from, new Map([[to, pair]]))
    else row.set(to, pair)
    this.#size++
    return counts
  }

  /** The last one takes its place. */
  #leaveColumn({ to, place }: PlacedPair<From, To, Counts>): void {
    const column = this.#columns.get(to) as PlacedPair<From, To, Counts>[]
    const last = column.pop() as PlacedPair<From, To, Counts>
    if (column.length === 0) this.#columns.delete(to)
    else if (place < column.length) {
      column[place] = last
      last.place = place
    }
  }
}
