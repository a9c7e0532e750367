import { ACCESS_REQUEST_OK, CHANNEL_CLOSE_OK, CHANNEL_FLOW_OK, type ChannelFlow } from 'amqp-codec'
import { channelAlreadyOpen, flowNotSupported } from '../../reasons.ts'
import type { Channel } from '../channel.ts'

export function channelOpen(): never {
  throw channelAlreadyOpen()
}

export function channelClose(channel: Channel): void {
  channel.end()
  channel.context.output.method(channel.number, { id: CHANNEL_CLOSE_OK })
  channel.context.channelClosed(channel)
}

/** Clients are slowed by prefetch and by TCP; RabbitMQ has never let them stop a channel. */
export function channelFlow(channel: Channel, method: ChannelFlow): void {
  if (!method.active) throw flowNotSupported()
  channel.context.output.method(channel.number, { id: CHANNEL_FLOW_OK, active: true })
}

/** Clients of AMQP 0-8 ask for a ticket and send it along; nobody looks at it. */
export function accessRequest(channel: Channel): void {
  channel.context.output.method(channel.number, { id: ACCESS_REQUEST_OK, ticket: 1 })
}
