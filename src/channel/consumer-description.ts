import type { Details } from '../base/happenings.ts'
import type { ChannelConsumer } from './channel-consumer.ts'

/** What is told of a consumer when it comes and goes. */
export function describeConsumer(
  connection: string,
  channel: number,
  { consumerTag, queue, noAck, exclusive, prefetchCount, arguments: given }: ChannelConsumer,
): Details {
  return {
    consumer_tag: consumerTag,
    queue: queue.name,
    vhost: queue.vhostName,
    channel: `${connection} (${channel})`,
    ack_required: !noAck,
    exclusive,
    prefetch_count: prefetchCount,
    arguments: given,
  }
}
