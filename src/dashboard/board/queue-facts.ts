import { argumentsJson } from '../../management/json/arguments-json.ts'
import { ClassicQueue } from '../../queue/classic-queue.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import type { QueueFacts } from './amqp-queue.ts'

export function factsOf(vhost: Vhost, queue: Queue, isDescribed: boolean): QueueFacts {
  const { name, readyCount, consumerCount, type } = queue
  return {
    vhost: vhost.name,
    name,
    readyCount,
    // What somebody reads of a stream is there all the same.
    unackedCount: type === 'stream' ? 0 : queue.unackedCount,
    delayedCount: vhost.delays.countOf(queue),
    consumerCount,
    isPaused: queue.isPaused,
    holdsDeadLetters: holdsDeadLetters(vhost, queue),
    description: isDescribed ? descriptionOf(vhost, queue) : '',
    arguments: isDescribed ? argumentsJson(queue.arguments) : {},
  }
}

/**
 * Dead letters come to many queues: to those, too, in which they wait to be tried again, and from there to
 * the one that they died in. Those are at work, and what is in them is ready. What waits for somebody to
 * look at it is in a queue that nobody consumes from and that sends nothing on.
 */
function holdsDeadLetters(vhost: Vhost, queue: Queue): boolean {
  if (!vhost.deadLetterTargets.has(queue) || queue.consumerCount > 0) return false
  if (queue.type === 'stream') return false
  const sendsOn = queue instanceof ClassicQueue && queue.settings.deadLetterExchange !== undefined
  return !sendsOn
}

const argumentText = ([name, value]: readonly [string, unknown]): string =>
  `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`

/** What kind of queue it is, in a line. */
function descriptionOf(vhost: Vhost, queue: Queue): string {
  const { type, durable, autoDelete, exclusiveOwner, consumerCount } = queue
  const policy = vhost.policyOf(queue)
  return [
    type,
    durable ? 'durable' : 'transient',
    ...(autoDelete ? ['auto-delete'] : []),
    ...(exclusiveOwner === null ? [] : ['exclusive']),
    `virtual host ${vhost.name}`,
    consumerCount === 1 ? '1 consumer' : `${consumerCount} consumers`,
    ...(policy?.policy == null ? [] : [`policy ${policy.policy}`]),
    ...Object.entries(argumentsJson(queue.arguments)).map(argumentText),
  ].join(' · ')
}
