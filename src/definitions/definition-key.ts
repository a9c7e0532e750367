import { createHash } from 'node:crypto'
import { encodeFieldTable, type FieldTable } from 'amqp-codec'
import type { BindingDefinition, DefinitionKind, DefinitionName } from './definition.ts'

/**
 * The key that a definition is stored under: its kind and the names that it is known by, each with
 * its size before it, since a name may hold any character.
 *
 *     queue 1:/6:orders
 *     binding 1:/9:amq.topic5:queue6:orders7:order.#0:
 *
 * In a cluster a binding is one between its very ends, of which it has the ids at its end, so that none
 * can be mistaken for that between others which had their names before.
 *
 * Four names of 255 octets fit into the longest key that a store takes; arguments, which may be far
 * longer, stand there as a digest.
 */
export function definitionKey(definition: DefinitionName): string {
  return `${definition.kind} ${namesOf(definition).map(sized).join('')}`
}

/** What a key says of the kind, which may be one that only a newer version knows. */
export function kindOfKey(key: string): DefinitionKind | undefined {
  const kind = key.slice(0, key.indexOf(' '))
  return KINDS.has(kind) ? (kind as DefinitionKind) : undefined
}

const KINDS: ReadonlySet<string> = new Set<DefinitionKind>([
  'vhost',
  'user',
  'permission',
  'topic-permission',
  'exchange',
  'queue',
  'binding',
  'policy',
  'operator-policy',
  'parameter',
  'global-parameter',
])

/** Equal for equal arguments in any order. Empty for none. */
export function canonicalArguments(table: FieldTable): Buffer {
  if (table.size === 0) return NO_BYTES
  return encodeFieldTable(new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1))))
}

const NO_BYTES = Buffer.alloc(0)

const sized = (name: string): string => `${Buffer.byteLength(name)}:${name}`

function namesOf(definition: DefinitionName): string[] {
  switch (definition.kind) {
    case 'vhost':
    case 'user':
    case 'global-parameter':
      return [definition.name]
    case 'permission':
      return [definition.user, definition.vhost]
    case 'topic-permission':
      return [definition.user, definition.vhost, definition.exchange]
    case 'parameter':
      return [definition.component, definition.vhost, definition.name]
    case 'exchange':
    case 'queue':
    case 'policy':
    case 'operator-policy':
      return [definition.vhost, definition.name]
    case 'binding': {
      const { vhost, source, destinationKind, destination, routingKey } = definition
      return [
        vhost,
        source,
        destinationKind,
        destination,
        routingKey,
        digest(canonicalArguments(definition.arguments)),
        ...idsOf(definition),
      ]
    }
    default:
      return definition satisfies never
  }
}

function idsOf({ sourceId, destinationId }: BindingDefinition): string[] {
  if (sourceId === undefined && destinationId === undefined) return []
  return [`${sourceId ?? ''}`, `${destinationId ?? ''}`]
}

function digest(bytes: Buffer): string {
  return bytes.length === 0 ? '' : createHash('sha256').update(bytes).digest('base64url')
}
