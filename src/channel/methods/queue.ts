import {
  NOT_FOUND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE_OK,
  QUEUE_PURGE_OK,
  QUEUE_UNBIND_OK,
  type QueueBind,
  type QueueDeclare,
  type QueueDelete,
  type QueuePurge,
  type QueueUnbind,
} from 'amqp-codec'
import { AmqpError } from '../../errors.ts'
import type { Queue } from '../../queue/queue.ts'
import type { BindingRequest } from '../../vhost/binding-resolver.ts'
import { isReplaced } from '../../vhost/replaced.ts'
import { DIRECT_REPLY_TO } from '../../vhost/reply-queue-name.ts'
import type { Channel } from '../channel.ts'
import { declaredName } from './declared-name.ts'

export function queueDeclare(channel: Channel, method: QueueDeclare): void {
  if (method.queue === DIRECT_REPLY_TO) {
    declareReplyTo(channel, method)
    return
  }
  const { vhost } = channel.context
  const isNew = !method.passive && vhost.queues.find(declaredName(method.queue)) === undefined
  const queue = method.passive ? passiveQueue(channel, method) : activeQueue(channel, method)
  channel.lastQueueName = queue.name
  channel.when(vhost.queueStored(queue.name), () => {
    // Another node may have been faster: then it is that one which is asked for.
    if (isReplaced(vhost, queue)) queueDeclare(channel, { ...method, queue: queue.name })
    else if (!method.nowait) {
      // Nobody has to be asked what is in a queue that this has made.
      channel.when(isNew ? undefined : queue.counted(), () => declareOk(channel, queue))
    }
  })
}

function declareOk(channel: Channel, queue: Queue): void {
  channel.context.output.method(channel.number, {
    id: QUEUE_DECLARE_OK,
    queue: queue.name,
    messageCount: queue.readyCount,
    consumerCount: queue.consumerCount,
  })
}

/** Direct reply-to is always there, and nothing is ever in it. */
function declareReplyTo(channel: Channel, method: QueueDeclare): void {
  if (method.nowait) return
  channel.context.output.method(channel.number, {
    id: QUEUE_DECLARE_OK,
    queue: DIRECT_REPLY_TO,
    messageCount: 0,
    consumerCount: 1,
  })
}

/** Here an empty name is a name like any other. Responders look for their requester's reply queue. */
function passiveQueue(channel: Channel, method: QueueDeclare): Queue {
  const { vhost, owner, access, profile } = channel.context
  const name = declaredName(method.queue)
  if (profile.passiveDeclareNeedsPermission && !access.hasAny(name)) {
    access.check('configure', 'queue', name)
  }
  const queue = vhost.replyQueues.find(name) ?? vhost.queues.get(name, owner)
  queue.touch()
  return queue
}

/** An exclusive queue goes with its connection, so it is never durable, whatever is asked for. */
function activeQueue(channel: Channel, method: QueueDeclare): Queue {
  const { vhost, owner, access } = channel.context
  const properties = {
    durable: method.durable && !method.exclusive,
    exclusiveOwner: method.exclusive ? owner : null,
    autoDelete: method.autoDelete,
    arguments: method.arguments,
  }
  return vhost.declareQueue(declaredName(method.queue), properties, owner, access)
}

export function queueBind(channel: Channel, method: QueueBind): void {
  const { vhost, owner, access, output } = channel.context
  const binding = bindingOf(channel, method)
  vhost.bind(binding, owner, access)
  channel.when(vhost.bindingStored(binding), () => {
    if (!method.nowait) output.method(channel.number, { id: QUEUE_BIND_OK })
  })
}

export function queueUnbind(channel: Channel, method: QueueUnbind): void {
  const { vhost, owner, access, output } = channel.context
  const binding = bindingOf(channel, method)
  vhost.unbind(binding, owner, access)
  channel.when(vhost.bindingStored(binding), () => {
    output.method(channel.number, { id: QUEUE_UNBIND_OK })
  })
}

export function queuePurge(channel: Channel, method: QueuePurge): void {
  channel.when(channel.readableQueue(method.queue).purge(), (messageCount) => {
    if (method.nowait) return
    channel.context.output.method(channel.number, { id: QUEUE_PURGE_OK, messageCount })
  })
}

export function queueDelete(channel: Channel, method: QueueDelete): void {
  const name = channel.queueName(declaredName(method.queue))
  const counted = channel.context.vhost.queues.find(name)?.counted()
  channel.when(counted?.catch(unlessGone), () => deleteCounted(channel, name, method))
}

/** Deleting what another node has just deleted is fine. */
function unlessGone(error: unknown): void {
  if (!(error instanceof AmqpError) || error.replyCode !== NOT_FOUND) throw error
}

function deleteCounted(channel: Channel, name: string, method: QueueDelete): void {
  const { vhost, owner, access, output } = channel.context
  const queue = vhost.findDeletable(name, owner, method, access)
  const messageCount = queue?.readyCount ?? 0
  if (queue !== undefined) vhost.removeQueue(queue)
  const stored = vhost.queueStored(name)
  let isOver = false
  const end = (): void => {
    if (!isOver) queue?.delete()
    isOver = true
  }
  channel.when(stored, () => {
    if (!method.nowait) output.method(channel.number, { id: QUEUE_DELETE_OK, messageCount })
    // After the answer, since the queue's consumers are told of its end and may be this channel's.
    end()
  })
  // Also when the channel has gone meanwhile.
  void stored?.then(() => setImmediate(end), end)
}

/** Spec §1.7.2: with an empty queue name, an empty routing key stands for that queue's name too. */
function bindingOf(channel: Channel, method: QueueBind | QueueUnbind): BindingRequest {
  const queue = channel.queueName(declaredName(method.queue))
  const exchange = declaredName(method.exchange)
  const { routingKey } = method
  return {
    source: exchange,
    kind: 'queue',
    destination: queue,
    routingKey: method.queue === '' && routingKey === '' ? queue : routingKey,
    arguments: method.arguments,
  }
}
