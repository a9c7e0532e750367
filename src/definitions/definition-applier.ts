import type { Definition, NodePlace } from './definition.ts'

/** Brings to memory, and nowhere else, what other nodes have defined. */
export interface DefinitionApplier {
  /**
   * It is there now as it is defined; what had its name and was another one has gone. False when what it
   * belongs to is not there.
   */
  apply(definition: Definition): boolean
  /** It is not there any more. Removing what is not there is fine. */
  remove(definition: Definition): void
  /** What is there although what it belongs to is not. */
  orphans(): Iterable<Definition>
  /** Deletes the queues that are in such places, as if a client did. */
  deleteQueuesOn(isGone: (place: NodePlace) => boolean): void
}
