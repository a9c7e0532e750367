import type { VhostDefinition } from '../../definitions/definition.ts'

export interface VhostState {
  readonly nodeName: string
  readonly isTraced: boolean
}

export function vhostJson(definition: VhostDefinition, { nodeName, isTraced }: VhostState): object {
  const { name, description, tags, defaultQueueType } = definition
  return {
    name,
    description,
    tags,
    default_queue_type: defaultQueueType ?? 'classic',
    metadata: vhostMetadata(definition),
    tracing: isTraced,
    protected_from_deletion: false,
    cluster_state: { [nodeName]: 'running' },
  }
}

/** Without a default for the type of queues where there is none. */
export function vhostMetadata({ description, tags, defaultQueueType }: VhostDefinition): object {
  const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }
  return { description, tags, ...type }
}
