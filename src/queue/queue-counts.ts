/** How often what has happened to a queue's messages. Nobody takes anything off: totals only grow. */
export class QueueCounts {
  published = 0
  /** To consumers that acknowledge, and to those that do not. */
  delivered = 0
  deliveredNoAck = 0
  /** By `basic.get`, the same. */
  got = 0
  gotNoAck = 0
  gotEmpty = 0
  /** Of all these, what somebody had before. */
  redelivered = 0
  acknowledged = 0

  /** All of them, in the order above. */
  get totals(): number[] {
    return NAMES.map((name) => this[name])
  }

  /** Takes the `totals` of somebody who counts the same. */
  set(totals: readonly number[]): void {
    for (const [index, name] of NAMES.entries()) this[name] = totals[index] ?? 0
  }

  add(other: QueueCounts): void {
    this.published += other.published
    this.delivered += other.delivered
    this.deliveredNoAck += other.deliveredNoAck
    this.got += other.got
    this.gotNoAck += other.gotNoAck
    this.gotEmpty += other.gotEmpty
    this.redelivered += other.redelivered
    this.acknowledged += other.acknowledged
  }
}

const NAMES = [
  'published',
  'delivered',
  'deliveredNoAck',
  'got',
  'gotNoAck',
  'gotEmpty',
  'redelivered',
  'acknowledged',
] as const
