import { ACCESS_REQUEST_OK, CHANNEL_CLOSE_OK, CHANNEL_FLOW_OK, type ChannelFlow } from 'amqp-codec'
import { whenAllTold } from '../../queue/when-all-told.ts'
import { channelAlreadyOpen, flowNotSupported } from '../../reasons.ts'
import type { Channel } from '../channel.ts'

export function channelOpen(): never {
  throw channelAlreadyOpen()
}

/** What it held is back in its queues when the client reads that. */
export function channelClose(channel: Channel): void {
  const { context, number, queuesInUse } = channel
  channel.end()
  const answer = (): void => {
    context.output.method(number, { id: CHANNEL_CLOSE_OK })
    context.channelClosed(channel)
  }
  const told = whenAllTold(queuesInUse)
  if (told === undefined) answer()
  else context.wait(channel, told, answer)
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
