import { Connection } from '../../connection/connection.ts'
import { ClassicQueue } from '../../queue/classic-queue.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { argumentsJson } from './arguments-json.ts'
import { totalsOf } from './queue-totals.ts'

/** How much of a queue is shown. */
export type QueueDetail = 'names' | 'totals' | 'all'

export function queueJson(
  vhost: Vhost,
  queue: Queue,
  nodeName: string,
  detail: QueueDetail = 'all',
): object {
  const { name, type, durable, autoDelete, exclusiveOwner } = queue
  const names = {
    name,
    vhost: vhost.name,
    type,
    durable,
    auto_delete: autoDelete,
    exclusive: exclusiveOwner !== null,
    arguments: argumentsJson(queue.arguments),
    node: nodeName,
    state: 'running',
  }
  if (detail === 'names') return names
  if (detail === 'totals') return { ...names, ...totalsOf(queue) }
  return {
    ...names,
    ...policiesJson(vhost, queue),
    ...totalsOf(queue),
    ...sizesJson(queue),
    consumers: queue.consumerCount,
    consumer_capacity: 0,
    consumer_utilisation: 0,
    exclusive_consumer_tag: null,
    single_active_consumer_tag: null,
    head_message_timestamp: null,
    memory: 0,
    reductions: 0,
    ...(type === 'classic' ? {} : membersJson(nodeName)),
    ...(exclusiveOwner instanceof Connection ? ownerJson(exclusiveOwner) : {}),
  }
}

function policiesJson(vhost: Vhost, queue: Queue): object {
  const policy = vhost.policyOf(queue)
  return {
    policy: policy?.policy ?? null,
    operator_policy: policy?.operatorPolicy ?? null,
    effective_policy_definition: Object.fromEntries(policy?.definition ?? []),
  }
}

/** Octets of the bodies that are ready. What is unacknowledged is counted, not measured. */
function sizesJson(queue: Queue): object {
  const { messages, messages_ready } = totalsOf(queue)
  const bytes = queue instanceof ClassicQueue ? queue.readyBytes : 0
  return {
    messages_ram: messages,
    messages_ready_ram: messages_ready,
    messages_unacknowledged_ram: messages - messages_ready,
    messages_persistent: 0,
    messages_paged_out: 0,
    message_bytes: bytes,
    message_bytes_ready: bytes,
    message_bytes_unacknowledged: 0,
    message_bytes_ram: bytes,
    message_bytes_persistent: 0,
    message_bytes_paged_out: 0,
    backing_queue_status: { mode: 'default', version: 2, len: messages_ready },
    garbage_collection: {},
  }
}

const membersJson = (nodeName: string): object => ({
  leader: nodeName,
  members: [nodeName],
  online: [nodeName],
})

function ownerJson({ link }: Connection): object {
  const { name, ends } = link
  const { peerHost, peerPort } = ends
  return { owner_pid_details: { name, peer_host: peerHost, peer_port: peerPort } }
}
