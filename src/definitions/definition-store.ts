import type { Definition, DefinitionName, QueuePlace } from './definition.ts'

/** Where a vhost keeps what is durable in it. What it changes takes effect in memory at once. */
export interface DefinitionStore {
  /** Whether it gets to know also what is not durable, since there are other nodes that need to. */
  readonly storesTransient: boolean
  /** Whether what happens just now is what another node has done before. */
  readonly isFollowing: boolean
  /** Where a new queue is to be; undefined for a broker alone. */
  newPlace(queue: PlacedQueue): QueuePlace | undefined
  /** The first of so many ids that no queue had before; null where nothing is kept. */
  newQueueIds(count: number): number | null
  /**
   * If it cannot be stored, `takeBack` is called to undo in memory what was defined, before those of earlier
   * changes that were not stored either. Without one it was stored before, and that is tried again.
   */
  put(definition: Definition, takeBack?: () => void): void
  /** Also of what is not there. If it cannot be stored, that is tried again with the next change. */
  delete(definition: DefinitionName): void
  /**
   * Resolves when the last change of that is safe, and rejects with an AmqpError when it could not be
   * stored; undefined when it is safe already. Each call gives a promise of its own.
   */
  stored(definition: DefinitionName): Promise<void> | undefined
}

/** What its place depends on. */
export interface PlacedQueue {
  readonly durable: boolean
  readonly exclusiveOwner: object | null
}

/** Keeps nothing: of a broker whose data ends with it. */
export const noDefinitions: DefinitionStore = {
  storesTransient: false,
  isFollowing: false,
  newPlace: () => undefined,
  newQueueIds: () => null,
  put() {},
  delete() {},
  stored: () => undefined,
}
