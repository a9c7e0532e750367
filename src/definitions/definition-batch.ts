/** What a key is to have. */
export interface DefinitionChange {
  /** Undefined to delete. */
  readonly value: string | undefined
  /**
   * Undo it in memory, the last one first: also what was changed before it and is not stored for itself. None
   * where memory is right, and the store is to be told until it agrees.
   */
  readonly takeBacks: readonly (() => void)[]
}

/** Changes that are stored together. The last one of a key counts. */
export class DefinitionBatch {
  /** Known when `settled` resolves, which it always does: what could not be stored. */
  readonly failed: Set<string> = new Set()
  /** Could not be stored either, but what came next has it in it: what becomes of that becomes of it. */
  readonly handedOn: Set<string> = new Set()
  readonly settled: Promise<void>
  settle: () => void = () => {}
  readonly #changes: Map<string, DefinitionChange>

  constructor(changes: Iterable<readonly [string, DefinitionChange]>) {
    this.#changes = new Map(changes)
    this.settled = new Promise((resolve) => {
      this.settle = resolve
    })
  }

  get changes(): ReadonlyMap<string, DefinitionChange> {
    return this.#changes
  }

  put(key: string, value: string, takeBack: (() => void) | undefined): void {
    const before = this.#changes.get(key)?.takeBacks ?? []
    const takeBacks = takeBack === undefined ? [] : [...before, takeBack]
    this.#changes.set(key, { value, takeBacks })
  }

  delete(key: string): void {
    this.#changes.set(key, { value: undefined, takeBacks: [] })
  }

  /** Something that could not be stored before has been changed here: it holds or goes with that. */
  takeOver(key: string, { takeBacks }: DefinitionChange): void {
    const change = this.#changes.get(key) as DefinitionChange
    this.#changes.set(key, { ...change, takeBacks: [...takeBacks, ...change.takeBacks] })
  }
}
