import type { Metadata } from '../store/metadata.ts'
import { StoreError, storeError } from '../store/store-error.ts'
import type { Definition, DefinitionKind, DefinitionOf } from './definition.ts'
import { decodeDefinition, encodeDefinition } from './definition-json.ts'
import { definitionKey, kindOfKey } from './definition-key.ts'

/** Counts up with each change that an older version of this program could not read. */
const FORMAT = 1
/** Where that number is kept. It is put last, so a store that has it has all that it began with. */
const FORMAT_KEY = 'format'

/** All that was stored when the broker started. */
export class StoredDefinitions {
  readonly #definitions: readonly Definition[]

  constructor(definitions: readonly Definition[]) {
    this.#definitions = definitions
  }

  of<Kind extends DefinitionKind>(kind: Kind): DefinitionOf<Kind>[] {
    const isOfKind = (definition: Definition): definition is DefinitionOf<Kind> =>
      definition.kind === kind
    return this.#definitions.filter(isOfKind)
  }

  /** The highest id that a queue has, or 0. */
  get lastQueueId(): number {
    return this.of('queue').reduce((last, { id }) => Math.max(last, id), 0)
  }
}

/**
 * What is stored; undefined when that is a store which nobody has begun to use.
 *
 * @throws StoreError for a definition that cannot be read: to leave it out would be to lose a queue
 * with all that is in it.
 */
export async function loadDefinitions(metadata: Metadata): Promise<StoredDefinitions | undefined> {
  const values = await loadValues(metadata)
  return values && readDefinitions(values)
}

/** The same, not read yet. */
export async function loadValues(metadata: Metadata): Promise<Map<string, string> | undefined> {
  const values = await metadata.load()
  const format = values.get(FORMAT_KEY)
  if (format === undefined) return undefined
  assertReadable(format)
  values.delete(FORMAT_KEY)
  return values
}

/** @throws StoreError as `loadDefinitions` does. */
export function readDefinitions(values: ReadonlyMap<string, string>): StoredDefinitions {
  return new StoredDefinitions(Array.from(values, ([key, value]) => decode(key, value)))
}

/** Begins a new store with these definitions. A broker that dies before the end begins again. */
export async function beginDefinitions(
  metadata: Metadata,
  definitions: readonly Definition[],
): Promise<StoredDefinitions> {
  await Promise.all(
    definitions.map((definition) =>
      metadata.put(definitionKey(definition), encodeDefinition(definition)),
    ),
  )
  await metadata.put(FORMAT_KEY, String(FORMAT))
  return new StoredDefinitions(definitions)
}

/**
 * What is stored, not read yet; where that is nothing, begins with these definitions, as other nodes may do
 * at the same time: of two that are the same the first one holds.
 */
export async function loadOrBegin(
  metadata: Metadata,
  first: readonly Definition[],
): Promise<Map<string, string>> {
  for (;;) {
    const values = await loadValues(metadata)
    if (values !== undefined) return values
    await Promise.all(
      first.map((definition) =>
        metadata.replace(definitionKey(definition), undefined, encodeDefinition(definition)),
      ),
    )
    await metadata.put(FORMAT_KEY, String(FORMAT))
  }
}

function assertReadable(text: string): void {
  const format = Number(text)
  if (format > FORMAT) {
    throw new StoreError(
      `the definitions have format ${format}, written by a newer version of this program, which knows formats up to ${FORMAT}`,
    )
  }
  if (format !== FORMAT) throw new StoreError(`the definitions have the unknown format ${text}`)
}

function decode(key: string, value: string): Definition {
  try {
    const kind = kindOfKey(key)
    if (kind === undefined) throw new TypeError('there is no such kind')
    return decodeDefinition(kind, value)
  } catch (error) {
    throw storeError(`the definition '${key}' cannot be read`, error)
  }
}
