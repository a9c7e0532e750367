import type { Logger } from '../base/logger.ts'
import type {
  BindingDefinition,
  ExchangeDefinition,
  QueueDefinition,
} from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { StoredDefinitions } from '../definitions/stored-definitions.ts'
import type { Vhost } from './vhost.ts'

export interface RestoreParts {
  readonly createVhost: (name: string) => Vhost
  readonly definitions: DefinitionStore
  readonly logger: Logger
}

/**
 * Makes the vhosts that are stored, with all that is in them. What has lost what it belongs to was
 * being deleted when the broker died: the rest of it is deleted now.
 */
export function restoreVhosts(
  stored: StoredDefinitions,
  { createVhost, definitions, logger }: RestoreParts,
): Map<string, Vhost> {
  const vhosts = new Map(stored.of('vhost').map(({ name }) => [name, createVhost(name)]))

  const drop = (rest: ExchangeDefinition | QueueDefinition | BindingDefinition): undefined => {
    const { arguments: _, ...definition } = rest
    logger.warn(
      { definition },
      'Dropped a definition whose virtual host, source or destination is gone',
    )
    definitions.delete(rest)
  }
  const vhostOf = (definition: ExchangeDefinition | QueueDefinition | BindingDefinition) =>
    vhosts.get(definition.vhost) ?? drop(definition)

  for (const exchange of stored.of('exchange')) vhostOf(exchange)?.restoreExchange(exchange)
  for (const queue of stored.of('queue')) vhostOf(queue)?.restoreQueue(queue)
  for (const binding of stored.of('binding')) {
    if (vhostOf(binding)?.restoreBinding(binding) === false) drop(binding)
  }
  // Only now, since a limit may send messages on, along any of the bindings.
  for (const vhost of vhosts.values()) vhost.applyPolicies()
  return vhosts
}
