import type {
  Definition,
  DefinitionKind,
  DefinitionName,
  DefinitionOf,
  NodePlace,
} from '../definitions/definition.ts'
import type { DefinitionApplier } from '../definitions/definition-applier.ts'
import type { TopologyDefinition } from '../vhost/applied-topology.ts'
import type { Vhost } from '../vhost/vhost.ts'

/** What is not in a vhost but about it, about users, or about the broker. */
export type AdministeredKind = Exclude<DefinitionKind, TopologyDefinition['kind']>

/** A `DefinitionTable` of whichever kind: it is given only what is of that. */
export interface FollowingTable {
  all(): DefinitionOf<AdministeredKind>[]
  find(name: DefinitionName): Definition | undefined
  follow(name: DefinitionName, now: Definition | undefined): void
}

export interface AppliedDefinitionsParts {
  /** Two kinds may share one. */
  readonly tables: Readonly<Record<AdministeredKind, FollowingTable>>
  readonly findVhost: (name: string) => Vhost | undefined
  readonly vhosts: () => Iterable<Vhost>
}

/** Brings what other nodes of a cluster define to where it takes effect on this one. */
export class AppliedDefinitions implements DefinitionApplier {
  readonly #parts: AppliedDefinitionsParts

  constructor(parts: AppliedDefinitionsParts) {
    this.#parts = parts
  }

  apply(definition: Definition): boolean {
    if (isTopology(definition)) {
      return this.#parts.findVhost(definition.vhost)?.applied.apply(definition) ?? false
    }
    this.#parts.tables[definition.kind].follow(definition, definition)
    return !this.#isOrphan(definition)
  }

  remove(definition: Definition): void {
    if (isTopology(definition)) this.#parts.findVhost(definition.vhost)?.applied.remove(definition)
    else this.#parts.tables[definition.kind].follow(definition, undefined)
  }

  *orphans(): Generator<Definition> {
    for (const table of new Set(Object.values(this.#parts.tables))) {
      for (const definition of table.all()) if (this.#isOrphan(definition)) yield definition
    }
  }

  deleteQueuesOn(isGone: (place: NodePlace) => boolean): void {
    for (const vhost of [...this.#parts.vhosts()]) vhost.applied.deleteQueuesOn(isGone)
  }

  #isOrphan(definition: DefinitionOf<AdministeredKind>): boolean {
    const { tables } = this.#parts
    const { vhost, user } = definition as { readonly vhost?: string; readonly user?: string }
    if (vhost !== undefined && tables.vhost.find({ kind: 'vhost', name: vhost }) === undefined) {
      return true
    }
    return user !== undefined && tables.user.find({ kind: 'user', name: user }) === undefined
  }
}

function isTopology(definition: Definition): definition is TopologyDefinition {
  const { kind } = definition
  return kind === 'exchange' || kind === 'queue' || kind === 'binding'
}
