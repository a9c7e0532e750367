import type { Connection } from '../../connection/connection.ts'
import type { Session } from '../../connection/handshake.ts'
import { argumentsJson } from './arguments-json.ts'
import { NO_REDUCTIONS } from './erlang-json.ts'

/** One whose handshake is done. */
export function connectionJson(connection: Connection, nodeName: string): object {
  const { name, ends, openedAtMs } = connection.link
  const session = connection.session as Session
  const provided = session.clientProperties.get('connection_name')
  return {
    name,
    node: nodeName,
    vhost: session.vhost.name,
    user: session.user.name,
    user_who_performed_action: session.user.name,
    ...(provided?.type === 'S' ? { user_provided_name: provided.value } : {}),
    state: connection.isBlocked ? 'blocked' : 'running',
    type: 'network',
    protocol: 'AMQP 0-9-1',
    auth_mechanism: session.mechanism,
    channels: connection.channelCount,
    channel_max: session.channelMax,
    frame_max: session.frameMax,
    timeout: session.heartbeatSec,
    connected_at: Math.round(openedAtMs),
    host: ends.host,
    port: ends.port,
    peer_host: ends.peerHost,
    peer_port: ends.peerPort,
    ...tlsJson(connection),
    client_properties: argumentsJson(session.clientProperties),
    recv_cnt: 0,
    send_cnt: 0,
    send_pend: connection.backlogBytes,
    ...NO_REDUCTIONS,
  }
}

function tlsJson({ tls }: Connection): object {
  const certificate = tls?.certificate
  const validity = certificate && `${certificate.validFrom} - ${certificate.validTo}`
  return {
    ssl: tls !== undefined,
    ssl_cipher: tls?.cipher ?? '',
    ssl_hash: '',
    ssl_key_exchange: '',
    ssl_protocol: tls?.protocol ?? '',
    peer_cert_issuer: lineOf(certificate?.issuer),
    peer_cert_subject: lineOf(certificate?.subject),
    peer_cert_validity: validity ?? '',
  }
}

/** Node.js writes the parts of a name on lines of their own. */
const lineOf = (name: string | undefined): string => (name ?? '').split('\n').reverse().join(',')
