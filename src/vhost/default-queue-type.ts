import type { QueueProperties, QueueType } from '../queue/queue.ts'

/**
 * What a queue is declared with in a vhost that has a default for the type: with that type, if it says none
 * and can have it. https://www.rabbitmq.com/docs/vhosts#default-queue-type
 */
export function withDefaultType(
  given: QueueProperties,
  type: QueueType | undefined,
): QueueProperties {
  if (type === undefined || given.arguments.has('x-queue-type')) return given
  const isLasting = given.durable && !given.autoDelete && given.exclusiveOwner === null
  if (type !== 'classic' && !isLasting) return given
  const patched = new Map(given.arguments).set('x-queue-type', { type: 'S', value: type })
  return { ...given, arguments: patched }
}
