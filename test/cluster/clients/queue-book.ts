// What clients may conclude of one queue in a cluster that is hurt, from what they sent and what they
// were told. Certain is, and so it is wrong otherwise:
//
// - A confirmed message comes, until an ack of it is stored.
// - An ack that was sent in peace is stored when something is confirmed that its node was sent for this
//   queue later, still in peace; its message comes never again. In a fault it may be lost on its way.
// - What came before such a moment comes with the mark if it comes again, whoever dies.
// - What a consumer has on a node that nothing has befallen, and was stored, nobody else gets, whoever
//   owns the queue.
// - Without the mark, what one publisher has sent comes to one consumer in the order of sending.

import type { Violation } from './violations.ts'

/** Who gets messages of a queue, and the numbers that it got last. */
export class Holder {
  readonly name: string
  /** Its node has been hurt, or may have been taken for dead: others may get what it has. */
  isDoubtful = false
  /** Of each lane the last one that came without the mark. */
  readonly last = new Map<string, number>()
  readonly held = new Set<Entry>()

  constructor(name: string) {
    this.name = name
  }
}

/** A message in this queue. Those with one lane are of one publisher, and of one priority. */
export interface Entry {
  readonly lane: string
  readonly number: number
  isConfirmed: boolean
  /** It was confirmed when it came last. */
  wasStored: boolean
  holder: Holder | undefined
  state: 'sent' | 'held' | 'returned' | 'acked' | 'gone'
  /** Whether it came before a moment as of above. */
  isMarkSure: boolean
  wasSeen: boolean
  /** It came since peace began. */
  isSeenInPeace: boolean
  /** The ack was sent in peace. */
  isAckedInPeace: boolean
}

export interface BookCounts {
  confirmed: number
  delivered: number
  redelivered: number
  acked: number
  /** Came again after an ack that a fault has swallowed. */
  acksLost: number
  /** Came again without the mark, as only the death of its owner and its consumer together allows. */
  marksLost: number
}

export class QueueBook {
  readonly queue: string
  readonly counts: BookCounts = {
    confirmed: 0,
    delivered: 0,
    redelivered: 0,
    acked: 0,
    acksLost: 0,
    marksLost: 0,
  }
  readonly #entries = new Map<string, Entry>()
  readonly #violated: (violation: Violation) => void

  constructor(queue: string, violated: (violation: Violation) => void) {
    this.queue = queue
    this.#violated = violated
  }

  sent(lane: string, number: number): Entry {
    const entry: Entry = {
      ...{ lane, number, isConfirmed: false, wasStored: false, holder: undefined, state: 'sent' },
      ...{ isMarkSure: false, wasSeen: false, isSeenInPeace: false, isAckedInPeace: false },
    }
    this.#entries.set(keyOf(lane, number), entry)
    return entry
  }

  confirmed(entry: Entry): void {
    entry.isConfirmed = true
    this.counts.confirmed++
  }

  delivered(
    holder: Holder,
    lane: string,
    number: number,
    isRedelivered: boolean,
    isPeace: boolean,
  ): Entry | undefined {
    this.counts.delivered++
    if (isRedelivered) this.counts.redelivered++
    const entry = this.#entries.get(keyOf(lane, number))
    if (entry === undefined) {
      this.#violated({ rule: 'unknown', queue: this.queue, text: `${lane}/${number} is nobody's` })
      return undefined
    }
    // It was on its way when its node was taken for dead, and the other one has it.
    if (holder.isDoubtful && entry.holder?.isDoubtful === false) return undefined
    this.#checkPresence(entry, holder, isRedelivered)
    // A node that was stopped and goes on may give away what is another's by now, before it notices.
    if (!holder.isDoubtful) {
      this.#checkMark(entry, holder, isRedelivered)
      this.#checkOrder(entry, holder, isRedelivered)
    }
    entry.holder?.held.delete(entry)
    entry.holder = holder
    entry.state = 'held'
    entry.wasStored = entry.isConfirmed
    entry.wasSeen = true
    entry.isSeenInPeace = isPeace
    holder.held.add(entry)
    return entry
  }

  /** What it has not any more has gone to somebody else, so its ack means nothing. */
  acked(holder: Holder, entry: Entry, isPeace: boolean): void {
    if (!holder.held.delete(entry)) return
    entry.state = 'acked'
    entry.isAckedInPeace = isPeace && !holder.isDoubtful
    this.counts.acked++
  }

  requeued(holder: Holder, entry: Entry): void {
    if (holder.held.delete(entry)) giveBack(entry)
  }

  /** The consumer is none any more, and its channel has ended. */
  lost(holder: Holder): void {
    for (const entry of holder.held) giveBack(entry)
    holder.held.clear()
  }

  /** What was acked and what has come until now, for `stored`. */
  moment(): () => void {
    const acked = this.#in('acked').filter((entry) => entry.isAckedInPeace)
    const seen = [...this.#entries.values()].filter((entry) => entry.isSeenInPeace)
    return () => {
      for (const entry of acked) if (entry.state === 'acked') entry.state = 'gone'
      for (const entry of seen) entry.isMarkSure = true
    }
  }

  /** What was not stored by now may get lost, and nobody is told. */
  endPeace(): void {
    for (const entry of this.#entries.values()) {
      entry.isAckedInPeace = false
      entry.isSeenInPeace = false
    }
  }

  /** Whether all has come that is confirmed now. */
  confirmedUntilNow(): () => boolean {
    const confirmed = [...this.#entries.values()].filter((entry) => entry.isConfirmed)
    return () => confirmed.every((entry) => entry.wasSeen)
  }

  /** Nothing is in the queue any more. */
  emptied(): void {
    for (const { lane, number, isConfirmed, state } of this.#entries.values()) {
      if (!isConfirmed || state === 'acked' || state === 'gone') continue
      const text = `${lane}/${number} was confirmed and is ${state}`
      this.#violated({ rule: 'lost', queue: this.queue, text })
    }
  }

  #in(state: Entry['state']): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.state === state)
  }

  #checkPresence(entry: Entry, holder: Holder, isRedelivered: boolean): void {
    const { lane, number, state, holder: before, wasStored } = entry
    const violated = (rule: 'doubled' | 'resurrected', text: string): void =>
      this.#violated({ rule, queue: this.queue, text: `${lane}/${number} ${text}` })
    if (state === 'gone') violated('resurrected', `came to ${holder.name} after its ack was stored`)
    if (state === 'acked') this.counts.acksLost++
    // What nobody had stored when it came the first time is sent again by its publisher's node.
    const isSentAgain = isRedelivered && !wasStored
    if (state === 'held' && before?.isDoubtful === false && !isSentAgain) {
      violated('doubled', `came to ${holder.name}, and ${before.name} has it`)
    }
  }

  #checkMark(entry: Entry, holder: Holder, isRedelivered: boolean): void {
    const { lane, number, wasSeen, isMarkSure } = entry
    if (!wasSeen || isRedelivered) return
    if (!isMarkSure) this.counts.marksLost++
    else {
      const text = `${lane}/${number} came again to ${holder.name} without the mark`
      this.#violated({ rule: 'unmarked', queue: this.queue, text })
    }
  }

  #checkOrder({ lane, number, wasSeen }: Entry, holder: Holder, isRedelivered: boolean): void {
    if (isRedelivered || wasSeen) return
    const last = holder.last.get(lane) ?? 0
    if (number < last) {
      const text = `${lane}/${number} came to ${holder.name} after ${last}`
      this.#violated({ rule: 'reordered', queue: this.queue, text })
    }
    holder.last.set(lane, Math.max(last, number))
  }
}

const keyOf = (lane: string, number: number): string => `${lane}/${number}`

function giveBack(entry: Entry): void {
  entry.holder = undefined
  entry.state = 'returned'
}
