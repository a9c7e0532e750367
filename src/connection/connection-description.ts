import type { Details } from '../base/happenings.ts'
import type { Session } from './handshake.ts'
import type { Link } from './link.ts'
import type { TlsSession } from './tls-session.ts'

interface Described {
  readonly session: Session | undefined
  readonly link: Link
  readonly tls: TlsSession | undefined
}

/** What is told of a connection when it comes and goes. */
export function describeConnection({ session, link, tls }: Described): Details {
  const { host, port, peerHost, peerPort } = link.ends
  return {
    name: link.name,
    type: 'network',
    protocol: 'AMQP 0-9-1',
    host,
    port,
    peer_host: peerHost,
    peer_port: peerPort,
    ssl: tls !== undefined,
    auth_mechanism: session?.mechanism,
    user: session?.user.name,
    vhost: session?.vhost.name,
    channel_max: session?.channelMax,
    frame_max: session?.frameMax,
    timeout: session?.heartbeatSec,
    client_properties: session?.clientProperties,
    connected_at: Math.round(link.openedAtMs),
  }
}

/** What is told of an attempt to log in. */
export function describeLogin(
  username: string,
  mechanism: string,
  { link, tls }: Pick<Described, 'link' | 'tls'>,
): Details {
  const { host, peerHost, peerPort } = link.ends
  return {
    name: username,
    auth_mechanism: mechanism,
    connection_name: link.name,
    connection_type: 'network',
    protocol: 'AMQP 0-9-1',
    host,
    peer_host: peerHost,
    peer_port: peerPort,
    ssl: tls !== undefined,
  }
}
