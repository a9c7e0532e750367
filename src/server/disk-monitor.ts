import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Alarms } from './alarms.ts'
import type { Machine } from './machine.ts'

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 10_000

/** While publishers wait, the disk does not fill, and they should not wait for long. */
const RAISED_INTERVAL_MS = 1000

/** As fast as a disk is likely to be filled: 1 GB a second. */
const FILL_BYTES_PER_MS = 1_000_000

/** The alarm lasts until there is this much more than the limit, or it would come and go. */
const CLEAR_RATIO = 1.1

export interface DiskMonitorOptions {
  /** The directory whose filesystem is looked at. */
  readonly dataDir: string
  /** The alarm is raised when less is free. */
  readonly diskFreeLimitBytes: number
  readonly machine: Machine
  readonly clock: Clock
  readonly logger: Logger
  readonly alarms: Alarms
}

/**
 * Raises the disk alarm while the filesystem of the data directory has little room, and looks the more
 * often the less there is. https://www.rabbitmq.com/docs/disk-alarms
 */
export class DiskMonitor {
  readonly #directory: string
  readonly #limitBytes: number
  readonly #machine: Machine
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #alarms: Alarms
  #isRaised = false
  #intervalMs = MAX_INTERVAL_MS
  #isFailing = false
  #isStopped = false
  #stopTimer = (): void => {}

  constructor(options: DiskMonitorOptions) {
    this.#directory = options.dataDir
    this.#limitBytes = options.diskFreeLimitBytes
    this.#machine = options.machine
    this.#clock = options.clock
    this.#logger = options.logger
    this.#alarms = options.alarms
  }

  /** Resolves when it has looked for the first time. */
  async start(): Promise<void> {
    this.#logger.info({ limitBytes: this.#limitBytes }, 'Disk free limit set')
    await this.#check()
  }

  stop(): void {
    this.#isStopped = true
    this.#stopTimer()
  }

  async #check(): Promise<void> {
    this.#stopTimer()
    const freeBytes = await this.#freeBytes()
    if (this.#isStopped) return
    // What cannot be told is taken to be as it was.
    if (freeBytes !== null) this.#judge(freeBytes)
    this.#stopTimer = this.#clock.every(this.#intervalMs, () => void this.#check())
  }

  async #freeBytes(): Promise<number | null> {
    try {
      const freeBytes = await this.#machine.freeDiskBytes(this.#directory)
      this.#isFailing = false
      return freeBytes
    } catch (err) {
      if (!this.#isFailing) this.#logger.error({ err }, 'Cannot tell how much disk space is free')
      this.#isFailing = true
      return null
    }
  }

  #judge(freeBytes: number): void {
    const limitBytes = this.#limitBytes
    const isLow = freeBytes < limitBytes * (this.#isRaised ? CLEAR_RATIO : 1)
    if (isLow !== this.#isRaised) {
      this.#isRaised = isLow
      this.#alarms.set('disk', 'monitor', isLow, { freeBytes, limitBytes })
    }
    this.#intervalMs = isLow ? RAISED_INTERVAL_MS : intervalMs(freeBytes - limitBytes)
  }
}

/** Half of the time in which that could be filled. */
function intervalMs(marginBytes: number): number {
  const fillMs = marginBytes / FILL_BYTES_PER_MS
  return Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, Math.floor(fillMs / 2)))
}
