import type { Metadata, MetadataListener } from '../../src/store/metadata.ts'

/**
 * Metadata as of a node that is far from it: changes take their time on the way there and back, and what
 * was changed is told late, of several changes of one key maybe only the last.
 */
export class LateMetadata implements Metadata {
  readonly #metadata: Metadata
  readonly #turns: () => number
  readonly #listeners = new Set<MetadataListener>()
  #untold: { readonly key: string; readonly value: string | undefined }[] = []
  #telling: Promise<void> | undefined
  #stop: Promise<() => void> | undefined

  /** Asks `turns` for how many turns something takes. */
  constructor(metadata: Metadata, turns: () => number) {
    this.#metadata = metadata
    this.#turns = turns
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
    await this.#pass()
    const result = await operation()
    await this.#pass()
    return result
  }

  #tellSoon(): Promise<void> {
    this.#telling ??= this.#pass().then(() => {
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

  async #pass(): Promise<void> {
    for (let turn = this.#turns(); turn > 0; turn--) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
