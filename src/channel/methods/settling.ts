import {
  BASIC_RECOVER_OK,
  type BasicAck,
  type BasicNack,
  type BasicRecover,
  type BasicRecoverAsync,
  type BasicReject,
} from 'amqp-codec'
import {
  nackNotSupported,
  recoverWithoutRequeueNotSupported,
  unknownDeliveryTag,
} from '../../reasons.ts'
import type { Channel } from '../channel.ts'
import type { Delivery } from '../delivery.ts'
import type { Settlement } from '../settlement.ts'

export function basicAck(channel: Channel, method: BasicAck): void {
  settleTags(channel, method.deliveryTag, method.multiple, 'acknowledge')
}

export function basicNack(channel: Channel, method: BasicNack): void {
  const settlement = method.requeue ? 'requeue' : 'reject'
  settleTags(channel, method.deliveryTag, method.multiple, settlement)
}

export function basicReject(channel: Channel, method: BasicReject): void {
  settleTags(channel, method.deliveryTag, false, method.requeue ? 'requeue' : 'reject')
}

export function basicRecover(channel: Channel, method: BasicRecover): void {
  if (!method.requeue) throw recoverWithoutRequeueNotSupported()
  channel.context.output.method(channel.number, { id: BASIC_RECOVER_OK })
  requeueAll(channel)
}

export function basicRecoverAsync(channel: Channel, method: BasicRecoverAsync): void {
  if (!method.requeue) throw recoverWithoutRequeueNotSupported()
  requeueAll(channel)
}

/** Recovery takes effect at once, on a transactional channel too, as in RabbitMQ. */
function requeueAll(channel: Channel): void {
  const deliveries: Delivery[] = []
  channel.unacked.takeAll(deliveries)
  channel.settle(deliveries, 'requeue')
}

/** Tag 0 with `multiple` stands for all there are. Spec §1.8.3.13. */
function settleTags(
  channel: Channel,
  deliveryTag: number,
  multiple: boolean,
  settlement: Settlement,
): void {
  const deliveries = takeTags(channel, deliveryTag, multiple)
  const stream = settlement === 'acknowledge' ? undefined : deliveries.find(isOfStream)
  if (stream !== undefined) {
    channel.unacked.putBack(deliveries)
    throw nackNotSupported(stream.queue.name, stream.queue.vhostName)
  }
  if (channel.transaction === null) channel.settle(deliveries, settlement)
  else channel.transaction.settle(deliveries, settlement)
}

/** Of those nothing comes back, and nothing is dropped. */
function isOfStream({ queue }: Delivery): boolean {
  return queue.type === 'stream'
}

function takeTags(channel: Channel, deliveryTag: number, multiple: boolean): Delivery[] {
  const deliveries: Delivery[] = []
  if (!multiple) {
    const delivery = channel.unacked.take(deliveryTag)
    if (delivery === undefined) throw unknownDeliveryTag(channel.exactDeliveryTag)
    deliveries.push(delivery)
  } else if (deliveryTag === 0) {
    channel.unacked.takeAll(deliveries)
  } else if (!channel.unacked.takeUpTo(deliveryTag, deliveries)) {
    throw unknownDeliveryTag(channel.exactDeliveryTag)
  }
  return deliveries
}
