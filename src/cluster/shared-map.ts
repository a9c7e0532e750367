import type { Metadata } from '../store/metadata.ts'
import { ClusterError } from './cluster-error.ts'
import { decodeShardMap, emptyShardMap, encodeShardMap, type ShardMap } from './shard-map.ts'

const KEY = 'map'

/** The map where all nodes see it. */
export class SharedMap {
  readonly #metadata: Metadata

  constructor(metadata: Metadata) {
    this.#metadata = metadata
  }

  /** Makes the first map if there is none; before that, `prepare` makes what it says is there. */
  async found(shardCount: number, prepare: (shardCount: number) => Promise<void>): Promise<void> {
    if ((await this.#metadata.read(KEY)) !== undefined) return
    await prepare(shardCount)
    // If it fails, another node has been faster, and made the same.
    await this.#metadata.replace(KEY, undefined, encodeShardMap(emptyShardMap(shardCount)))
  }

  async read(): Promise<ShardMap> {
    return decodeShardMap(await this.#readText())
  }

  /** Makes a change, to whichever map there is when it is made; gives what there is then. */
  async change(next: (map: ShardMap) => ShardMap): Promise<ShardMap> {
    for (;;) {
      const text = await this.#readText()
      const map = decodeShardMap(text)
      const wanted = next(map)
      if (wanted === map) return map
      const changed = { ...wanted, version: map.version + 1 }
      if (await this.#metadata.replace(KEY, text, encodeShardMap(changed))) return changed
    }
  }

  /** Tells of each map that comes, or of the last one of several. */
  watch(listener: (map: ShardMap) => void): Promise<() => void> {
    return this.#metadata.watch((key, value) => {
      if (key === KEY && value !== undefined) listener(decodeShardMap(value))
    })
  }

  async #readText(): Promise<string> {
    const text = await this.#metadata.read(KEY)
    if (text === undefined) throw new ClusterError('the map of the cluster is gone')
    return text
  }
}
