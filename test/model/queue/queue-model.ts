import type { DeadLetterReason } from '../../../src/queue/queue.ts'
import {
  type ConsumerSketch,
  type Counts,
  cancelled,
  delivered,
  died,
  EMPTY,
  GETTER,
  LAST_LEFT,
  type MessageSketch,
  notTaken,
  purged,
  type QueueSketch,
  type QueueSystem,
  refused,
  type Settlement,
} from './queue-system.ts'

const NEVER = Number.POSITIVE_INFINITY

interface Entry {
  readonly sequence: number
  readonly body: string
  readonly priority: number
  /** 0 is never. */
  readonly expiresAt: number
  deliveredBefore: boolean
  returnCount: number
}

interface Consumer extends ConsumerSketch {
  started: boolean
  heldCount: number
}

interface Holding {
  readonly entry: Entry
  /** Nobody when it was got. */
  readonly consumer: Consumer | undefined
  readonly redelivered: boolean
}

/** A queue as simple as it can be: arrays, sorted and searched each time. */
export class QueueModel implements QueueSystem {
  readonly events: string[] = []
  #ready: Entry[] = []
  #holdings: Holding[] = []
  #consumers: Consumer[] = []
  /** Who waits for messages, the next one first; who could not take in its turn is not here. */
  #waiting: Consumer[] = []
  /** Who gets everything where that is one. */
  #active: Consumer | undefined
  readonly #withoutRoom = new Set<number>()
  #nextSequence = 0
  #deleted = false
  #now = 1
  readonly #sketch: QueueSketch

  constructor(sketch: QueueSketch = {}) {
    this.#sketch = sketch
  }

  get held(): string[] {
    return this.#holdings.map(({ entry, consumer }) => `${consumer?.name ?? GETTER}: ${entry.body}`)
  }

  get counts(): Counts {
    return {
      ready: this.#ready.length,
      unacked: this.#holdings.length,
      consumers: this.#consumers.length,
    }
  }

  publish(body: string, { priority = 0, expirationMs = NEVER }: MessageSketch): void {
    if (this.#deleted) return
    const { messageTtlMs = NEVER, maxPriority = 0, overflow = 'drop-head' } = this.#sketch
    const ttlMs = Math.min(messageTtlMs, expirationMs)
    const entry = {
      sequence: this.#nextSequence++,
      body,
      priority: Math.min(priority, maxPriority),
      expiresAt: ttlMs === NEVER ? 0 : this.#now + ttlMs,
      deliveredBefore: false,
      returnCount: 0,
    }
    if (overflow !== 'drop-head' && this.#isTooMuch([...this.#ready, entry])) {
      if (overflow === 'reject-publish-dlx') this.events.push(died(body, 'maxlen'))
      this.events.push(notTaken(body))
      return
    }
    // What goes from hand to hand is never in the queue.
    const consumer = this.#ready.length === 0 ? this.#nextConsumer() : undefined
    if (consumer === undefined) this.#add([entry])
    else this.#give(entry, consumer, consumer.noAck)
  }

  advance(ms: number): void {
    this.#now += ms
    this.#letGo()
    this.#handOut()
  }

  #add(entries: readonly Entry[]): void {
    this.#ready.push(...entries)
    this.#ready.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence)
    this.#letGo()
    this.#handOut()
  }

  #isTooMuch(ready: readonly Entry[]): boolean {
    const { maxLength = NEVER, maxLengthBytes = NEVER } = this.#sketch
    const bytes = ready.reduce((sum, { body }) => sum + body.length, 0)
    return ready.length > maxLength || bytes > maxLengthBytes
  }

  #letGo(): void {
    const { overflow = 'drop-head' } = this.#sketch
    while (overflow === 'drop-head' && this.#isTooMuch(this.#ready)) this.#dropFirst('maxlen')
    this.#expire()
  }

  #expire(): void {
    for (let first = this.#ready[0]; first !== undefined; first = this.#ready[0]) {
      if (first.expiresAt === 0 || first.expiresAt > this.#now) return
      this.#dropFirst('expired')
    }
  }

  #dropFirst(reason: DeadLetterReason): void {
    this.events.push(died((this.#ready.shift() as Entry).body, reason))
  }

  consume(sketch: ConsumerSketch): void {
    const isTaken = this.#consumers.some(({ exclusive }) => exclusive)
    const isShared = this.#consumers.length > 0 || this.#sketch.singleActive === true
    if (isTaken || (sketch.exclusive && isShared)) {
      this.events.push(refused(sketch.name))
      return
    }
    const consumer = { ...sketch, started: false, heldCount: 0 }
    this.#consumers.push(consumer)
    this.#waiting.push(consumer)
    this.#active ??= consumer
    this.#handOut()
  }

  start(name: string): void {
    const consumer = this.#consumers.find((candidate) => candidate.name === name)
    if (consumer === undefined) return
    consumer.started = true
    this.#wait(consumer)
  }

  cancel(name: string): void {
    const isOther = (consumer: Consumer) => consumer.name !== name
    const hadAny = this.#consumers.length > 0
    this.#consumers = this.#consumers.filter(isOther)
    this.#waiting = this.#waiting.filter(isOther)
    if (this.#active?.name === name) {
      this.#active = this.#consumers.toSorted((a, b) => b.priority - a.priority)[0]
    }
    if (hadAny && this.#consumers.length === 0) this.events.push(LAST_LEFT)
    this.#handOut()
  }

  get(noAck: boolean): void {
    const { singleActive, deliveryLimit } = this.#sketch
    if (singleActive && deliveryLimit !== undefined) {
      this.events.push(refused(GETTER))
      return
    }
    const entry = this.#ready.shift()
    if (entry === undefined) this.events.push(EMPTY)
    else this.#give(entry, undefined, noAck)
    this.#expire()
  }

  settle(positions: readonly number[], settlement: Settlement): void {
    const settled = positions.map((position) => this.#holdings[position] as Holding)
    this.#holdings = this.#holdings.filter((holding) => !settled.includes(holding))
    for (const { consumer } of settled) if (consumer !== undefined) consumer.heldCount--
    if (!this.#deleted) this.#settled(settled, settlement)
    for (const consumer of new Set(settled.map((holding) => holding.consumer))) {
      if (consumer !== undefined) this.#wait(consumer)
    }
  }

  #settled(settled: readonly Holding[], settlement: Settlement): void {
    const { deliveryLimit = NEVER } = this.#sketch
    const back: Entry[] = []
    for (const { entry, redelivered } of settled) {
      if (settlement === 'reject') this.events.push(died(entry.body, 'rejected'))
      if (settlement === 'putBack') {
        entry.deliveredBefore = redelivered
        back.push(entry)
      }
      if (settlement !== 'requeue') continue
      if (++entry.returnCount <= deliveryLimit) back.push(entry)
      else this.events.push(died(entry.body, 'delivery_limit'))
    }
    if (settlement === 'requeue' || settlement === 'putBack') this.#add(back)
  }

  setRoom(link: number, hasRoom: boolean): void {
    if (!hasRoom) {
      this.#withoutRoom.add(link)
      return
    }
    this.#withoutRoom.delete(link)
    for (const consumer of this.#consumers) if (consumer.link === link) this.#wait(consumer)
  }

  purge(): void {
    this.events.push(purged(this.#ready.length))
    this.#ready = []
  }

  delete(): void {
    this.#deleted = true
    this.#ready = []
    for (const { name } of this.#consumers) this.events.push(cancelled(name))
    this.#consumers = []
    this.#waiting = []
    this.#active = undefined
  }

  /** Puts it behind all others that wait, if it is still there and does not wait already. */
  #wait(consumer: Consumer): void {
    if (this.#consumers.includes(consumer) && !this.#waiting.includes(consumer)) {
      this.#waiting.push(consumer)
    }
    this.#handOut()
  }

  #handOut(): void {
    for (this.#expire(); this.#ready.length > 0; this.#expire()) {
      const consumer = this.#nextConsumer()
      if (consumer === undefined) return
      this.#give(this.#ready.shift() as Entry, consumer, consumer.noAck)
    }
  }

  /** The first of the highest priority that can take; its next turn is after all others'. */
  #nextConsumer(): Consumer | undefined {
    if (this.#sketch.singleActive) {
      return this.#active && this.#canTake(this.#active) ? this.#active : undefined
    }
    while (this.#waiting.length > 0) {
      const highest = Math.max(...this.#waiting.map(({ priority }) => priority))
      const next = this.#waiting.find(({ priority }) => priority === highest) as Consumer
      this.#waiting = this.#waiting.filter((consumer) => consumer !== next)
      if (!this.#canTake(next)) continue
      this.#waiting.push(next)
      return next
    }
    return undefined
  }

  #canTake({ started, link, noAck, prefetchCount, heldCount }: Consumer): boolean {
    const hasCredit = noAck || prefetchCount === 0 || heldCount < prefetchCount
    return started && hasCredit && !this.#withoutRoom.has(link)
  }

  #give(entry: Entry, consumer: Consumer | undefined, noAck: boolean): void {
    const { body, deliveredBefore, returnCount } = entry
    // Who gets a message is told a count from the first time on, of what counts at all.
    const counts = this.#sketch.deliveryLimit !== undefined
    const times = counts && (returnCount > 0 || consumer === undefined) ? returnCount : undefined
    this.events.push(delivered(consumer?.name ?? GETTER, body, deliveredBefore, times))
    entry.deliveredBefore = true
    if (noAck) return
    this.#holdings.push({ entry, consumer, redelivered: deliveredBefore })
    if (consumer !== undefined) consumer.heldCount++
  }
}
