import type { Metadata } from '../store/metadata.ts'
import type { DefinitionKind } from './definition.ts'
import { kindOfKey } from './definition-key.ts'

/** A change that one of many nodes has made in its memory, on its way to the store that all share. */
export interface SharedChange {
  readonly key: string
  /** Undefined to delete. */
  readonly value: string | undefined
  /** Whether it is a queue or exchange that was not there, as far as the node knew. */
  readonly isNew: boolean
  /** The queues or exchanges of that name that the node has deleted, by their ids. */
  readonly gone: ReadonlySet<number>
  /** Undoes it in memory. */
  readonly takeBack: () => void
}

/** `lost`: another node was faster, and what it has defined holds. */
export type ChangeOutcome = 'made' | 'lost'

/**
 * Makes the change in the store. Of most things whoever comes last wins. But a queue or an exchange is that
 * of the node that has declared it first, and nobody deletes or changes another one than they meant.
 * `known` is what the key had last, as far as is known.
 */
export async function makeChange(
  metadata: Metadata,
  change: SharedChange,
  known: string | undefined,
): Promise<ChangeOutcome> {
  const { key, value } = change
  if (!hasIdentity(key)) {
    await (value === undefined ? metadata.delete(key) : metadata.put(key, value))
    return 'made'
  }
  const isDeletion = value === undefined
  let found = isDeletion ? (known ?? (await metadata.read(key))) : known
  while (mayReplace(change, found)) {
    if (await metadata.replace(key, found, value)) return 'made'
    found = await metadata.read(key)
    if (found === value) return 'made'
  }
  return isDeletion && found === undefined ? 'made' : 'lost'
}

function mayReplace({ value, isNew, gone }: SharedChange, found: string | undefined): boolean {
  if (found === undefined) return isNew
  const id = idOf(found)
  return gone.has(id) || (value !== undefined && id === idOf(value))
}

/** Whether several that have the same key, one after the other, are told apart by ids. */
export function hasIdentity(key: string): boolean {
  const kind = kindOfKey(key)
  return kind === 'queue' || kind === 'exchange'
}

/** What tells a queue or an exchange from others of its name; all that are shared have one. */
export function idOf(value: string): number {
  return (JSON.parse(value) as { readonly id: number }).id
}

/** Of what has no identity, there is only ever one of a name. */
export function isSameThing(key: string, before: string, now: string): boolean {
  return !hasIdentity(key) || idOf(before) === idOf(now)
}

/**
 * In which order changes are made that come together: what others belong to goes first, so that no node ever
 * sees these without it unless it is being deleted.
 */
export function rankOf(key: string): number {
  return RANKS.get(kindOfKey(key) as DefinitionKind) ?? 1
}

const RANKS: ReadonlyMap<DefinitionKind, number> = new Map([
  ['vhost', 0],
  ['user', 0],
  ['binding', 2],
])
export const LAST_RANK = 2
