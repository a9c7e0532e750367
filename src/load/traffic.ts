// One measurement of traffic: declares, connects, publishes and consumes until
// the time is over or the count is reached, and waits until everything arrived.
//
// All is driven by what the sockets report. A turn follows each round of
// reads: every producer that may publishes one batch. So batches grow when
// this process is busy and shrink when it waits, as with any real client.

import { nowUs } from './clock.ts'
import type { Consumer } from './consumer.ts'
import { type Crew, consumeAll, openConsumers, openProducers } from './crew.ts'
import { Ledger } from './ledger.ts'
import { LOAD_SIZE } from './link.ts'
import type { Producer } from './producer.ts'
import { Session } from './session.ts'
import { Tally } from './tally.ts'
import { Topology } from './topology.ts'
import type { Target, TrafficLoad } from './traffic-load.ts'

const STALL_CHECK_MS = 500
/** Below this, waiting for the next due message spins: timers are no finer than a millisecond. */
const SPIN_US = 2000

/** How far a load was at one moment. */
export interface Progress {
  atUs: number
  published: number
  consumed: number
}

/** Moments of one measurement, in this order. */
export interface Moments<Snapshot> {
  /** The warmup is over. */
  begin: Snapshot
  /** Publishing stopped because the time was over; undefined where a count ends it. */
  stopped: Snapshot | undefined
  /** The broker has taken in every publish. */
  published: Snapshot
  /** Everything was delivered. */
  end: Snapshot
}

export interface TrafficOptions<Snapshot extends Progress> {
  /** What is known of a moment; figures are differences of two of these. */
  snapshot: (tally: Tally) => Snapshot
  /** Counts; may be looked at meanwhile. */
  tally?: Tally
  /** Whether to take times of messages that are sent as fast as possible, too. */
  alwaysTimed?: boolean
  /** All is declared and connected. */
  onReady?: () => void
  /** Ends publishing before its time. */
  signal?: AbortSignal
}

export interface TrafficResult<Snapshot> {
  tally: Tally
  moments: Moments<Snapshot>
  /** What the broker did wrong with the messages; empty: every message as it must be. */
  faults: string[]
}

export async function runTraffic<Snapshot extends Progress>(
  load: TrafficLoad,
  options: TrafficOptions<Snapshot>,
): Promise<TrafficResult<Snapshot>> {
  const traffic = new Traffic(load, options)
  try {
    return await traffic.run()
  } finally {
    traffic.stop()
  }
}

class Traffic<Snapshot extends Progress> {
  readonly #job: TrafficLoad
  readonly #options: TrafficOptions<Snapshot>
  readonly #topology: Topology
  readonly #tally: Tally
  readonly #ledger: Ledger
  readonly #crew: Crew
  readonly #producers: Producer[] = []
  readonly #consumers: Consumer[] = []
  readonly #timers: NodeJS.Timeout[] = []
  #phase: 'preparing' | 'publishing' | 'stopping' = 'preparing'
  #turnAsked = false
  #firstInTurn = 0
  #awaited:
    | { condition: () => boolean; resolve: () => void; reject: (e: Error) => void }
    | undefined
  #failure: Error | undefined

  constructor(job: TrafficLoad, options: TrafficOptions<Snapshot>) {
    this.#job = job
    this.#options = options
    this.#tally = options.tally ?? new Tally()
    this.#topology = new Topology(job.prefix, job.shape)
    // A backlog that is only drained was published by one producer.
    this.#ledger = new Ledger(job.shape.queues, Math.max(1, job.shape.producers), job.runId)
    this.#crew = {
      job,
      topology: this.#topology,
      ledger: this.#ledger,
      tally: this.#tally,
      recordLatency: job.shape.ratePerSec > 0 || options.alwaysTimed === true,
      open: (nodes, id) => this.#open(nodes?.[id % nodes.length]),
      onProgress: () => this.#askTurn(),
    }
  }

  async run(): Promise<TrafficResult<Snapshot>> {
    const { shape } = this.#job
    const control = await this.#open()
    await this.#topology.declare(control)
    this.#consumers.push(...(await openConsumers(this.#crew)))
    this.#producers.push(...(await openProducers(this.#crew)))
    if (!shape.drainOnly) await consumeAll(this.#crew, this.#consumers)
    const moments = await this.#measure()
    this.#settleLedger()
    await Promise.all([...this.#producers, ...this.#consumers].map((each) => each.close()))
    if (!shape.keepQueues) await this.#topology.delete(control)
    await control.close()
    return { tally: this.#tally, moments, faults: this.#ledger.faults() }
  }

  async #measure(): Promise<Moments<Snapshot>> {
    const { shape, durationSec, warmupSec } = this.#job
    const { onReady, signal } = this.#options
    onReady?.()
    let begin = this.#snapshot()
    let stopped: Snapshot | undefined
    const stop = (): void => {
      stopped ??= this.#snapshot()
      this.#phase = 'stopping'
      this.#askTurn()
    }
    signal?.addEventListener('abort', stop)
    if (shape.messageCount === 0) {
      this.#after(warmupSec, () => {
        begin = this.#snapshot()
        this.#tally.forgetTimes()
      })
      this.#after(durationSec, stop)
    }
    this.#watchForStall()
    await this.#publishAll()
    const published = this.#snapshot()
    if (shape.consumers > 0) {
      await this.#until(() => this.#tally.consumed >= this.#tally.expected)
    }
    for (const consumer of this.#consumers) consumer.settle()
    return { begin, stopped, published, end: this.#snapshot() }
  }

  async #publishAll(): Promise<void> {
    const { shape } = this.#job
    if (shape.drainOnly) {
      this.#tally.expected = shape.messageCount
      await consumeAll(this.#crew, this.#consumers)
      return
    }
    // Not before: consumers that are told of their queues give turns, too.
    this.#phase = 'publishing'
    this.#startPace()
    this.#askTurn()
    await this.#until(() => this.#allPublished())
    // Where neither confirms nor deliveries tell, only an answer to a later method does.
    if (shape.consumers === 0 && shape.confirmWindow === 0) {
      await Promise.all(this.#producers.map((producer) => producer.settle()))
    }
  }

  #snapshot(): Snapshot {
    return this.#options.snapshot(this.#tally)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #open(target: Target = this.#job.target): Promise<Session> {
    const session = await Session.open(target, LOAD_SIZE)
    session.onFailure = (error) => this.#fail(error)
    return session
  }

  #startPace(): void {
    const { ratePerSec } = this.#job.shape
    if (ratePerSec === 0) return
    const stepUs = (1e6 / ratePerSec) * this.#producers.length
    const start = nowUs()
    for (const producer of this.#producers) {
      producer.pace = { firstUs: start + (producer.id * 1e6) / ratePerSec, stepUs }
    }
  }

  #askTurn(): void {
    if (this.#turnAsked) return
    this.#turnAsked = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#turnAsked = false
    const count = this.#producers.length
    // Not always the same one first: with little allowed, it would take all.
    this.#firstInTurn++
    for (let i = 0; i < count && this.#phase === 'publishing'; i++) {
      const producer = this.#producers[(i + this.#firstInTurn) % count] as Producer
      producer.publish(this.#allowed(producer))
    }
    if (this.#awaited?.condition()) this.#awaited.resolve()
    else if (this.#job.shape.ratePerSec > 0 && this.#phase === 'publishing') this.#waitUntilDue()
  }

  #waitUntilDue(): void {
    const due = Math.min(...this.#producers.map((producer) => producer.nextDueUs))
    if (due - nowUs() < SPIN_US) this.#askTurn()
    else this.#timers.push(setTimeout(() => this.#askTurn(), 1))
  }

  /** How many messages this producer may publish now. */
  #allowed(producer: Producer): number {
    const { messageCount, inflight, consumers } = this.#job.shape
    let allowed = Number.MAX_SAFE_INTEGER
    if (messageCount > 0) allowed = this.#quota(producer) - producer.sent
    if (producer.confirms) allowed = Math.min(allowed, producer.confirms.allowed)
    if (inflight > 0 && consumers > 0) {
      const room = inflight - (this.#tally.expected - this.#tally.consumed)
      allowed = Math.min(allowed, Math.floor(room / producer.copies))
    }
    return allowed
  }

  #quota(producer: Producer): number {
    const { messageCount, producers } = this.#job.shape
    return Math.floor(messageCount / producers) + (producer.id < messageCount % producers ? 1 : 0)
  }

  #allPublished(): boolean {
    const { messageCount } = this.#job.shape
    const over =
      this.#phase === 'stopping' || (messageCount > 0 && this.#tally.published >= messageCount)
    return (
      over && this.#producers.every(({ idle, confirms }) => idle && !(confirms?.outstanding ?? 0))
    )
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      else if (condition()) resolve()
      else this.#awaited = { condition, resolve, reject }
    })
  }

  #watchForStall(): void {
    const { stallSec } = this.#job
    let seen = -1
    let seenAtUs = nowUs()
    const check = (): void => {
      const { published, confirmed, consumed, expected } = this.#tally
      if (published + confirmed + consumed !== seen) {
        seen = published + confirmed + consumed
        seenAtUs = nowUs()
      } else if (nowUs() - seenAtUs > stallSec * 1e6) {
        const state = [`${published} published, ${consumed} of ${expected} delivered`]
        const blocked = this.#producers.find(({ blockedFor }) => blockedFor)?.blockedFor
        if (blocked) state.push(`publishers blocked: ${blocked}`)
        state.push(...this.#ledger.faults())
        this.#fail(new Error(`no progress for ${stallSec} s: ${state.join(', ')}`))
      }
    }
    this.#timers.push(setInterval(check, STALL_CHECK_MS))
  }

  #settleLedger(): void {
    if (this.#consumers.length === 0) return
    const { queues, exchange, drainOnly, messageCount } = this.#job.shape
    for (let queue = 0; queue < queues; queue++) {
      if (drainOnly) this.#ledger.settle(queue, 0, messageCount)
      for (const { id, sentTo } of this.#producers) {
        this.#ledger.settle(queue, id, sentTo[exchange === 'fanout' ? 0 : queue] as number)
      }
    }
  }

  #after(seconds: number, action: () => void): void {
    this.#timers.push(setTimeout(action, seconds * 1000))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#awaited?.reject(this.#failure)
  }
}
