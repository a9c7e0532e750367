// One measurement of traffic: declares, connects, publishes and consumes until
// the time is over or the count is reached, waits until everything arrived,
// and reckons up.
//
// All is driven by what the sockets report. A turn follows each round of
// reads: every producer that may publishes one batch. So batches grow when
// this process is busy and shrink when it waits, as with any real client.

import { resetPeak, residentMiB } from '../brokers/process-tree.ts'
import { nowUs } from './clock.ts'
import type { Consumer } from './consumer.ts'
import { type Crew, consumeAll, openConsumers, openProducers } from './crew.ts'
import { trafficFigures } from './figures.ts'
import type { JobResult, TrafficJob } from './job.ts'
import { Ledger } from './ledger.ts'
import { LOAD_SIZE } from './link.ts'
import type { Producer } from './producer.ts'
import { Session } from './session.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { Tally } from './tally.ts'
import { Topology } from './topology.ts'

const STALL_CHECK_MS = 500
/** Below this, waiting for the next due message spins: timers are no finer than a millisecond. */
const SPIN_US = 2000

export async function runTraffic(job: TrafficJob): Promise<JobResult> {
  const traffic = new Traffic(job)
  try {
    return await traffic.run()
  } finally {
    traffic.stop()
  }
}

class Traffic {
  readonly #job: TrafficJob
  readonly #topology: Topology
  readonly #tally = new Tally()
  readonly #ledger: Ledger
  readonly #crew: Crew
  readonly #producers: Producer[] = []
  readonly #consumers: Consumer[] = []
  readonly #timers: NodeJS.Timeout[] = []
  #stopping = false
  #turnAsked = false
  #firstInTurn = 0
  #awaited:
    | { condition: () => boolean; resolve: () => void; reject: (e: Error) => void }
    | undefined
  #failure: Error | undefined

  constructor(job: TrafficJob) {
    this.#job = job
    this.#topology = new Topology(job.prefix, job.shape)
    // A backlog that is only drained was published by one producer.
    this.#ledger = new Ledger(job.shape.queues, Math.max(1, job.shape.producers), job.runId)
    this.#crew = {
      job,
      topology: this.#topology,
      ledger: this.#ledger,
      tally: this.#tally,
      open: () => this.#open(),
      onProgress: () => this.#askTurn(),
    }
  }

  async run(): Promise<JobResult> {
    const { shape, pid, durationSec, warmupSec } = this.#job
    const control = await this.#open()
    await this.#topology.declare(control)
    this.#consumers.push(...(await openConsumers(this.#crew)))
    this.#producers.push(...(await openProducers(this.#crew)))
    if (!shape.drainOnly) await consumeAll(this.#crew, this.#consumers)
    if (pid > 0) resetPeak(pid)
    let begin = takeSnapshot(this.#tally, pid)
    let stopped: Snapshot | undefined
    if (shape.messageCount === 0) {
      this.#after(warmupSec, () => {
        begin = takeSnapshot(this.#tally, pid)
        this.#tally.forgetTimes()
      })
      this.#after(durationSec, () => {
        stopped = takeSnapshot(this.#tally, pid)
        this.#stopping = true
        this.#askTurn()
      })
    }
    this.#watchForStall()
    if (shape.drainOnly) {
      this.#tally.expected = shape.messageCount
      await consumeAll(this.#crew, this.#consumers)
    } else {
      this.#startPace()
      this.#askTurn()
      await this.#until(() => this.#allPublished())
      // Where neither confirms nor deliveries tell, only an answer to a later method does.
      if (shape.consumers === 0 && shape.confirmWindow === 0) {
        await Promise.all(this.#producers.map((producer) => producer.settle()))
      }
    }
    const published = takeSnapshot(this.#tally, pid)
    if (shape.consumers > 0) {
      await this.#until(() => this.#tally.consumed >= this.#tally.expected)
    }
    for (const consumer of this.#consumers) consumer.settle()
    const end = takeSnapshot(this.#tally, pid)
    const figures = trafficFigures(shape, this.#tally, { begin, stopped, published, end })
    if (pid > 0) {
      figures.peakMiB = residentMiB(pid, 'peak')
      figures.residentMiB = residentMiB(pid, 'now')
    }
    this.#settleLedger()
    await Promise.all([...this.#producers, ...this.#consumers].map((each) => each.close()))
    if (!shape.keepQueues) await this.#topology.delete(control)
    await control.close()
    return { figures, faults: this.#ledger.faults() }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #open(): Promise<Session> {
    const session = await Session.open(this.#job.target, LOAD_SIZE)
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
    for (let i = 0; i < count && !this.#stopping; i++) {
      const producer = this.#producers[(i + this.#firstInTurn) % count]!
      producer.publish(this.#allowed(producer))
    }
    if (this.#awaited?.condition()) this.#awaited.resolve()
    else if (this.#job.shape.ratePerSec > 0 && !this.#stopping) this.#waitUntilDue()
  }

  #waitUntilDue(): void {
    const due = Math.min(...this.#producers.map((producer) => producer.nextDueUs))
    if (due - nowUs() < SPIN_US) this.#askTurn()
    else this.#timers.push(setTimeout(() => this.#askTurn(), 1))
  }

  /** How many messages this producer may publish now. */
  #allowed(producer: Producer): number {
    const { messageCount, confirmWindow, inflight, consumers } = this.#job.shape
    let allowed = Number.MAX_SAFE_INTEGER
    if (messageCount > 0) allowed = this.#quota(producer) - producer.sent
    if (producer.confirms) {
      allowed = Math.min(allowed, confirmWindow - producer.confirms.outstanding)
    }
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
    const over = this.#stopping || (messageCount > 0 && this.#tally.published >= messageCount)
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
        this.#ledger.settle(queue, id, sentTo[exchange === 'fanout' ? 0 : queue]!)
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
