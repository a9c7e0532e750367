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
import { SharedBatch } from './shared-batch.ts'
import {
  hasIdentity,
  idOf,
  LAST_RANK,
  makeChange,
  rankOf,
  type SharedChange,
} from './shared-change.ts'
import {
  beginSharedDefinitions,
  loadValues,
  readDefinitions,
  type StoredDefinitions,
} from './stored-definitions.ts'

export interface SharedDefinitionsOptions {
  /** Refuses what it cannot store for a while; so long clients wait. */
  readonly metadata: Metadata
  readonly clock: Clock
  readonly logger: Logger
  /** Where a new queue is to be. */
  readonly placeOf: (queue: PlacedQueue) => QueuePlace
  /** Resolves when all other nodes that live have in memory (`applied`) what is stored by now. */
  readonly barrier: () => Promise<void>
}

const RETRY_MS = 250
/** Who could not store anything for so long does not try at once again. */
const LONG_MS = 1000

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
  /** The last change of each key that this node does not know the end of. */
  readonly #pending = new Map<string, SharedChange>()
  /** What is to be written, what is being written, and what was, as long as others have to be told. */
  #next: SharedBatch | undefined
  #current: SharedBatch | undefined
  readonly #settling = new Set<SharedBatch>()
  /** Deletions that could not be stored: they are tried again with the changes to come. */
  readonly #owed = new Map<string, SharedChange>()
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
      await queueIds.takeFirst()
      // What was told before is not older than what was read when nothing older can be told any more.
      await metadata.told()
      const definitions = new SharedDefinitions(options, stored, queueIds)
      for (const change of told) definitions.#followed.onTold(...change)
      listener = (key, value) => definitions.#onTold(key, value)
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
    const isPending = (key: string): boolean => this.#pending.has(key)
    this.#followed = new FollowedDefinitions({ ...options, stored, isPending })
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

  /** Resolves when memory has what anybody had stored before this was called. Rejects if that is unknown. */
  async applied(): Promise<void> {
    await this.#options.metadata.told()
    const held = [...this.#followed.held]
    const isHeld = ({ changes }: SharedBatch): boolean => held.some((key) => changes.has(key))
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

  put(definition: Definition, takeBack: () => void): void {
    const key = definitionKey(definition)
    if (this.#followed.applying === key) return
    const value = encodeDefinition(definition)
    const inMemory = this.#inMemory(key)
    const unwritten = this.#next?.changes.get(key)
    if (!hasIdentity(key)) {
      this.#change({ key, value, isNew: false, gone: NONE, takeBack: both(takeBack, unwritten) })
      return
    }
    const isSame = inMemory !== undefined && idOf(inMemory) === idOf(value)
    this.#change({
      key,
      value,
      isNew: !isSame || unwritten?.isNew === true,
      gone: isSame ? this.#goneOf(key) : this.#goneWith(key, inMemory),
      takeBack: both(takeBack, isSame ? unwritten : undefined),
    })
  }

  delete(definition: DefinitionName): void {
    const key = definitionKey(definition)
    if (!this.#isToDelete(key)) return
    const inMemory = this.#inMemory(key)
    if (inMemory === undefined) return
    const gone = hasIdentity(key) ? this.#goneWith(key, inMemory) : NONE
    this.#change({ key, value: undefined, isNew: false, gone, takeBack: () => {} })
  }

  stored(definition: DefinitionName): Promise<void> | undefined {
    const key = definitionKey(definition)
    if (this.#owed.has(key)) this.#openBatch()
    const batch = this.#batches.findLast(({ changes }) => changes.has(key))
    return batch?.written.then(() => {
      if (batch.refused.has(key)) throw definitionsNotStored()
      return batch.settled
    })
  }

  /** Resolves, always, when nothing that was defined so far may still have to be taken back. */
  pending(): Promise<void> | undefined {
    return (this.#next ?? this.#current)?.written
  }

  /** Waits for what is under way, and tries once more to store what is owed. */
  async close(): Promise<void> {
    this.#followed.stop()
    if (this.#owed.size > 0) this.#openBatch()
    for (let batch = this.pending(); batch !== undefined; batch = this.pending()) await batch
    this.#isClosed = true
    this.#stopFollowing()
  }

  /** Oldest first. */
  get #batches(): SharedBatch[] {
    return [...this.#settling, this.#current, this.#next].filter((batch) => batch !== undefined)
  }

  /** As it is stored, or will be. */
  #inMemory(key: string): string | undefined {
    const pending = this.#pending.get(key)
    return pending === undefined ? this.#followed.stored.get(key) : pending.value
  }

  #goneOf(key: string): ReadonlySet<number> {
    return this.#pending.get(key)?.gone ?? NONE
  }

  #goneWith(key: string, value: string | undefined): ReadonlySet<number> {
    const gone = this.#goneOf(key)
    return value === undefined ? gone : new Set([...gone, idOf(value)])
  }

  /**
   * What goes because of what another node has deleted is deleted by that one; but for what it may not know
   * of, and for exchanges that have just lost their last binding here.
   */
  #isToDelete(key: string): boolean {
    const { applying } = this.#followed
    if (applying === undefined) return true
    if (applying === key) return false
    if (this.#pending.get(key)?.value !== undefined) return true
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
    this.#change({ key, value: undefined, isNew: false, gone, takeBack: () => {} })
    return true
  }

  #onTold(key: string, value: string | undefined): void {
    this.#followed.onTold(key, value)
  }

  #change(change: SharedChange): void {
    const batch = this.#openBatch()
    batch.changes.set(change.key, change)
    this.#pending.set(change.key, change)
  }

  /** The batch that is to be written next. What is owed goes first. */
  #openBatch(): SharedBatch {
    if (this.#next !== undefined) return this.#next
    this.#next = new SharedBatch(this.#owed)
    this.#owed.clear()
    // All that this turn changes is one batch from the start.
    if (this.#current === undefined) queueMicrotask(() => void this.#writeAll())
    return this.#next
  }

  async #writeAll(): Promise<void> {
    let isAway = false
    const { clock } = this.#options
    for (let batch = this.#next; batch !== undefined; batch = this.#next) {
      this.#current = batch
      this.#next = undefined
      // Who has waited as long as those before are told at the same time.
      if (isAway) this.#giveUp(batch, [...batch.changes.values()], undefined)
      const startedMs = clock.now()
      if (!isAway) await this.#write(batch, () => clock.now() - startedMs > LONG_MS)
      isAway = batch.refused.size > 0 && clock.now() - startedMs > LONG_MS
      this.#settling.add(batch)
      this.#current = undefined
      batch.onWritten()
      void this.#settle(batch)
    }
  }

  async #write(batch: SharedBatch, isLate: () => boolean): Promise<void> {
    const { metadata } = this.#options
    const { stored } = this.#followed
    for (let rank = 0; rank <= LAST_RANK; rank++) {
      const changes = [...batch.changes.values()].filter(({ key }) => rankOf(key) === rank)
      const attempts = changes.map((change) => makeChange(metadata, change, stored.get(change.key)))
      const outcomes = await Promise.allSettled(attempts)
      for (const [index, { key, value }] of changes.entries()) {
        const outcome = outcomes[index]
        if (outcome?.status !== 'fulfilled' || outcome.value === 'lost') continue
        if (value === undefined) stored.delete(key)
        else stored.set(key, value)
      }
      const failed = changes.filter((_, index) => outcomes[index]?.status === 'rejected')
      if (failed.length === 0) continue
      const reason = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      const left = [...batch.changes.values()].filter(({ key }) => rankOf(key) > rank)
      this.#giveUp(batch, isLate() ? [...failed, ...left] : failed, reason.reason)
      if (isLate()) return
    }
  }

  #giveUp(batch: SharedBatch, changes: readonly SharedChange[], err: unknown): void {
    for (const { key } of changes) batch.refused.add(key)
    this.#options.logger.error({ err, keys: [...batch.refused].slice(0, 10) }, NOT_STORED)
    // The last one first, since it may rest on those before it.
    for (const change of [...changes].reverse()) {
      if (change.value !== undefined) change.takeBack()
      else if (this.#pending.get(change.key) === change) this.#owed.set(change.key, change)
    }
  }

  async #settle(batch: SharedBatch): Promise<void> {
    const isRefused = batch.refused.size === batch.changes.size
    const others = isRefused ? undefined : this.#barrier()
    await this.#following
    await this.#told()
    this.#reconcile(batch)
    if (this.#owed.size > 0) after(this.#options.clock, RETRY_MS, () => this.#retryOwed())
    batch.onReconciled()
    await others
    this.#settling.delete(batch)
    batch.onSettled()
  }

  #retryOwed(): void {
    if (this.#owed.size > 0 && !this.#isClosed) this.#openBatch()
  }

  async #barrier(): Promise<void> {
    try {
      await this.#options.barrier()
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'Not every node is known to have new definitions')
    }
  }

  async #told(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#options.metadata.told()
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
      const { key, value } = change
      if (this.#pending.get(key) !== change || this.#owed.has(key)) continue
      this.#pending.delete(key)
      this.#followed.release(key, value)
    }
  }
}

async function loadOrBegin(
  metadata: Metadata,
  first: readonly Definition[],
): Promise<Map<string, string>> {
  for (;;) {
    const values = await loadValues(metadata)
    values?.delete(QUEUE_IDS_KEY)
    if (values !== undefined) return values
    await beginSharedDefinitions(metadata, first)
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

const NOT_STORED =
  'Definitions could not be stored: declarations and bindings are taken back, deletions are tried again'
