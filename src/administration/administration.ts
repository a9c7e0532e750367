import { Access } from '../auth/access.ts'
import { Permissions } from '../auth/permissions.ts'
import type { User } from '../auth/user.ts'
import { Users } from '../auth/users.ts'
import type { Happenings } from '../base/happenings.ts'
import type { Logger } from '../base/logger.ts'
import type { Definition } from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import { DefinitionTable } from '../definitions/definition-table.ts'
import type { StoredDefinitions } from '../definitions/stored-definitions.ts'
import type { AmqpError } from '../errors.ts'
import { userDeleted, vhostDeleted } from '../reasons.ts'
import type { Vhost } from '../vhost/vhost.ts'
import { AppliedDefinitions } from './applied-definitions.ts'
import { limitsIn, UserLimitAdministration, VhostLimitAdministration } from './limits.ts'
import { tellChange } from './news.ts'
import { dropOrphans } from './orphans.ts'
import {
  GlobalParameterAdministration,
  LIMITS_COMPONENT,
  ParameterAdministration,
} from './parameters.ts'
import { PermissionAdministration, TopicPermissionAdministration } from './permissions.ts'
import { type AnyPolicyDefinition, PolicyAdministration } from './policies.ts'
import { UserAdministration } from './users.ts'
import { VhostAdministration } from './vhosts.ts'

/** A connection, as far as it matters here. */
export interface OpenSession {
  readonly user: User
  readonly vhost: Vhost
}

export interface AdministrationParts {
  readonly loopbackUsers: readonly string[]
  /** Whether policies may have settings for mirrors. */
  readonly allowMirroring: boolean
  readonly happenings: Happenings
  readonly createVhost: (name: string) => Vhost
  /** Closes the connections that are meant, and tells the clients why. */
  readonly closeSessions: (isMeant: (session: OpenSession) => boolean, reason: AmqpError) => void
}

/**
 * What administrators may change while the broker runs: keeps the definitions, and brings each change
 * to where it takes effect. The topology of a vhost is not here but in the vhost itself.
 */
export class Administration {
  readonly authenticator: Users
  readonly vhosts: VhostAdministration
  readonly users: UserAdministration
  readonly permissions: PermissionAdministration
  readonly topicPermissions: TopicPermissionAdministration
  readonly policies: PolicyAdministration
  readonly operatorPolicies: PolicyAdministration
  readonly parameters: ParameterAdministration
  readonly globalParameters: GlobalParameterAdministration
  readonly vhostLimits: VhostLimitAdministration
  readonly userLimits: UserLimitAdministration
  /** How all of it, and the topology of vhosts, follows what other nodes do. */
  readonly applied: AppliedDefinitions

  readonly #parts: AdministrationParts
  readonly #granted: Permissions
  readonly #running = new Map<string, Vhost>()
  readonly #vhosts: DefinitionTable<'vhost'>
  readonly #policies: DefinitionTable<'policy' | 'operator-policy'>
  readonly #parameters: DefinitionTable<'parameter'>
  readonly #globalParameters: DefinitionTable<'global-parameter'> = new DefinitionTable()

  constructor(parts: AdministrationParts) {
    this.#parts = parts
    this.#vhosts = new DefinitionTable((now, before) => {
      if (now === undefined) this.#stop(before?.name ?? '')
      else if (before === undefined) this.#run(now.name)
      const vhost = this.findVhost(now?.name ?? '')
      if (vhost !== undefined) vhost.queues.defaultType = now?.defaultQueueType
    })
    this.#policies = new DefinitionTable((now, before) => {
      const { kind, vhost, name } = (now ?? before) as AnyPolicyDefinition
      const running = this.findVhost(vhost)
      if (now === undefined) running?.policies.delete(kind, name)
      else running?.policies.set(now)
      running?.applyPolicies()
    })
    this.#parameters = new DefinitionTable((now, before) => {
      const vhost = this.findVhost((now ?? before)?.vhost ?? '')
      if (vhost !== undefined) this.#applyLimits(vhost)
    })
    this.authenticator = new Users(parts.loopbackUsers, (deleted) =>
      parts.closeSessions(({ user }) => user === deleted, userDeleted(deleted.name)),
    )
    this.#granted = new Permissions(
      (name) => this.authenticator.find(name),
      (vhost) => this.findVhost(vhost)?.forgetRoutes(),
    )

    const { definitions: users } = this.authenticator
    const assertVhost = (vhost: string): void => void this.vhosts.get(vhost)
    const assertThere = (user: string, vhost: string): void => {
      this.vhosts.get(vhost)
      this.users.get(user)
    }
    this.vhosts = new VhostAdministration(
      this.#vhosts,
      (vhost) => this.#deleteAllOf(vhost),
      (vhost) => this.findVhost(vhost),
    )
    this.users = new UserAdministration(users, (name) =>
      this.#granted.deleteAll(({ user }) => user === name),
    )
    this.permissions = new PermissionAdministration(this.#granted, assertThere)
    this.topicPermissions = new TopicPermissionAdministration(this.#granted, assertThere)
    const { allowMirroring } = parts
    const shared = { table: this.#policies, allowMirroring, assertVhost }
    this.policies = new PolicyAdministration({ ...shared, kind: 'policy' })
    this.operatorPolicies = new PolicyAdministration({ ...shared, kind: 'operator-policy' })
    this.parameters = new ParameterAdministration(this.#parameters, assertVhost)
    this.globalParameters = new GlobalParameterAdministration(this.#globalParameters)
    this.vhostLimits = new VhostLimitAdministration(this.parameters)
    this.userLimits = new UserLimitAdministration(this.users, users)
    this.applied = new AppliedDefinitions({
      tables: {
        vhost: this.#vhosts,
        user: users,
        permission: this.#granted.definitions,
        'topic-permission': this.#granted.topicDefinitions,
        policy: this.#policies,
        'operator-policy': this.#policies,
        parameter: this.#parameters,
        'global-parameter': this.#globalParameters,
      },
      findVhost: (name) => this.findVhost(name),
      vhosts: () => this.#running.values(),
    })
  }

  /** Takes what is stored, and makes the vhosts, which are empty yet. */
  restore(stored: StoredDefinitions, store: DefinitionStore, logger: Logger): void {
    const kept = dropOrphans(stored, store, logger)
    this.authenticator.definitions.restore(stored.of('user'), store)
    this.#granted.definitions.restore(kept.permissions, store)
    this.#granted.topicDefinitions.restore(kept.topicPermissions, store)
    this.#policies.restore(kept.policies, store)
    this.#parameters.restore(kept.parameters, store)
    this.#globalParameters.restore(stored.of('global-parameter'), store)
    // With them come their policies and limits.
    this.#vhosts.restore(stored.of('vhost'), store)
    this.#tellChanges()
  }

  /** From now on: what was there before is no news. */
  #tellChanges(): void {
    const watcher = (now: Definition | undefined, before: Definition | undefined): void =>
      tellChange(this.#parts.happenings, now, before)
    this.authenticator.definitions.watcher = watcher
    this.#granted.definitions.watcher = watcher
    this.#granted.topicDefinitions.watcher = watcher
    this.#policies.watcher = watcher
    this.#parameters.watcher = watcher
    this.#globalParameters.watcher = watcher
    this.#vhosts.watcher = watcher
  }

  findVhost(name: string): Vhost | undefined {
    return this.#running.get(name)
  }

  /** Who was deleted after logging in may do nothing, even if there is another one of that name now. */
  accessOf(user: User, vhost: string): Access {
    if (this.authenticator.find(user.name) !== user) return Access.none(user, vhost)
    return this.#granted.accessOf(user, vhost)
  }

  #run(name: string): void {
    const vhost = this.#parts.createVhost(name)
    this.#running.set(name, vhost)
    for (const policy of this.#policies.all()) {
      if (policy.vhost === name) vhost.policies.set(policy)
    }
    vhost.applyPolicies()
    this.#applyLimits(vhost)
  }

  #stop(name: string): void {
    const vhost = this.#running.get(name)
    if (vhost === undefined) return
    // Nobody comes in any more before those who are there go.
    this.#running.delete(name)
    this.#parts.closeSessions((session) => session.vhost === vhost, vhostDeleted(name))
    vhost.deleteAll()
  }

  #applyLimits(vhost: Vhost): void {
    const { value } = this.parameters.find(LIMITS_COMPONENT, vhost.name, 'limits') ?? { value: {} }
    const limits = limitsIn(value)
    const limitOf = (name: string): number => {
      const limit = limits.get(name) ?? -1
      return limit < 0 ? Number.POSITIVE_INFINITY : limit
    }
    vhost.connectionLimit = limitOf('max-connections')
    vhost.queues.limit = limitOf('max-queues')
  }

  #deleteAllOf(name: string): Promise<unknown> {
    const isOf = ({ vhost }: { readonly vhost: string }): boolean => vhost === name
    const policies = this.#policies.all().filter(isOf)
    const parameters = this.#parameters.all().filter(isOf)
    return Promise.all([
      this.#granted.deleteAll(isOf),
      ...policies.map((policy) => this.#policies.delete(policy)),
      ...parameters.map((parameter) => this.#parameters.delete(parameter)),
    ])
  }
}
