import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { type Broker, createBroker } from '../../../src/broker.ts'
import type { Durability } from '../../../src/store/journal.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import type { CrashBroker, RunningBroker } from './crash-broker.ts'
import { type Drive, plugIn } from './memory-directory.ts'

/** What waits for a while waits for a fiftieth of it, so that a journal is soon tried again. */
const hurried: Clock = {
  ...systemClock,
  every: (intervalMs, callback) => systemClock.every(intervalMs / 50, callback),
}

export interface PowerlessOptions {
  readonly nextFault?: Drive['nextFault']
  readonly messageMemoryBytes?: number
  readonly durability?: Durability
  /** With the power goes one record more, as none must. */
  readonly forgets?: boolean
}

/**
 * A broker in this process, on a disk in memory: to kill it is to take away the power, and with it all
 * that was not flushed. It needs `MemoryDirectory` in the place of `DataDirectory`.
 */
export class PowerlessBroker implements CrashBroker {
  readonly name = 'Leveret on a disk that loses power'
  readonly storage = 'one journal'
  readonly #options: PowerlessOptions
  #disk = new MemoryDisk()

  constructor(options: PowerlessOptions = {}) {
    this.#options = options
  }

  async start(): Promise<RunningBroker> {
    const logger = new RecordingLogger()
    const broker = await this.#create(logger)
    return {
      port: broker.port,
      get output() {
        return logger.lines.map((line) => JSON.stringify(line)).join('\n')
      },
      outlivesItsEnd: true,
      kill: () => {
        this.#losePower()
        return broker.close()
      },
      stop: () => broker.close(),
    }
  }

  async startAndKill(afterMs: number): Promise<void> {
    const starting = this.#create(new RecordingLogger())
    for (let turn = 0; turn < afterMs; turn++) await new Promise((next) => setImmediate(next))
    this.#losePower()
    await (await starting).close()
  }

  /** Whoever has the old disk goes on in vain. */
  #losePower(): void {
    this.#disk = this.#disk.afterPowerLoss()
    if (this.#options.forgets !== true) return
    const { written, durable } = this.#disk.records
    const positions = [...written.keys()]
    const middle = positions[positions.length >> 1] ?? 0
    written.delete(middle)
    durable.delete(middle)
  }

  #create(logger: RecordingLogger): Promise<Broker> {
    const { nextFault = () => undefined, forgets: _, ...options } = this.#options
    const dataDir = temporaryDirectory()
    plugIn(dataDir, { disk: this.#disk, nextFault })
    return createBroker({ ...options, port: 0, dataDir, logger, clock: hurried })
  }
}
