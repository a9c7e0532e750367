import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Metadata } from '../store/metadata.ts'
import type { Definition, DefinitionKind, DefinitionName } from './definition.ts'
import { definitionKey } from './definition-key.ts'
import { idOf } from './shared-change.ts'

export interface OrphansParts {
  readonly metadata: Metadata
  readonly clock: Clock
  readonly logger: Logger
  /** What the store has, by key. */
  readonly stored: ReadonlyMap<string, string>
  /** The same read; undefined also while it is being changed. */
  readonly definitionOf: (key: string) => Definition | undefined
  /** Brings it to memory, and says whether that was possible. */
  readonly place: (key: string) => boolean
}

/** Whoever deletes something deletes in much less time what hangs on it. */
const SWEEP_MS = 10_000

/**
 * Definitions that the store has and memory has not, since what they belong to is not there. That may come
 * yet. If it has been deleted, who did that deletes them as well; unless it died meanwhile, or did not know
 * of them. So those that have been here for a while are deleted when the store has nothing that they
 * belong to.
 */
export class Orphans {
  readonly #parts: OrphansParts
  /** By key; true for those that were there when they were last looked at. */
  readonly #watched = new Map<string, boolean>()
  #isToRetry = false
  #stop = (): void => {}

  constructor(parts: OrphansParts) {
    this.#parts = parts
  }

  /** `inMemory` gives those that memory has all the same. */
  start(inMemory: () => Iterable<Definition>): void {
    this.#stop = this.#parts.clock.every(SWEEP_MS, () => {
      for (const definition of inMemory()) this.watch(definitionKey(definition))
      void this.#sweep()
    })
  }

  stop(): void {
    this.#stop()
  }

  watch(key: string): void {
    if (!this.#watched.has(key)) this.#watched.set(key, false)
  }

  /** Some may have a place after one of that kind has come. */
  retryAfter(kind: DefinitionKind): void {
    if (OWNING.has(kind)) this.retry()
  }

  /** When all has been told that is told at once. */
  retry(): void {
    if (this.#isToRetry || this.#watched.size === 0) return
    this.#isToRetry = true
    queueMicrotask(() => {
      this.#isToRetry = false
      this.#place()
    })
  }

  /** Queues and exchanges first, since bindings may be theirs. */
  #place(): void {
    const found = [...this.#watched.keys()].flatMap((key) => this.#parts.definitionOf(key) ?? [])
    const isOwning = (definition: Definition): boolean => OWNING.has(definition.kind)
    const isOwned = (definition: Definition): boolean => !isOwning(definition)
    for (const definition of [...found.filter(isOwning), ...found.filter(isOwned)]) {
      const key = definitionKey(definition)
      if (this.#parts.place(key)) this.#watched.delete(key)
    }
  }

  async #sweep(): Promise<void> {
    for (const [key, isOld] of [...this.#watched]) {
      const definition = this.#parts.definitionOf(key)
      if (definition === undefined) this.#watched.delete(key)
      else if (!isOld) this.#watched.set(key, true)
      else await this.#deleteIfDead(key, definition).catch((error) => this.#onFailed(error))
    }
  }

  async #deleteIfDead(key: string, definition: Definition): Promise<void> {
    const value = this.#parts.stored.get(key)
    for (const owner of ownersOf(definition)) {
      const found = await this.#parts.metadata.read(definitionKey(owner.name))
      const isThere = found !== undefined && (owner.id === undefined || idOf(found) === owner.id)
      if (isThere || value === undefined) continue
      this.#parts.logger.warn({ key }, 'Dropped a definition of what belonged to something deleted')
      await this.#parts.metadata.replace(key, value, undefined)
      return
    }
    if (this.#parts.place(key)) this.#watched.delete(key)
  }

  /** It is tried again. */
  #onFailed(error: unknown): void {
    this.#parts.logger.debug({ err: error }, 'Cannot find out what a definition belongs to')
  }
}

const OWNING: ReadonlySet<DefinitionKind> = new Set(['vhost', 'user', 'exchange', 'queue'])

interface Owner {
  readonly name: DefinitionName
  /** Which of several of that name it is; undefined where there is no telling. */
  readonly id?: number | undefined
}

/** Without any one of these there is no such thing. */
function ownersOf(definition: Definition): Owner[] {
  switch (definition.kind) {
    case 'vhost':
    case 'user':
    case 'global-parameter':
      return []
    case 'permission':
    case 'topic-permission':
      return [vhostOf(definition), { name: { kind: 'user', name: definition.user } }]
    case 'exchange':
    case 'queue':
    case 'policy':
    case 'operator-policy':
    case 'parameter':
      return [vhostOf(definition)]
    case 'binding': {
      const { vhost, source, destination, destinationKind: kind } = definition
      const ends = [
        { name: { kind: 'exchange', vhost, name: source } as const, id: definition.sourceId },
        { name: { kind, vhost, name: destination } as const, id: definition.destinationId },
      ]
      // Those without an id were there from the beginning, and are not stored.
      return [vhostOf(definition), ...ends.filter(({ id }) => id !== undefined)]
    }
    default:
      return definition satisfies never
  }
}

const vhostOf = ({ vhost }: { readonly vhost: string }): Owner => ({
  name: { kind: 'vhost', name: vhost },
})
