import type { DefaultQueueType, VhostDefinition } from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { assertNames, badRequest, noVhost } from './administration-error.ts'

export interface VhostSettings {
  readonly description?: string
  readonly tags?: readonly string[]
  /** What queues are from now on that say nothing of their type; null for no default. */
  readonly defaultQueueType?: DefaultQueueType | null
}

/** A virtual host whose messages may be traced. */
interface Traced {
  readonly firehose: object | null
  trace(isOn: boolean): void
}

/** The virtual hosts of a broker. https://www.rabbitmq.com/docs/vhosts */
export class VhostAdministration {
  readonly #table: DefinitionTable<'vhost'>
  readonly #deleteAllOf: (vhost: string) => Promise<unknown>
  readonly #findTraced: (vhost: string) => Traced | undefined

  /** `deleteAllOf` deletes what is defined for a vhost elsewhere. */
  constructor(
    table: DefinitionTable<'vhost'>,
    deleteAllOf: (vhost: string) => Promise<unknown>,
    findTraced: (vhost: string) => Traced | undefined,
  ) {
    this.#table = table
    this.#deleteAllOf = deleteAllOf
    this.#findTraced = findTraced
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
    const before: VhostSettings = this.find(name) ?? {}
    const { description = '', tags = [], defaultQueueType } = { ...before, ...settings }
    const type = defaultQueueType == null ? {} : { defaultQueueType }
    await this.#table.put({ kind: 'vhost', name, description, tags, ...type })
  }

  /**
   * Has a copy of every message that clients of the vhost publish or get published to
   * `amq.rabbitmq.trace`, until it is switched off or the broker stops. Throws AdministrationError.
   * https://www.rabbitmq.com/docs/firehose
   */
  trace(name: string, isOn: boolean): void {
    this.get(name)
    this.#findTraced(name)?.trace(isOn)
  }

  isTraced(name: string): boolean {
    return this.#findTraced(name)?.firehose != null
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
