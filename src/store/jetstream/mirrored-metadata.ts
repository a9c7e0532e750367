import { GroupCommit } from '../group-commit.ts'
import type { Metadata, MetadataListener } from '../metadata.ts'
import type { MetadataChange } from '../metadata-change.ts'
import { StoreError } from '../store-error.ts'
import { JetStreamApi } from './jet-stream-api.ts'
import { KvBucket } from './kv-bucket.ts'
import type { KvMetadataOptions } from './kv-metadata.ts'
import { KvMirror } from './kv-mirror.ts'
import type { KvNote, KvReceipt } from './kv-note.ts'
import { KvScribe } from './kv-scribe.ts'
import { MirroredChanges } from './mirrored-changes.ts'
import { type Patience, retrying } from './retrying.ts'
import { Tombstones } from './tombstones.ts'

const PATIENCE_MS = 10_000
/** Many nodes may want the bucket at the same time, of servers that have just been started. */
const OPEN_PATIENCE_MS = 60_000

/**
 * Definitions that the nodes of a cluster share, in a bucket of NATS, all of which is in the memory of each node:
 * so nothing has to be read before it can be changed. What many nodes change at the same time is best written by
 * one of them for all, which is nothing but faster: see `writeElsewhere`.
 */
export class MirroredMetadata implements Metadata {
  /** Writes for this node, and for others. */
  readonly scribe: KvScribe
  readonly #bucket: KvBucket
  readonly #mirror: KvMirror
  readonly #tombstones: Tombstones
  readonly #patienceMs: number
  readonly #group = new GroupCommit<MetadataChange>((changes) => this.#commit(changes))
  readonly #end = new AbortController()
  #elsewhere: (note: KvNote) => Promise<KvReceipt | undefined> = async () => undefined

  /** Makes the bucket if there is none. */
  static async open(options: KvMetadataOptions): Promise<MirroredMetadata> {
    const { link, replicas, clock, logger } = options
    const patience = { untilMs: performance.now() + OPEN_PATIENCE_MS }
    const api = new JetStreamApi(link.requests)
    const bucket = await KvBucket.create(api, options.bucket, replicas, patience)
    const tombstones = new Tombstones(bucket, clock)
    const { connection } = link
    const mirror = await retrying(patience, () =>
      KvMirror.load({
        ...{ bucket, connection, clock, logger },
        onDeleted: ({ key, revision, timeMs }) => tombstones.note(key, revision, timeMs),
      }),
    )
    return new MirroredMetadata({ bucket, mirror, tombstones }, options.patienceMs ?? PATIENCE_MS)
  }

  private constructor({ bucket, mirror, tombstones }: Parts, patienceMs: number) {
    this.#bucket = bucket
    this.#mirror = mirror
    this.#tombstones = tombstones
    this.#patienceMs = patienceMs
    this.scribe = new KvScribe(bucket, mirror, (key, revision) => tombstones.note(key, revision))
  }

  /** From now on that is asked to write first; it gives undefined when nobody knows what came of it. */
  writeElsewhere(write: (note: KvNote) => Promise<KvReceipt | undefined>): void {
    this.#elsewhere = write
  }

  get position(): number {
    return this.#mirror.position
  }

  async load(): Promise<Map<string, string>> {
    await this.told()
    return this.#mirror.values
  }

  async put(key: string, value: string): Promise<void> {
    this.#bucket.assertFits(value)
    await this.#group.add({ key, value, isMade: true }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined, isMade: true }, undefined)
  }

  async read(key: string): Promise<string | undefined> {
    await this.told()
    return this.#mirror.valueOf(key)
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

  async watch(listener: MetadataListener): Promise<() => void> {
    return this.#mirror.listen(listener)
  }

  told(position = 0): Promise<void> {
    const known = (): Promise<void> =>
      position === 0 ? this.#mirror.told() : this.#mirror.reach(position)
    return retrying(this.#patience(), known)
  }

  /** Tries nothing once more from now on: what is under way is refused. */
  giveUp(): void {
    this.#end.abort(new StoreError('the store is closed'))
  }

  async close(): Promise<void> {
    await this.#group.close()
    await this.scribe.close()
    this.#mirror.close()
    this.#tombstones.close()
    this.giveUp()
  }

  async #commit(changes: readonly MetadataChange[]): Promise<void> {
    const patience = this.#patience()
    for (const run of runsOf(changes)) {
      const parts = {
        ...{ mirror: this.#mirror, bucket: this.#bucket },
        write: (note: KvNote) => this.scribe.write(note),
        writeElsewhere: this.#elsewhere,
      }
      const changing = new MirroredChanges(run, parts)
      await retrying(patience, () => changing.make()).finally(() => changing.close())
    }
  }

  #patience(): Patience {
    return { untilMs: performance.now() + this.#patienceMs, signal: this.#end.signal }
  }
}

interface Parts {
  readonly bucket: KvBucket
  readonly mirror: KvMirror
  readonly tombstones: Tombstones
}

/** The changes in their order, in parts in which each key is once. */
function runsOf(changes: readonly MetadataChange[]): MetadataChange[][] {
  const runs: MetadataChange[][] = []
  let keys = new Set<string>()
  for (const change of changes) {
    if (runs.length === 0 || keys.has(change.key)) {
      runs.push([])
      keys = new Set()
    }
    runs.at(-1)?.push(change)
    keys.add(change.key)
  }
  return runs
}
