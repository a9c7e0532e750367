/** What there is in each place, by the place's key. */
export class ByPlace<Item> {
  readonly #items = new Map<string, Set<Item>>()

  add(key: string, item: Item): void {
    const others = this.#items.get(key)
    if (others === undefined) this.#items.set(key, new Set([item]))
    else others.add(item)
  }

  delete(key: string, item: Item): void {
    const items = this.#items.get(key)
    items?.delete(item)
    if (items?.size === 0) this.#items.delete(key)
  }

  of(key: string): readonly Item[] {
    return [...(this.#items.get(key) ?? [])]
  }
}
