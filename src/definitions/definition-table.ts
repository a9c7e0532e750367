import type { DefinitionKind, DefinitionNameOf, DefinitionOf } from './definition.ts'
import { definitionKey } from './definition-key.ts'
import { type DefinitionStore, noDefinitions } from './definition-store.ts'

/** Hears of every change, when it takes effect. Both are there when one replaces the other. */
export type DefinitionListener<Kind extends DefinitionKind> = (
  now: DefinitionOf<Kind> | undefined,
  before: DefinitionOf<Kind> | undefined,
) => void

/**
 * All definitions of one kind. A change takes effect in memory at once, and whoever promises it to
 * somebody waits until it is stored; if it cannot be, it is taken back.
 */
export class DefinitionTable<Kind extends DefinitionKind> {
  readonly #onChange: DefinitionListener<Kind>
  readonly #byKey = new Map<string, DefinitionOf<Kind>>()
  /** Hears of changes after `restore`, too. */
  watcher: DefinitionListener<Kind> = () => {}
  #store: DefinitionStore = noDefinitions

  constructor(onChange: DefinitionListener<Kind> = () => {}) {
    this.#onChange = onChange
  }

  /** Takes what is stored already, and keeps what will change in that store. */
  restore(definitions: readonly DefinitionOf<Kind>[], store: DefinitionStore): void {
    this.#store = store
    for (const definition of definitions) this.#set(definitionKey(definition), definition)
  }

  find(name: DefinitionNameOf<Kind>): DefinitionOf<Kind> | undefined {
    return this.#byKey.get(definitionKey(name))
  }

  /** A copy: they may change while it is walked. */
  all(): DefinitionOf<Kind>[] {
    return [...this.#byKey.values()]
  }

  /** Resolves when it is stored; rejects with an AmqpError when it could not be. */
  async put(definition: DefinitionOf<Kind>): Promise<void> {
    const key = definitionKey(definition)
    const before = this.#byKey.get(key)
    this.#set(key, definition)
    this.#store.put(definition, () => this.#takeBack(key, definition, before))
    await this.#store.stored(definition)
  }

  /** Deleting what is not there is fine. Rejects with an AmqpError when it is to be done again. */
  async delete(name: DefinitionNameOf<Kind>): Promise<void> {
    this.#remove(definitionKey(name))
    this.#store.delete(name)
    await this.#store.stored(name)
  }

  /** Another node has defined that, or deleted it. That is stored already, and no news. */
  follow(name: DefinitionNameOf<Kind>, now: DefinitionOf<Kind> | undefined): void {
    const key = definitionKey(name)
    const before = this.#byKey.get(key)
    if (now === undefined) this.#byKey.delete(key)
    else this.#byKey.set(key, now)
    if (now !== undefined || before !== undefined) this.#onChange(now, before)
  }

  #set(key: string, definition: DefinitionOf<Kind>): void {
    const before = this.#byKey.get(key)
    this.#byKey.set(key, definition)
    this.#onChange(definition, before)
    this.watcher(definition, before)
  }

  #remove(key: string): void {
    const before = this.#byKey.get(key)
    if (before === undefined) return
    this.#byKey.delete(key)
    this.#onChange(undefined, before)
    this.watcher(undefined, before)
  }

  /** Unless it has changed again since. What was there before is written once more, to be sure. */
  #takeBack(
    key: string,
    definition: DefinitionOf<Kind>,
    before: DefinitionOf<Kind> | undefined,
  ): void {
    if (this.#byKey.get(key) !== definition) return
    if (before === undefined) {
      this.#remove(key)
      this.#store.delete(definition)
    } else {
      this.#set(key, before)
      this.#store.put(before)
    }
  }
}
