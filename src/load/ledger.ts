// Keeps account of what should arrive and what did, so that a broker that
// loses, repeats, reorders or garbles messages cannot look fast.
//
// Every body starts with 16 bytes of ours, the rest is filler:
//
//   0        2          4                8                       16
//   | run id | producer | sequence number | when it was due, f64 µs | filler …
//
// Sequence numbers count from 0 for each producer and target queue. What
// arrived is kept as a count and a sum of sequence numbers: both right means,
// for all practical purposes, each of them exactly once.

export const STAMP_BYTES = 16

/** One `basic.consume`: the order in which it saw each producer's messages. */
export interface Subscription {
  queue: number
  /** The only consumer of its queue, which therefore must see every number. */
  sole: boolean
  /** Messages have priorities, and may overtake each other. */
  isPrioritized: boolean
  next: Float64Array
}

export class Ledger {
  readonly #producers: number
  readonly #arrived: Float64Array
  readonly #sums: Float64Array
  readonly #runId: number
  readonly #faults: Map<string, number> = new Map()

  constructor(queues: number, producers: number, runId: number) {
    this.#producers = producers
    this.#arrived = new Float64Array(queues * producers)
    this.#sums = new Float64Array(queues * producers)
    this.#runId = runId
  }

  subscription(queue: number, sole: boolean, isPrioritized = false): Subscription {
    return { queue, sole, isPrioritized, next: new Float64Array(this.#producers) }
  }

  /** A message with this stamp arrived. */
  arrived(
    to: Subscription,
    runId: number,
    producer: number,
    sequence: number,
    redelivered: boolean,
  ): void {
    if (runId !== this.#runId || producer >= this.#producers) {
      this.fault('from another run')
      return
    }
    if (!to.isPrioritized) this.#checkOrder(to, producer, sequence, redelivered)
    const at = to.queue * this.#producers + producer
    this.#arrived[at] = (this.#arrived[at] as number) + 1
    this.#sums[at] = (this.#sums[at] as number) + sequence
  }

  #checkOrder(to: Subscription, producer: number, sequence: number, redelivered: boolean): void {
    const expected = to.next[producer] as number
    if (sequence >= expected) {
      if (sequence > expected && to.sole) this.fault('missing in the order', sequence - expected)
      to.next[producer] = sequence + 1
    } else if (!redelivered) {
      this.fault('out of order')
    }
  }

  fault(what: string, times = 1): void {
    this.#faults.set(what, (this.#faults.get(what) ?? 0) + times)
  }

  /** At the end: compares what arrived at `queue` with the `sent` messages of `producer`. */
  settle(queue: number, producer: number, sent: number): void {
    const at = queue * this.#producers + producer
    const arrived = this.#arrived[at] as number
    if (arrived < sent) this.fault('lost', sent - arrived)
    else if (arrived > sent) this.fault('duplicated', arrived - sent)
    else if (this.#sums[at] !== (sent * (sent - 1)) / 2) this.fault('not the messages sent')
  }

  /** What was wrong, each with how often: `12 lost`. */
  faults(): string[] {
    return [...this.#faults].map(([what, times]) => `${times} ${what}`)
  }
}
