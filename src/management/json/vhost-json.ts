import type { VhostDefinition } from '../../definitions/definition.ts'

export function vhostJson(definition: VhostDefinition, nodeName: string): object {
  const { name, description, tags } = definition
  return {
    name,
    description,
    tags,
    default_queue_type: 'classic',
    metadata: { description, tags },
    tracing: false,
    protected_from_deletion: false,
    cluster_state: { [nodeName]: 'running' },
  }
}
