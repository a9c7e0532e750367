import type { Logger } from '../../base/logger.ts'
import type { NatsLink } from '../../nats/nats-link.ts'
import type { ShardJournal } from '../../sharding/owned-shard.ts'
import { CheckedJournal } from '../../store/checked-journal.ts'
import { JetStreamApi } from '../../store/jetstream/jet-stream-api.ts'
import { JetStreamJournal } from '../../store/jetstream/jetstream-journal.ts'
import { LogStream } from '../../store/jetstream/log-stream.ts'
import type { Patience } from '../../store/jetstream/retrying.ts'
import type { Damage } from '../../store/journal.ts'
import { StoreError } from '../../store/store-error.ts'
import { shardStream } from './names.ts'

const PATIENCE_MS = 30_000

/** The journals of the shards, a stream of JetStream each. */
export class ShardJournals {
  readonly #api: JetStreamApi
  readonly #prefix: string
  readonly #replicas: number
  readonly #logger: Logger

  constructor(link: NatsLink, prefix: string, replicas: number, logger: Logger) {
    this.#api = new JetStreamApi(link.requests)
    this.#prefix = prefix
    this.#replicas = replicas
    this.#logger = logger
  }

  /** Makes the streams of a cluster that is founded. */
  async create(shardCount: number): Promise<void> {
    for (let shard = 0; shard < shardCount; shard++) {
      await LogStream.create(this.#api, this.#streamOf(shard), patience())
    }
  }

  /**
   * Takes the journal of a shard over: whoever had it before can store nothing any more.
   *
   * @throws StoreError when it cannot be had
   */
  async open(shard: number, epoch: number): Promise<ShardJournal> {
    const onDamage = (damage: Damage): void => {
      this.#logger.error({ shard, ...damage }, 'Damaged records of a shard are left out')
    }
    const stream = new LogStream(this.#api, this.#streamOf(shard))
    // That it was taken over is seen by what is refused then.
    const onFenced = (): void => this.#logger.warn({ shard, epoch }, 'Another node has the shard')
    const journal = await JetStreamJournal.open({ stream, epoch, onDamage, onFenced })
    return {
      journal: new CheckedJournal(journal, onDamage),
      abandon: () => journal.abandon(new StoreError(`shard ${shard} is not this node's any more`)),
    }
  }

  #streamOf(shard: number): ReturnType<typeof shardStream> {
    return shardStream(this.#prefix, shard, this.#replicas)
  }
}

const patience = (): Patience => ({ untilMs: performance.now() + PATIENCE_MS })
