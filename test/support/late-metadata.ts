import type { Metadata, MetadataListener } from '../../src/store/metadata.ts'

/**
 * Metadata as of a node that is far from it: changes take their time on the way there and back, and what
 * was changed is told late, of several changes of one key maybe only the last.
 */
export class LateMetadata implements Metadata {
  readonly position = 0
  readonly #metadata: Metadata
  readonly #turns: () => number
  readonly #turnsToTell: () => number
  readonly #listeners = new Set<MetadataListener>()
  #untold: { readonly key: string; readonly value: string | undefined }[] = []
  #telling: Promise<void> | undefined
  #stop: Promise<() => void> | undefined

  /** Asks for how many turns a way takes, and how many pass before changes are told. */
  constructor(metadata: Metadata, turns: () => number, turnsToTell: () => number = turns) {
    this.#metadata = metadata
    this.#turns = turns
    this.#turnsToTell = turnsToTell
  }

  load(): Promise<Map<string, string>> {
    return this.#far(() => this.#metadata.load())
  }

  put(key: string, value: string): Promise<void> {
    return this.#far(() => this.#metadata.put(key, value))
  }

  delete(key: string): Promise<void> {
    return this.#far(() => this.#metadata.delete(key))
  }

  read(key: string): Promise<string | undefined> {
    return this.#far(() => this.#metadata.read(key))
  }

  replace(key: string, expected: string | undefined, value: string | undefined): Promise<boolean> {
    return this.#far(() => this.#metadata.replace(key, expected, value))
  }

  async watch(listener: MetadataListener): Promise<() => void> {
    this.#stop ??= this.#metadata.watch((key, value) => {
      this.#untold.push({ key, value })
      void this.#tellSoon()
    })
    await this.#stop
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async told(): Promise<void> {
    await this.#metadata.told()
    while (this.#untold.length > 0) await this.#tellSoon()
  }

  async close(): Promise<void> {
    const stop = await this.#stop
    stop?.()
    await this.#metadata.close()
  }

  async #far<Result>(operation: () => Promise<Result>): Promise<Result> {
    await pass(this.#turns())
    const result = await operation()
    await pass(this.#turns())
    return result
  }

  #tellSoon(): Promise<void> {
    this.#telling ??= pass(this.#turnsToTell()).then(() => {
      this.#telling = undefined
      const untold = this.#untold
      this.#untold = []
      const last = new Map(untold.map((change, index) => [change.key, index]))
      for (const [index, { key, value }] of untold.entries()) {
        if (last.get(key) !== index) continue
        for (const listener of this.#listeners) listener(key, value)
      }
    })
    return this.#telling
  }
}

async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
