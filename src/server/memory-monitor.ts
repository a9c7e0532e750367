import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Alarms } from './alarms.ts'
import type { Machine, MemoryUse } from './machine.ts'

/** A publisher on the same machine brings a hundred megabytes meanwhile, and looking takes 10 µs. */
const INTERVAL_MS = 250

/** The alarm lasts until this share of the limit is reached, or it would come and go. */
const CLEAR_SHARE = 0.95

/**
 * Share of its limit that the heap of JavaScript may have. Near the limit, the heap may grow half of
 * the way to it before garbage is collected: here, at least 60 % of the limit is no garbage.
 */
const HEAP_SHARE = 0.8

/** While the alarm lasts, garbage is collected this often, but takes no more than a 20th of the time. */
const COLLECT_INTERVAL_MS = 2000
const COLLECT_PAUSE_RATIO = 20

export interface MemoryMonitorOptions {
  /** Up to 1 it is a share of the memory that there is; above, bytes. */
  readonly memoryHighWatermark: number
  readonly machine: Machine
  readonly clock: Clock
  readonly logger: Logger
  readonly alarms: Alarms
}

interface Gauge {
  readonly of: 'process' | 'heap'
  readonly usedBytes: number
  readonly limitBytes: number
}

/**
 * Raises the memory alarm while the process has more than it should.
 *
 * What counts is what Node.js has allocated, and what the process had besides when the monitor started.
 * The resident size counts only as an upper bound: of freed buffers the C library keeps most for later,
 * so once it was high it remains so, and a full queue that was emptied would block publishers for ever.
 * For the same reason garbage is collected while the alarm lasts: a broker whose publishers wait
 * has too little to do for Node.js to ever collect it.
 * https://www.rabbitmq.com/docs/memory
 */
export class MemoryMonitor {
  readonly #watermark: number
  readonly #machine: Machine
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #alarms: Alarms
  #limitBytes = 0
  /** Code, stacks, and whatever else Node.js does not account for. */
  #besidesBytes = 0
  #isRaised = false
  #collectAtMs = 0
  #stop = (): void => {}

  constructor(options: MemoryMonitorOptions) {
    this.#watermark = options.memoryHighWatermark
    this.#machine = options.machine
    this.#clock = options.clock
    this.#logger = options.logger
    this.#alarms = options.alarms
  }

  start(): void {
    const totalBytes = this.#machine.memoryBytes()
    const share = this.#watermark <= 1 ? this.#watermark * totalBytes : this.#watermark
    this.#limitBytes = Math.floor(Math.min(share, totalBytes))
    const use = this.#machine.memoryUse()
    this.#besidesBytes = Math.max(0, use.residentBytes - use.allocatedBytes)
    this.#logger.info({ limitBytes: this.#limitBytes, totalBytes }, 'Memory high watermark set')
    this.#check()
    this.#stop = this.#clock.every(INTERVAL_MS, () => this.#check())
  }

  /** What the process may have, once it has started. */
  get limitBytes(): number {
    return this.#limitBytes
  }

  stop(): void {
    this.#stop()
  }

  #check(): void {
    const { of, usedBytes, limitBytes } = this.#fullest(this.#machine.memoryUse())
    const isHigh = usedBytes > limitBytes * (this.#isRaised ? CLEAR_SHARE : 1)
    if (isHigh !== this.#isRaised) {
      this.#isRaised = isHigh
      this.#alarms.set('memory', 'monitor', isHigh, { of, usedBytes, limitBytes })
    }
    if (isHigh) this.#collect()
  }

  #fullest({ residentBytes, allocatedBytes, heapUsedBytes, heapLimitBytes }: MemoryUse): Gauge {
    const usedBytes = Math.min(residentBytes, this.#besidesBytes + allocatedBytes)
    const limitBytes = Math.floor(heapLimitBytes * HEAP_SHARE)
    return heapUsedBytes / limitBytes > usedBytes / this.#limitBytes
      ? { of: 'heap', usedBytes: heapUsedBytes, limitBytes }
      : { of: 'process', usedBytes, limitBytes: this.#limitBytes }
  }

  #collect(): void {
    const beginMs = this.#clock.now()
    // With a limit of 0 nothing helps, and somebody wants it so.
    if (beginMs < this.#collectAtMs || this.#limitBytes === 0) return
    this.#machine.collectGarbage()
    const endMs = this.#clock.now()
    const pauseMs = Math.max(COLLECT_INTERVAL_MS, (endMs - beginMs) * COLLECT_PAUSE_RATIO)
    this.#collectAtMs = endMs + pauseMs
  }
}
