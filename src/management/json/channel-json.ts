import type { Channel } from '../../channel/channel.ts'
import type { ChannelConsumer } from '../../channel/channel-consumer.ts'
import type { Connection } from '../../connection/connection.ts'
import type { Session } from '../../connection/handshake.ts'
import { argumentsJson } from './arguments-json.ts'
import { NO_REDUCTIONS } from './erlang-json.ts'

/** What RabbitMQ calls it: `127.0.0.1:40000 -> 127.0.0.1:5672 (1)`. */
export const channelName = (connection: Connection, channel: Channel): string =>
  `${connection.link.name} (${channel.number})`

export function channelJson(connection: Connection, channel: Channel, nodeName: string): object {
  const { user, vhost } = connection.session as Session
  const { name, ends } = connection.link
  const { peerHost, peerPort } = ends
  const { confirms, transaction } = channel
  return {
    name: channelName(connection, channel),
    number: channel.number,
    node: nodeName,
    user: user.name,
    user_who_performed_action: user.name,
    vhost: vhost.name,
    state: connection.isBlocked ? 'flow' : 'running',
    connection_details: { name, peer_host: peerHost, peer_port: peerPort },
    consumer_count: channel.consumers.size,
    prefetch_count: channel.prefetchCount,
    global_prefetch_count: channel.limit.prefetchCount,
    confirm: confirms !== null,
    transactional: transaction !== null,
    messages_unacknowledged: channel.unacked.length,
    messages_unconfirmed: confirms?.unconfirmedCount ?? 0,
    messages_uncommitted: transaction?.publishCount ?? 0,
    acks_uncommitted: transaction?.settled.length ?? 0,
    pending_raft_commands: 0,
    ...NO_REDUCTIONS,
  }
}

/** Who somebody is that publishes or consumes. */
export function channelDetails(connection: Connection, channel: Channel, node: string): object {
  const { name, ends } = connection.link
  return {
    name: channelName(connection, channel),
    number: channel.number,
    connection_name: name,
    node,
    peer_host: ends.peerHost,
    peer_port: ends.peerPort,
    user: (connection.session as Session).user.name,
  }
}

/** A consumer, with the channel that it is on. */
export interface OpenConsumer {
  readonly connection: Connection
  readonly channel: Channel
  readonly consumer: ChannelConsumer
}

export function consumerJson(
  { connection, channel, consumer }: OpenConsumer,
  node: string,
): object {
  const { queue } = consumer
  const isActive = queue.activeConsumer === null || queue.activeConsumer === consumer
  return {
    consumer_tag: consumer.consumerTag,
    queue: { name: queue.name, vhost: queue.vhostName },
    ack_required: !consumer.noAck,
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetchCount,
    active: isActive,
    activity_status: isActive
      ? queue.activeConsumer === null
        ? 'up'
        : 'single_active'
      : 'waiting',
    arguments: argumentsJson(consumer.arguments),
    channel_details: channelDetails(connection, channel, node),
  }
}
