import type { Permissions } from '../auth/permissions.ts'
import type { PermissionDefinition, TopicPermissionDefinition } from '../definitions/definition.ts'
import { patternProblem } from '../policy/policy-problems.ts'
import { assertNames, assertValid } from './administration-error.ts'

/** Throws AdministrationError unless both are there. */
export type AssertThere = (user: string, vhost: string) => void

/** What users may do in which vhosts. https://www.rabbitmq.com/docs/access-control#authorisation */
export class PermissionAdministration {
  readonly #permissions: Permissions
  readonly #assertThere: AssertThere

  constructor(permissions: Permissions, assertThere: AssertThere) {
    this.#permissions = permissions
    this.#assertThere = assertThere
  }

  list(): PermissionDefinition[] {
    return this.#permissions.definitions.all()
  }

  find(user: string, vhost: string): PermissionDefinition | undefined {
    return this.#permissions.definitions.find({ kind: 'permission', user, vhost })
  }

  /** Sets what a user may do in a vhost. It counts at once; resolves when it is stored. */
  async put(permission: Omit<PermissionDefinition, 'kind'>): Promise<void> {
    const { user, vhost, configure, write, read } = permission
    this.#assertThere(user, vhost)
    assertValid(
      patternProblem('configure', configure),
      patternProblem('write', write),
      patternProblem('read', read),
    )
    const names = { kind: 'permission', user, vhost } as const
    await this.#permissions.definitions.put({ ...names, configure, write, read })
  }

  /** The user may not come in any more; connections stay open. Resolves when it is stored. */
  async delete(user: string, vhost: string): Promise<void> {
    this.#assertThere(user, vhost)
    await this.#permissions.definitions.delete({ kind: 'permission', user, vhost })
  }
}

/** Which routing keys users may use. https://www.rabbitmq.com/docs/access-control#topic-authorisation */
export class TopicPermissionAdministration {
  readonly #permissions: Permissions
  readonly #assertThere: AssertThere

  constructor(permissions: Permissions, assertThere: AssertThere) {
    this.#permissions = permissions
    this.#assertThere = assertThere
  }

  list(): TopicPermissionDefinition[] {
    return this.#permissions.topicDefinitions.all()
  }

  /** Sets which keys a user may use with an exchange. It counts at once; resolves when it is stored. */
  async put(permission: Omit<TopicPermissionDefinition, 'kind'>): Promise<void> {
    const { user, vhost, exchange, write, read } = permission
    this.#assertThere(user, vhost)
    assertNames(exchange)
    assertValid(patternProblem('write', write), patternProblem('read', read))
    const names = { kind: 'topic-permission', user, vhost, exchange } as const
    await this.#permissions.topicDefinitions.put({ ...names, write, read })
  }

  /** For one exchange, or for all. Resolves when it is stored. */
  async delete(user: string, vhost: string, exchange?: string): Promise<void> {
    this.#assertThere(user, vhost)
    const isMeant = (of: TopicPermissionDefinition): boolean =>
      of.user === user && of.vhost === vhost && (of.exchange === exchange || exchange === undefined)
    const { topicDefinitions } = this.#permissions
    await Promise.all(
      topicDefinitions
        .all()
        .filter(isMeant)
        .map((of) => topicDefinitions.delete(of)),
    )
  }
}
