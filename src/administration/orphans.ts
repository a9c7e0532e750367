import type { Logger } from '../base/logger.ts'
import type { DefinitionName, DefinitionOf } from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { StoredDefinitions } from '../definitions/stored-definitions.ts'

export interface KeptDefinitions {
  readonly permissions: readonly DefinitionOf<'permission'>[]
  readonly topicPermissions: readonly DefinitionOf<'topic-permission'>[]
  readonly policies: readonly DefinitionOf<'policy' | 'operator-policy'>[]
  readonly parameters: readonly DefinitionOf<'parameter'>[]
}

/**
 * What is defined for users and vhosts that are there. The rest was being deleted with its user or vhost
 * when the broker died: it is deleted now, or whoever gets that name next would inherit it.
 */
export function dropOrphans(
  stored: StoredDefinitions,
  store: DefinitionStore,
  logger: Logger,
): KeptDefinitions {
  const vhosts = new Set(stored.of('vhost').map(({ name }) => name))
  const users = new Set(stored.of('user').map(({ name }) => name))
  const keep = <Kept extends DefinitionName & { vhost: string; user?: string }>(
    definitions: readonly Kept[],
  ): Kept[] =>
    definitions.filter((definition) => {
      const { vhost, user } = definition
      if (vhosts.has(vhost) && (user === undefined || users.has(user))) return true
      logger.warn({ definition }, 'Dropped a definition whose user or virtual host is gone')
      store.delete(definition)
      return false
    })
  return {
    permissions: keep(stored.of('permission')),
    topicPermissions: keep(stored.of('topic-permission')),
    policies: keep([...stored.of('policy'), ...stored.of('operator-policy')]),
    parameters: keep(stored.of('parameter')),
  }
}
