import {
  type ConsumerSketch,
  type Counts,
  cancelled,
  delivered,
  EMPTY,
  GETTER,
  LAST_LEFT,
  purged,
  type QueueSystem,
  refused,
  type Settlement,
} from './queue-system.ts'

interface Entry {
  readonly sequence: number
  readonly body: string
  deliveredBefore: boolean
}

interface Consumer extends ConsumerSketch {
  started: boolean
  heldCount: number
}

interface Holding {
  readonly entry: Entry
  /** Nobody when it was got. */
  readonly consumer: Consumer | undefined
}

/** A queue as simple as it can be: arrays, sorted and searched each time. */
export class QueueModel implements QueueSystem {
  readonly events: string[] = []
  #ready: Entry[] = []
  #holdings: Holding[] = []
  #consumers: Consumer[] = []
  /** Who waits for messages, the next one first; who could not take in its turn is not here. */
  #waiting: Consumer[] = []
  readonly #withoutRoom = new Set<number>()
  #nextSequence = 0
  #deleted = false

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

  publish(body: string): void {
    if (this.#deleted) return
    this.#ready.push({ sequence: this.#nextSequence++, body, deliveredBefore: false })
    this.#handOut()
  }

  consume(sketch: ConsumerSketch): void {
    const isTaken = this.#consumers.some(({ exclusive }) => exclusive)
    if (isTaken || (sketch.exclusive && this.#consumers.length > 0)) {
      this.events.push(refused(sketch.name))
      return
    }
    const consumer = { ...sketch, started: false, heldCount: 0 }
    this.#consumers.push(consumer)
    this.#waiting.push(consumer)
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
    if (hadAny && this.#consumers.length === 0) this.events.push(LAST_LEFT)
  }

  get(noAck: boolean): void {
    const entry = this.#ready.shift()
    if (entry === undefined) this.events.push(EMPTY)
    else this.#give(entry, undefined, noAck)
  }

  settle(positions: readonly number[], settlement: Settlement): void {
    const settled = positions.map((position) => this.#holdings[position] as Holding)
    this.#holdings = this.#holdings.filter((holding) => !settled.includes(holding))
    for (const { consumer } of settled) if (consumer !== undefined) consumer.heldCount--
    if (settlement === 'requeue' && !this.#deleted) {
      this.#ready.push(...settled.map(({ entry }) => entry))
      this.#ready.sort((a, b) => a.sequence - b.sequence)
      this.#handOut()
    }
    for (const consumer of new Set(settled.map((holding) => holding.consumer))) {
      if (consumer !== undefined) this.#wait(consumer)
    }
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
  }

  /** Puts it behind all others that wait, if it is still there and does not wait already. */
  #wait(consumer: Consumer): void {
    if (this.#consumers.includes(consumer) && !this.#waiting.includes(consumer)) {
      this.#waiting.push(consumer)
    }
    this.#handOut()
  }

  #handOut(): void {
    while (this.#ready.length > 0) {
      const consumer = this.#nextConsumer()
      if (consumer === undefined) return
      this.#give(this.#ready.shift() as Entry, consumer, consumer.noAck)
    }
  }

  /** The first of the highest priority that can take; its next turn is after all others'. */
  #nextConsumer(): Consumer | undefined {
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
    this.events.push(delivered(consumer?.name ?? GETTER, entry.body, entry.deliveredBefore))
    entry.deliveredBefore = true
    if (noAck) return
    this.#holdings.push({ entry, consumer })
    if (consumer !== undefined) consumer.heldCount++
  }
}
