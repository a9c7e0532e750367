import type { Channel } from '../channel/channel.ts'
import type { Connection } from '../connection/connection.ts'
import type { Session } from '../connection/handshake.ts'
import type { Queue } from '../queue/queue.ts'
import type { Call } from './call.ts'
import { noSuchObject } from './http-error.ts'
import type { OpenConsumer } from './json/channel-json.ts'

/** A connection whose handshake is done. */
export interface OpenConnection extends Connection {
  readonly session: Session
}

/** A channel, and where it was opened. */
export interface OpenChannel {
  readonly connection: OpenConnection
  readonly channel: Channel
}

/** Connections that the user may see: their own, or all. */
export function connectionsOf(call: Call): OpenConnection[] {
  const open = [...call.broker.connections].filter(
    (connection): connection is OpenConnection => connection.session !== undefined,
  )
  return open.filter(({ session }) => call.maySeeOf(session.user.name))
}

/** The one that the path names. Throws 404. */
export function connectionOf(call: Call): OpenConnection {
  const name = call.param('connection')
  const connection = connectionsOf(call).find((one) => one.link.name === name)
  if (connection === undefined) throw noSuchObject()
  return connection
}

export function channelsOf(connections: Iterable<OpenConnection>): OpenChannel[] {
  return Array.from(connections, (connection) =>
    Array.from(connection.channels, (channel) => ({ connection, channel })),
  ).flat()
}

export function consumersOf(channels: readonly OpenChannel[]): OpenConsumer[] {
  return channels.flatMap(({ connection, channel }) =>
    Array.from(channel.consumers.values(), (consumer) => ({ connection, channel, consumer })),
  )
}

/** Whoever they are: who sees a queue sees its consumers. */
export function consumersOfQueue(call: Call, queue: Queue): OpenConsumer[] {
  const consumers = consumersOf(channelsOf(connectionsIn(call)))
  return consumers.filter(({ consumer }) => consumer.queue === queue)
}

/** All those in the virtual host that the path names. */
export function connectionsIn(call: Call): OpenConnection[] {
  return [...call.broker.connections].filter(
    (connection): connection is OpenConnection => connection.session?.vhost === call.vhost,
  )
}
