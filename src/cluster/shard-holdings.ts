import type { ShardMap } from './shard-map.ts'

/** What does the work of the shards that this node owns. */
export interface ShardHolder {
  /** This node owns the shard from now on, with this epoch. */
  take(shard: number, epoch: number): void
  /** It is to be another's: resolves when nothing of it is under way here any more. */
  release(shard: number): Promise<void>
  /** It is another's already, or may be: nothing of it may leave this node any more. */
  lose(shard: number, reason: string): void
}

/**
 *     held ─ the map has a target for it ─▶ releasing ─ let go of ─▶ released ─ handed over ─▶ gone
 *      └────────────── lost ──────────────────┴──────────────────────────────────────────────▶ gone
 */
interface Holding {
  readonly epoch: number
  state: 'held' | 'releasing' | 'released'
  /** Resolves when it is let go of, once that has begun. */
  releasing?: Promise<void>
}

/** The shards that this node holds, brought in line with each map that comes. */
export class ShardHoldings {
  readonly #node: string
  readonly #holder: ShardHolder
  readonly #onReleased: () => void
  readonly #holdings = new Map<number, Holding>()

  /** `onReleased` is called when there is something new in `released`. */
  constructor(node: string, holder: ShardHolder, onReleased: () => void) {
    this.#node = node
    this.#holder = holder
    this.#onReleased = onReleased
  }

  /** Those that work here, in this very moment. */
  get shards(): number[] {
    return this.#inState((state) => state !== 'released').map(([shard]) => shard)
  }

  /** The shards and epochs of which nothing is left here but that the map says that they are. */
  get released(): [shard: number, epoch: number][] {
    return this.#inState((state) => state === 'released')
  }

  follow(map: ShardMap): void {
    for (const [shard, { owner, epoch, target }] of map.shards.entries()) {
      const held = this.#holdings.get(shard)
      const isOurs = owner === this.#node
      if (held !== undefined && (!isOurs || held.epoch !== epoch)) {
        this.#lose(shard, held, 'another node owns it now')
      }
      if (isOurs && !this.#holdings.has(shard)) {
        this.#holdings.set(shard, { epoch, state: 'held' })
        this.#holder.take(shard, epoch)
      }
      if (isOurs && target !== null) void this.release(shard)
    }
  }

  /** Lets go of a shard in an orderly way; resolves when that is done, whoever has begun it. */
  async release(shard: number): Promise<void> {
    const holding = this.#holdings.get(shard)
    if (holding === undefined) return
    holding.releasing ??= this.#release(shard, holding)
    await holding.releasing
  }

  loseAll(reason: string): void {
    for (const [shard, holding] of this.#holdings) this.#lose(shard, holding, reason)
  }

  async #release(shard: number, holding: Holding): Promise<void> {
    holding.state = 'releasing'
    await this.#holder.release(shard)
    holding.state = 'released'
    // It may have been lost meanwhile.
    if (this.#holdings.get(shard) === holding) this.#onReleased()
  }

  #lose(shard: number, { state }: Holding, reason: string): void {
    this.#holdings.delete(shard)
    if (state !== 'released') this.#holder.lose(shard, reason)
  }

  #inState(isWanted: (state: Holding['state']) => boolean): [shard: number, epoch: number][] {
    return [...this.#holdings].flatMap(([shard, { state, epoch }]) =>
      isWanted(state) ? [[shard, epoch]] : [],
    )
  }
}
