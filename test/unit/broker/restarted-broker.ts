import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { RunningBroker } from './running-broker.ts'
import { TopologyClient } from './topology-client.ts'

/**
 * How a broker came to its end. `killed`: another one begins with what is on the disk by then, as
 * after `kill -9`.
 */
export type End = 'closed' | 'killed'

type Options = NonNullable<Parameters<typeof RunningBroker.start>[0]>

/** A broker with a data directory that can be started again; all of it goes when the test ends. */
export class RestartedBroker {
  readonly #options: Options
  dataDir: string
  running: RunningBroker

  static async start(options: Options = {}): Promise<RestartedBroker> {
    const dataDir = join(temporaryDirectory(), 'data')
    // Clients that do not answer are dropped at once.
    const all = { shutdownTimeoutMs: 1, ...options }
    return new RestartedBroker(dataDir, all, await RunningBroker.start({ ...all, dataDir }))
  }

  private constructor(dataDir: string, options: Options, running: RunningBroker) {
    this.dataDir = dataDir
    this.#options = options
    this.running = running
  }

  /** Starts it again, with other options if some are given. */
  async restart(end: End, options: Options = {}): Promise<void> {
    if (end === 'closed') await this.running.broker.close()
    else this.dataDir = this.#copy()
    const all = { ...this.#options, ...options, dataDir: this.dataDir }
    this.running = await RunningBroker.start(all)
  }

  /** Starts it again, and looks for what there is. */
  async clientAfter(end: End): Promise<TopologyClient> {
    await this.restart(end)
    return this.client()
  }

  async client(): Promise<TopologyClient> {
    return new TopologyClient(await this.running.channel())
  }

  #copy(): string {
    const copy = join(temporaryDirectory(), 'data')
    cpSync(this.dataDir, copy, { recursive: true })
    return copy
  }
}
