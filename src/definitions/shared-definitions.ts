import { after, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { definitionsNotStored } from '../reasons.ts'
import type { Metadata } from '../store/metadata.ts'
import type { Definition, DefinitionName, NodePlace, QueuePlace } from './definition.ts'
import type { DefinitionApplier } from './definition-applier.ts'
import { encodeDefinition } from './definition-json.ts'
import { definitionKey, kindOfKey } from './definition-key.ts'
import type { DefinitionStore, PlacedQueue } from './definition-store.ts'
import { FollowedDefinitions } from './followed-definitions.ts'
import { QUEUE_IDS_KEY, QueueIdBlocks } from './queue-id-blocks.ts'
import type { SharedBatch } from './shared-batch.ts'
import { hasIdentity, idOf, isSameThing, type SharedChange } from './shared-change.ts'
import { SharedWriter } from './shared-writer.ts'
import { loadOrBegin, readDefinitions, type StoredDefinitions } from './stored-definitions.ts'

export interface SharedDefinitionsOptions {
  /** Refuses what it cannot store for a while; so long clients wait. */
  readonly metadata: Metadata
  readonly clock: Clock
  readonly logger: Logger
  /** Where a new queue is to be. */
  readonly placeOf: (queue: PlacedQueue) => QueuePlace
  /** Resolves when all other nodes that live have in memory (`applied`) what is stored up to a position. */
  readonly barrier: (position: number) => Promise<void>
}

const RETRY_MS = 250
/**
 * The definitions of one of many nodes that share a store. What a node defines is in its own memory at once,
 * then in the store, then in the memory of all others; whoever waits for `stored` waits for all of that.
 *
 * Two nodes may define different things at the same time. Of a new queue or exchange the first one in the
 * store holds, and the other node drops its own for that; of anything else, the last one. What cannot be
 * stored is taken back, as `Definitions` does.
 */
export class SharedDefinitions implements DefinitionStore {
  readonly storesTransient = true
  /** What was there when this node started. */
  readonly loaded: StoredDefinitions
  readonly #options: SharedDefinitionsOptions
  readonly #followed: FollowedDefinitions
  readonly #queueIds: QueueIdBlocks
  readonly #writer: SharedWriter
  /** What is written, as long as others have to be told. */
  readonly #settling = new Set<SharedBatch>()
  /** Processes that are no more: queues in their memory are none, whenever these are told of. */
  readonly #gone = new Set<string>()
  #applier: DefinitionApplier | undefined
  #stopFollowing: () => void = () => {}
  #onFollowing: () => void = () => {}
  readonly #following: Promise<void> = new Promise((resolve) => {
    this.#onFollowing = resolve
  })
  #isClosed = false

  /** Takes what is stored; where there is nothing yet, begins with `first`. Throws StoreError. */
  static async open(
    options: SharedDefinitionsOptions,
    first: readonly Definition[],
  ): Promise<SharedDefinitions> {
    const { metadata, logger } = options
    const queueIds = new QueueIdBlocks(metadata, logger)
    const told: [string, string | undefined][] = []
    let listener = (key: string, value: string | undefined): void => void told.push([key, value])
    const stop = await metadata.watch((key, value) => listener(key, value))
    try {
      const stored = await loadOrBegin(metadata, first)
      stored.delete(QUEUE_IDS_KEY)
      await queueIds.takeFirst()
      // What was told before is not older than what was read when nothing older can be told any more.
      await metadata.told()
      const definitions = new SharedDefinitions(options, stored, queueIds)
      for (const change of told) definitions.#followed.onTold(...change)
      listener = (key, value) => definitions.#followed.onTold(key, value)
      definitions.#stopFollowing = stop
      return definitions
    } catch (error) {
      stop()
      throw error
    }
  }

  private constructor(
    options: SharedDefinitionsOptions,
    stored: Map<string, string>,
    queueIds: QueueIdBlocks,
  ) {
    this.#options = options
    this.#queueIds = queueIds
    this.loaded = readDefinitions(stored)
    const isPending = (key: string): boolean => this.#writer.latestOf(key) !== undefined
    this.#followed = new FollowedDefinitions({ ...options, stored, isPending })
    this.#writer = new SharedWriter({
      ...{ ...options, stored },
      onWritten: (batch) => void this.#settle(batch),
    })
  }

  /** From now on memory follows the store; what was `loaded` has to be there. */
  follow(applier: DefinitionApplier): void {
    this.#applier = applier
    this.#followed.start({
      apply: (definition) => this.#isGone(definition) || applier.apply(definition),
      remove: (definition) => applier.remove(definition),
      orphans: () => applier.orphans(),
    })
    this.#onFollowing()
  }

  /**
   * Resolves when memory has what anybody had stored up to that position of the metadata, or, of 0, before this
   * was called. Rejects if that is unknown.
   */
  async applied(position = 0): Promise<void> {
    await this.#options.metadata.told(position)
    // What this node has made itself is in memory.
    const held = [...this.#followed.held].filter(([key, value]) => this.#inMemory(key) !== value)
    const isHeld = ({ changes }: SharedBatch): boolean => held.some(([key]) => changes.has(key))
    await Promise.all(this.#batches.filter(isHeld).map(({ reconciled }) => reconciled))
  }

  /** That process is no more: queues in its memory are deleted. Any node may do so, and as often as it likes. */
  nodeLeft(incarnation: string): void {
    this.#gone.add(incarnation)
    this.#applier?.deleteQueuesOn((place) => place.incarnation === incarnation)
  }

  /** The processes that had queues in memory when this one started: some may be no more. */
  get loadedIncarnations(): Set<string> {
    const places = this.loaded.of('queue').map(({ place }) => place)
    const isNode = (place: QueuePlace | undefined): place is NodePlace =>
      place !== undefined && 'node' in place
    return new Set(places.filter(isNode).map(({ incarnation }) => incarnation))
  }

  get isFollowing(): boolean {
    return this.#followed.applying !== undefined
  }

  newPlace(queue: PlacedQueue): QueuePlace {
    return this.#options.placeOf(queue)
  }

  newQueueIds(count: number): number {
    return this.#queueIds.next(count)
  }

  put(definition: Definition, takeBack = (): void => {}): void {
    const key = definitionKey(definition)
    if (this.#followed.applying === key) return
    const value = encodeDefinition(definition)
    const inMemory = this.#inMemory(key)
    const unwritten = this.#writer.unwrittenOf(key)
    const isSame = inMemory !== undefined && isSameThing(key, inMemory, value)
    this.#writer.add({
      key,
      value,
      isNew: !isSame || unwritten?.isNew === true,
      gone: this.#goneWith(key, isSame ? undefined : inMemory),
      takeBack: both(takeBack, isSame ? unwritten : undefined),
    })
  }

  delete(definition: DefinitionName): void {
    const key = definitionKey(definition)
    if (!this.#isToDelete(key)) return
    const inMemory = this.#inMemory(key)
    if (inMemory === undefined) return
    const gone = this.#goneWith(key, inMemory)
    this.#writer.add({ key, value: undefined, isNew: false, gone, takeBack: () => {} })
  }

  stored(definition: DefinitionName): Promise<void> | undefined {
    const key = definitionKey(definition)
    this.#writer.retry(key)
    const batch = this.#batches.findLast(({ changes }) => changes.has(key))
    return batch?.written.then(() => {
      if (batch.refused.has(key)) throw definitionsNotStored()
      return batch.settled
    })
  }

  /** Resolves, always, when nothing that was defined so far may still have to be taken back. */
  pending(): Promise<void> | undefined {
    return this.#writer.pending()
  }

  /** Waits for what is under way, and tries once more to store what is owed. */
  async close(): Promise<void> {
    this.#followed.stop()
    await this.#writer.close()
    this.#isClosed = true
    this.#stopFollowing()
  }

  /** Oldest first. */
  get #batches(): SharedBatch[] {
    return [...this.#settling, ...this.#writer.batches]
  }

  /** As it is stored, or will be. */
  #inMemory(key: string): string | undefined {
    const pending = this.#writer.latestOf(key)
    return pending === undefined ? this.#followed.stored.get(key) : pending.value
  }

  /** Those of that name that are deleted by a change which may still be under way, and this one. */
  #goneWith(key: string, value: string | undefined): ReadonlySet<number> {
    const gone = this.#writer.latestOf(key)?.gone ?? NONE
    return value === undefined || !hasIdentity(key) ? gone : new Set([...gone, idOf(value)])
  }

  /**
   * What goes because of what another node has deleted is deleted by that one; but for what it may not know
   * of, and for exchanges that have just lost their last binding here.
   */
  #isToDelete(key: string): boolean {
    const { applying } = this.#followed
    if (applying === undefined) return true
    if (applying === key) return false
    if (this.#writer.latestOf(key)?.value !== undefined) return true
    if (hasIdentity(key) && kindOfKey(applying) !== 'vhost') return true
    this.#followed.leave(key)
    return false
  }

  /** Whether it is a queue in the memory of a process that is no more: it is deleted. */
  #isGone(definition: Definition): boolean {
    if (definition.kind !== 'queue' || definition.place === undefined) return false
    const { place, id } = definition
    if (!('node' in place) || !this.#gone.has(place.incarnation)) return false
    const key = definitionKey(definition)
    const gone = new Set([id])
    this.#writer.add({ key, value: undefined, isNew: false, gone, takeBack: () => {} })
    return true
  }

  async #settle(batch: SharedBatch): Promise<void> {
    this.#settling.add(batch)
    const { position } = this.#options.metadata
    const isRefused = batch.refused.size === batch.changes.size
    const others = isRefused ? undefined : this.#barrier(position)
    await this.#following
    // What is said to be refused may be there.
    await this.#told(batch.refused.size > 0 ? 0 : position)
    this.#reconcile(batch)
    this.#writer.retrySoon()
    batch.onReconciled()
    await others
    this.#settling.delete(batch)
    batch.onSettled()
  }

  async #barrier(position: number): Promise<void> {
    try {
      await this.#options.barrier(position)
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'Not every node is known to have new definitions')
    }
  }

  async #told(position: number): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#options.metadata.told(position)
        return
      } catch (error) {
        this.#options.logger.debug({ err: error }, 'Cannot be told what is stored')
        await new Promise<void>((resolve) => after(this.#options.clock, RETRY_MS, resolve))
      }
    }
  }

  /** Of what this node has changed, memory gets what the store has. */
  #reconcile({ changes }: SharedBatch): void {
    if (this.#isClosed) return
    for (const change of changes.values()) {
      if (this.#writer.release(change)) this.#followed.release(change.key, change.value)
    }
  }
}

/** What was taken back last is followed by what was before it in the same batch. */
function both(takeBack: () => void, before: SharedChange | undefined): () => void {
  if (before?.value === undefined) return takeBack
  return () => {
    takeBack()
    before.takeBack()
  }
}

const NONE: ReadonlySet<number> = new Set()
