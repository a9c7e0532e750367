import type { VhostDefinition } from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { assertNames, badRequest, noVhost } from './administration-error.ts'

export interface VhostSettings {
  readonly description?: string
  readonly tags?: readonly string[]
}

/** The virtual hosts of a broker. https://www.rabbitmq.com/docs/vhosts */
export class VhostAdministration {
  readonly #table: DefinitionTable<'vhost'>
  readonly #deleteAllOf: (vhost: string) => Promise<unknown>

  /** `deleteAllOf` deletes what is defined for a vhost elsewhere. */
  constructor(table: DefinitionTable<'vhost'>, deleteAllOf: (vhost: string) => Promise<unknown>) {
    this.#table = table
    this.#deleteAllOf = deleteAllOf
  }

  list(): VhostDefinition[] {
    return this.#table.all()
  }

  find(name: string): VhostDefinition | undefined {
    return this.#table.find({ kind: 'vhost', name })
  }

  /** Throws AdministrationError. */
  get(name: string): VhostDefinition {
    const vhost = this.find(name)
    if (vhost === undefined) throw noVhost(name)
    return vhost
  }

  /** Adds it, or changes what is given of one that is there. Resolves when that is stored. */
  async put(name: string, settings: VhostSettings = {}): Promise<void> {
    if (name === '') throw badRequest('a virtual host needs a name')
    assertNames(name)
    const { description, tags } = this.find(name) ?? { description: '', tags: [] }
    await this.#table.put({ kind: 'vhost', name, description, tags, ...settings })
  }

  /**
   * Deletes it with all that is in it, permissions and policies included; its connections are closed.
   * Resolves when that is stored.
   */
  async delete(name: string): Promise<void> {
    this.get(name)
    const deleted = this.#table.delete({ kind: 'vhost', name })
    await Promise.all([deleted, this.#deleteAllOf(name)])
  }
}
