import {
  BASIC_CANCEL_OK,
  BASIC_CONSUME_OK,
  BASIC_GET_EMPTY,
  BASIC_QOS_OK,
  type BasicCancel,
  type BasicConsume,
  type BasicGet,
  type BasicQos,
} from 'amqp-codec'
import type { Queue, QueuedMessage } from '../../queue/queue.ts'
import { prefetchSizeNotSupported } from '../../reasons.ts'
import { DIRECT_REPLY_TO } from '../../vhost/reply-queue-name.ts'
import type { Channel } from '../channel.ts'
import { getOkFrame } from '../content-methods.ts'

/**
 * `global` is RabbitMQ's: false sets the limit of consumers to come, true that of the channel.
 * https://www.rabbitmq.com/docs/consumer-prefetch
 */
export function basicQos(channel: Channel, method: BasicQos): void {
  if (method.prefetchSize !== 0) throw prefetchSizeNotSupported(method.prefetchSize)
  const isGlobal = method.global && channel.context.profile.globalQosPerChannel
  if (isGlobal) channel.limit.prefetchCount = method.prefetchCount
  else channel.prefetchCount = method.prefetchCount
  channel.context.output.method(channel.number, { id: BASIC_QOS_OK })
  if (isGlobal) channel.consumers.resumeAll()
}

export function basicConsume(channel: Channel, method: BasicConsume): void {
  const queueName = channel.queueName(method.queue)
  const { consumer, accepted } = channel.consumers.add({
    queue: () => consumedQueue(channel, queueName, method.noAck),
    consumerTag: method.consumerTag,
    noAck: method.noAck,
    exclusive: method.exclusive,
    prefetchCount: channel.prefetchCount,
    isQosGlobal: channel.limit.prefetchCount > 0,
    // A consumer of replies is alone: its priority is not even looked at.
    arguments: queueName === DIRECT_REPLY_TO ? new Map() : method.arguments,
  })
  channel.when(accepted, () => {
    if (!method.nowait) {
      const { consumerTag } = consumer
      channel.context.output.method(channel.number, { id: BASIC_CONSUME_OK, consumerTag })
    }
    if (!channel.consumers.start(consumer)) channel.tellCancelled(consumer)
  })
}

function consumedQueue(channel: Channel, name: string, noAck: boolean): Queue {
  return name === DIRECT_REPLY_TO ? channel.openReplyQueue(noAck) : channel.readableQueue(name)
}

export function basicCancel(channel: Channel, method: BasicCancel): void {
  const { consumerTag } = method
  const queue = channel.consumers.cancel(consumerTag)
  if (method.nowait) return
  channel.when(queue?.whenTold(), () =>
    channel.context.output.method(channel.number, { id: BASIC_CANCEL_OK, consumerTag }),
  )
}

export function basicGet(channel: Channel, method: BasicGet): void {
  const queue = channel.readableQueue(method.queue)
  const ready = queue.isLoading ? queue.whenLoaded() : undefined
  // Somebody else may have taken what was read: then there is more to wait for.
  if (ready === undefined) take(channel, queue, method)
  else channel.when(ready, () => basicGet(channel, method))
}

function take(channel: Channel, queue: Queue, { noAck }: BasicGet): void {
  channel.when(
    queue.get(noAck),
    (taken) => {
      if (taken === undefined) gotNothing(channel, queue)
      else got(channel, queue, taken, noAck)
    },
    (taken) => {
      if (taken !== undefined && !noAck) queue.requeue([taken])
    },
  )
}

function gotNothing(channel: Channel, queue: Queue): void {
  channel.gotNothing(queue)
  channel.context.output.method(channel.number, { id: BASIC_GET_EMPTY, reserved1: '' })
}

function got(channel: Channel, queue: Queue, taken: QueuedMessage, noAck: boolean): void {
  const { redelivered, sent } = taken
  // From here on it is the channel's, and goes back with it.
  const deliveryTag = channel.takenByGet(queue, taken, noAck)
  const getOk = { deliveryTag, redelivered, messageCount: queue.readyCount }
  const frame = getOkFrame(channel.number, sent.address, getOk)
  channel.context.output.content(channel.number, frame, sent)
  channel.traceDelivery(queue, sent, redelivered)
}
