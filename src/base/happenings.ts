/** What a happening is about, under RabbitMQ's names. */
export type Details = Readonly<Record<string, unknown>>

/** Is told what happens; looks at the details only if it wants them. */
export type Watcher = (name: string, details: () => Details) => void

/**
 * What happens to the things of a broker, never to messages: connections come and go, queues are made and
 * deleted, users fail to log in. It is counted, and told to whoever watches; the names are RabbitMQ's.
 */
export class Happenings {
  watcher: Watcher | null = null
  readonly #counts = new Map<string, number>()

  /** How often that has happened. */
  countOf(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  tell(name: string, details: () => Details): void {
    this.#counts.set(name, this.countOf(name) + 1)
    this.watcher?.(name, details)
  }
}
