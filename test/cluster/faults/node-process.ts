// A node of a cluster that does nothing but write to the shards that it owns, many records at once, and
// says what it does, for a test to hurt it.
//
//     node-process.ts <cluster> <node> <shard count> <server,server,…> <window>
//
//     took <shard> <epoch> <records found> <their digest>
//     confirmed <shard> <epoch> <the last record, from 1>
//     lost <shard> <epoch>

import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/logger.ts'
import { ClusterMember } from '../../../src/cluster/cluster-member.ts'
import { NatsTraffic } from '../../../src/cluster/nats-traffic.ts'
import { SharedMap } from '../../../src/cluster/shared-map.ts'
import { NatsLink } from '../../../src/nats/nats-link.ts'
import { CheckedJournal } from '../../../src/store/checked-journal.ts'
import { JetStreamApi } from '../../../src/store/jetstream/jet-stream-api.ts'
import { JetStreamJournal } from '../../../src/store/jetstream/jetstream-journal.ts'
import { KvMetadata } from '../../../src/store/jetstream/kv-metadata.ts'
import { LogStream } from '../../../src/store/jetstream/log-stream.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { RecordDigest, recordOf, shardStream } from './written-records.ts'

const [cluster, node, shardCount, servers, window] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
/** How long it waits before as many are under way again as the window allows, for each shard. */
const PAUSE_MS = 20

const say = (...words: unknown[]): void => void process.stdout.write(`${words.join(' ')}\n`)
const link = await NatsLink.open({ servers: servers.split(','), name: node, logger: silentLogger })
const api = new JetStreamApi(link.requests)
const patience = () => ({ untilMs: performance.now() + 30_000 })

class ShardWork {
  readonly shard: number
  readonly epoch: number
  #journal: JetStreamJournal | undefined
  #isEnding = false
  #next = 1
  #underWay = 0

  constructor(shard: number, epoch: number) {
    this.shard = shard
    this.epoch = epoch
    this.#run().catch((error) => {
      if (!this.#isEnding) say('failed', shard, epoch, error)
    })
  }

  async release(): Promise<void> {
    this.#isEnding = true
    await this.#journal?.close()
  }

  abandon(reason: string): void {
    this.#isEnding = true
    this.#journal?.abandon(new StoreError(reason))
    say('lost', this.shard, this.epoch)
  }

  async #run(): Promise<void> {
    const { shard, epoch } = this
    const onDamage = (damage: unknown): void => say('damaged', shard, JSON.stringify(damage))
    const stream = new LogStream(api, shardStream(cluster, shard))
    const engine = await JetStreamJournal.open({ stream, epoch, onDamage, onFenced() {} })
    this.#journal = engine
    const journal = new CheckedJournal(engine, onDamage)
    const digest = new RecordDigest()
    await journal.recover((_, record) => digest.add(record))
    say('took', shard, epoch, digest.count, digest.value)
    while (!this.#isEnding) {
      while (this.#underWay < Number(window)) void this.#write(journal)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  async #write(journal: CheckedJournal): Promise<void> {
    const number = this.#next++
    this.#underWay++
    try {
      await journal.append([recordOf(this.epoch, number)])
      say('confirmed', this.shard, this.epoch, number)
    } catch {
      // It will not be confirmed, which is all that there is to it.
    }
    this.#underWay--
  }
}

const work = new Map<number, ShardWork>()
const open = (bucket: string): Promise<KvMetadata> =>
  KvMetadata.open({
    link,
    bucket: `${cluster}-${bucket}`,
    replicas: 3,
    clock: systemClock,
    logger: silentLogger,
  })
const shared = await open('map')
await new SharedMap(shared).found(Number(shardCount), async (count) => {
  for (let shard = 0; shard < count; shard++) {
    await LogStream.create(api, shardStream(cluster, shard), patience())
  }
})
const member = await ClusterMember.join({
  node,
  shared,
  presence: await open('presence'),
  traffic: new NatsTraffic(link, cluster),
  clock: systemClock,
  logger: silentLogger,
  onMap() {},
  holder: {
    take(shard, epoch) {
      work.set(shard, new ShardWork(shard, epoch))
    },
    async release(shard) {
      await work.get(shard)?.release()
    },
    lose(shard, reason) {
      work.get(shard)?.abandon(reason)
      work.delete(shard)
    },
  },
})
process.once('SIGTERM', () => {
  void member.leave().then(() => process.exit(0))
})
say('joined')
