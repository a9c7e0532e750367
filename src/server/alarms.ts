/** What a broker can be short of. */
export type AlarmResource = 'memory' | 'disk'

/**
 * The resources that are short at the moment. While there are any, publishers are held back and
 * consumers are served. https://www.rabbitmq.com/docs/alarms
 */
export class Alarms {
  readonly #raised = new Set<AlarmResource>()

  /** Whether that changed anything. */
  set(resource: AlarmResource, raised: boolean): boolean {
    if (this.#raised.has(resource) === raised) return false
    if (raised) this.#raised.add(resource)
    else this.#raised.delete(resource)
    return true
  }

  /** As `connection.blocked` says it; null when nothing is short. */
  get reason(): string | null {
    if (this.#raised.size === 0) return null
    const resources = ['memory', 'disk'] as const
    return `low on ${resources.filter((resource) => this.#raised.has(resource)).join(' & ')}`
  }
}
