import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Metadata } from '../store/metadata.ts'
import type { Definition, DefinitionKind } from './definition.ts'
import type { DefinitionApplier } from './definition-applier.ts'
import { decodeDefinition } from './definition-json.ts'
import { kindOfKey } from './definition-key.ts'
import { Orphans } from './orphans.ts'
import { isSameThing } from './shared-change.ts'

export interface FollowedDefinitionsParts {
  readonly metadata: Metadata
  readonly clock: Clock
  readonly logger: Logger
  /** What the store has, by key. */
  readonly stored: Map<string, string>
  /** Whether this node has changed that itself, and does not know yet what came of it. */
  readonly isPending: (key: string) => boolean
}

/** Who brings them to memory. */
export type Follower = Omit<DefinitionApplier, 'deleteQueuesOn'>

/**
 * What the store has, as far as this node has been told, and brought to its memory.
 *
 * While a change of this node is on its way, what is told of the same key may be older or newer than that.
 * So it is held, and looked at when all has been told that was done before the change was.
 */
export class FollowedDefinitions {
  readonly stored: Map<string, string>
  readonly #parts: FollowedDefinitionsParts
  readonly #held = new Map<string, string | undefined>()
  readonly #orphans: Orphans
  #applier: Follower | undefined
  #applying: string | undefined

  constructor(parts: FollowedDefinitionsParts) {
    this.#parts = parts
    this.stored = parts.stored
    this.#orphans = new Orphans({
      ...parts,
      definitionOf: (key) => this.#storedDefinition(key),
      place: (key) => this.#place(key),
    })
  }

  /** What has been told until now, and what will be, goes to memory. */
  start(applier: Follower): void {
    this.#applier = applier
    for (const key of [...this.#held.keys()]) {
      if (!this.#parts.isPending(key)) this.release(key, this.stored.get(key))
    }
    this.#orphans.start(() => applier.orphans())
  }

  stop(): void {
    this.#orphans.stop()
  }

  /** What is being brought to memory now, with all that follows from it there. */
  get applying(): string | undefined {
    return this.#applying
  }

  /** What was told last of keys of which a change of this node is on its way. */
  get held(): Iterable<readonly [key: string, value: string | undefined]> {
    return this.#held
  }

  /** Has gone from memory because of what is being applied: who has done that is to delete it. */
  leave(key: string): void {
    this.#orphans.watch(key)
  }

  onTold(key: string, value: string | undefined): void {
    if (kindOfKey(key) === undefined) return
    if (this.#applier === undefined || this.#parts.isPending(key)) this.#held.set(key, value)
    else this.#follow(key, value, this.stored.get(key))
  }

  /** This node has nothing under way for that key any more, and has that value in memory. */
  release(key: string, inMemory: string | undefined): void {
    const value = this.#held.has(key) ? this.#held.get(key) : this.stored.get(key)
    this.#held.delete(key)
    this.#follow(key, value, inMemory)
    if (kindOfKey(key) === 'vhost') this.#orphans.retry()
  }

  #follow(key: string, value: string | undefined, inMemory: string | undefined): void {
    if (value === undefined) this.stored.delete(key)
    else this.stored.set(key, value)
    if (value === inMemory) return
    const isGone =
      inMemory !== undefined && (value === undefined || !isSameThing(key, inMemory, value))
    // What is there now may not come to memory: queues of processes that are no more do not.
    if (isGone) this.#remove(key, inMemory)
    if (value === undefined) return
    if (this.#place(key)) this.#orphans.retryAfter(kindOf(key))
    else this.#orphans.watch(key)
  }

  /** Brings to memory what is stored. False when what it belongs to is not there. */
  #place(key: string): boolean {
    const definition = this.#storedDefinition(key)
    return definition !== undefined && this.#apply(key, () => this.#applier?.apply(definition))
  }

  #remove(key: string, value: string): void {
    this.#apply(key, () => {
      this.#applier?.remove(decodeDefinition(kindOf(key), value))
      return true
    })
  }

  /** A definition that is of no use here is not to keep others from being used. */
  #apply(key: string, apply: () => boolean | undefined): boolean {
    this.#applying = key
    try {
      return apply() === true
    } catch (error) {
      this.#parts.logger.error({ err: error, key }, 'A definition of another node cannot be used')
      return true
    } finally {
      this.#applying = undefined
    }
  }

  #storedDefinition(key: string): Definition | undefined {
    const value = this.stored.get(key)
    if (value === undefined || this.#parts.isPending(key)) return undefined
    return decodeDefinition(kindOf(key), value)
  }
}

/** Other keys are not followed. */
const kindOf = (key: string): DefinitionKind => kindOfKey(key) as DefinitionKind
