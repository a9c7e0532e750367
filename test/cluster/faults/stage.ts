import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsCluster } from '../../../scripts/nats/nats-cluster.ts'
import { silentLogger } from '../../../src/base/logger.ts'
import { NatsLink } from '../../../src/nats/nats-link.ts'
import { CheckedJournal } from '../../../src/store/checked-journal.ts'
import { JetStreamApi } from '../../../src/store/jetstream/jet-stream-api.ts'
import { JetStreamJournal } from '../../../src/store/jetstream/jetstream-journal.ts'
import { LogStream } from '../../../src/store/jetstream/log-stream.ts'
import { Ledger } from './ledger.ts'
import { NodeProgram } from './node-program.ts'
import { shardStream } from './written-records.ts'

const SHARDS = 3
/** Longer than anything may take of which the cluster recovers by itself. */
const PROGRESS_MS = 40_000
/** How many confirms of each shard count as progress. */
const PROGRESS = 100
/** A higher epoch than any node comes to, to read everything with. */
const LAST_EPOCH = 1_000_000

/** Three NATS servers and three nodes, all of which can be hurt, and what the nodes say. */
export class Stage {
  readonly nats: NatsCluster
  readonly nodes: readonly NodeProgram[]
  readonly #directory: string
  readonly #name = `faults-${randomUUID()}`
  readonly #ledgers = Array.from({ length: SHARDS }, () => new Ledger())
  readonly #problems: string[] = []

  /** The nodes keep so many records of each shard under way. */
  static async build(window = 24): Promise<Stage> {
    const directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
    const nats = await NatsCluster.start({ directory, user: 'test', password: 'test' })
    const stage = new Stage(nats, directory, window)
    for (const node of stage.nodes) node.start()
    await stage.progress()
    return stage
  }

  private constructor(nats: NatsCluster, directory: string, window: number) {
    this.nats = nats
    this.#directory = directory
    this.nodes = ['a', 'b', 'c'].map((name) => {
      const args = [this.#name, name, String(SHARDS), nats.urls.join(','), String(window)]
      return new NodeProgram(name, args, (words) => this.#hear(words))
    })
  }

  /** The longest time in which a shard confirmed nothing, since this was asked for last. */
  takeLongestGapMs(): number {
    return Math.max(...this.#ledgers.map((ledger) => ledger.takeLongestGapMs()))
  }

  /** Resolves when every shard has confirmed more. */
  async progress(): Promise<void> {
    const wanted = this.#ledgers.map(({ confirmedCount }) => confirmedCount + PROGRESS)
    const untilMs = performance.now() + PROGRESS_MS
    while (this.#ledgers.some(({ confirmedCount }, at) => confirmedCount < (wanted[at] ?? 0))) {
      if (performance.now() > untilMs) throw new Error('a shard makes no progress')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
  }

  /** Has all nodes leave, and sees whether everything is there. */
  async check(): Promise<void> {
    for (const node of this.nodes) await node.stop('SIGTERM')
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
    const link = await NatsLink.open({
      servers: this.nats.urls,
      name: 'check',
      logger: silentLogger,
    })
    const api = new JetStreamApi(link.requests)
    for (const [shard, ledger] of this.#ledgers.entries()) {
      const stream = new LogStream(api, shardStream(this.#name, shard))
      const onDamage = (damage: unknown): never => {
        throw new Error(`a record is damaged: ${JSON.stringify(damage)}`)
      }
      const options = { stream, epoch: LAST_EPOCH, onDamage, onFenced() {} }
      const journal = await JetStreamJournal.open(options)
      await ledger.check(new CheckedJournal(journal, onDamage))
      await journal.close()
    }
    await link.close()
  }

  async clear(): Promise<void> {
    for (const node of this.nodes) await node.stop('SIGKILL')
    await this.nats.stop('SIGKILL')
    rmSync(this.#directory, { recursive: true })
  }

  #hear([what, shard, epoch, ...rest]: string[]): void {
    const ledger = this.#ledgers[Number(shard)]
    try {
      if (what === 'took') ledger?.took(Number(epoch), Number(rest[0]), String(rest[1]))
      else if (what === 'confirmed') ledger?.confirmed(Number(epoch), Number(rest[0]))
      else if (what === 'failed' || what === 'damaged') throw new Error([epoch, ...rest].join(' '))
    } catch (error) {
      this.#problems.push(`${what} of shard ${shard}: ${String(error)}`)
    }
  }
}
