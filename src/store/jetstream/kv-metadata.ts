import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { NatsLink } from '../../nats/nats-link.ts'
import { GroupCommit } from '../group-commit.ts'
import type { Metadata, MetadataListener } from '../metadata.ts'
import type { MetadataChange } from '../metadata-change.ts'
import { StoreError } from '../store-error.ts'
import { JetStreamApi } from './jet-stream-api.ts'
import { KvBucket } from './kv-bucket.ts'
import { KvFollower } from './kv-follower.ts'
import { KvWriter } from './kv-writer.ts'
import { type Patience, retrying } from './retrying.ts'
import { Tombstones } from './tombstones.ts'

export interface KvMetadataOptions {
  readonly link: NatsLink
  readonly bucket: string
  readonly replicas: number
  readonly clock: Clock
  readonly logger: Logger
  /** How long a change is tried before it is refused; 10 seconds unless it is given. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 10_000
/** Many nodes may want the bucket at the same time, of servers that have just been started. */
const OPEN_PATIENCE_MS = 60_000

/** Definitions that the nodes of a cluster share, in a bucket of NATS. */
export class KvMetadata implements Metadata {
  readonly position = 0
  readonly #bucket: KvBucket
  readonly #follower: KvFollower
  readonly #tombstones: Tombstones
  readonly #writer: KvWriter
  readonly #patienceMs: number
  readonly #group = new GroupCommit<MetadataChange>((changes) => this.#commit(changes))
  readonly #end = new AbortController()

  /** Makes the bucket if there is none. */
  static async open(options: KvMetadataOptions): Promise<KvMetadata> {
    const api = new JetStreamApi(options.link.requests)
    const patienceMs = options.patienceMs ?? PATIENCE_MS
    const patience = { untilMs: performance.now() + OPEN_PATIENCE_MS }
    const bucket = await KvBucket.create(api, options.bucket, options.replicas, patience)
    return new KvMetadata({ ...options, patienceMs }, bucket)
  }

  private constructor(
    { link, clock, logger, patienceMs }: KvMetadataOptions & { readonly patienceMs: number },
    bucket: KvBucket,
  ) {
    this.#bucket = bucket
    this.#patienceMs = patienceMs
    this.#follower = new KvFollower(bucket, link.connection, clock, logger)
    const tombstones = new Tombstones(bucket, clock)
    this.#tombstones = tombstones
    this.#writer = new KvWriter(bucket, (key, revision) => tombstones.note(key, revision))
  }

  async load(): Promise<Map<string, string>> {
    const patience = this.#patience()
    const values = new Map<string, string>()
    let next = 1
    for (;;) {
      const first = next
      const last = await retrying(patience, () => this.#bucket.lastRevision())
      if (last < first) return values
      const entries = await retrying(patience, () => this.#bucket.entries(first, last))
      for (const { key, value, revision, timeMs } of entries) {
        if (value !== undefined) {
          values.set(key, value)
        } else {
          values.delete(key)
          this.#tombstones.note(key, revision, timeMs)
        }
      }
      // What was changed meanwhile was not where it had been.
      next = last + 1
    }
  }

  async put(key: string, value: string): Promise<void> {
    this.#bucket.assertFits(value)
    return this.#group.add({ key, value, isMade: true }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined, isMade: true }, undefined)
  }

  async read(key: string): Promise<string | undefined> {
    return (await retrying(this.#patience(), () => this.#bucket.entry(key)))?.value
  }

  async replace(
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    this.#bucket.assertFits(value ?? '')
    const change = { key, value, expected: { value: expected }, isMade: false }
    await this.#group.add(change, undefined)
    return change.isMade
  }

  watch(listener: MetadataListener): Promise<() => void> {
    return retrying(this.#patience(), () => this.#follower.add(listener))
  }

  told(): Promise<void> {
    return retrying(this.#patience(), () => this.#follower.told())
  }

  /** Tries nothing once more from now on: what is under way is refused. */
  giveUp(): void {
    this.#end.abort(new StoreError('the store is closed'))
  }

  async close(): Promise<void> {
    await this.#group.close()
    this.#follower.close()
    this.#tombstones.close()
    this.giveUp()
  }

  async #commit(changes: readonly MetadataChange[]): Promise<void> {
    try {
      await this.#writer.make(changes, this.#patience())
    } finally {
      this.#follower.announce()
    }
  }

  #patience(): Patience {
    return { untilMs: performance.now() + this.#patienceMs, signal: this.#end.signal }
  }
}
