import { once } from 'node:events'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { Broker, BrokerOptions, BrokerParts } from '../../../src/index.ts'
import { Authority, type Certified } from '../../support/certificates.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { RunningBroker } from './running-broker.ts'

/** All certificates of these tests are its. */
export const authority: Authority = new Authority()
export const identity: Certified = authority.issue()

/** A broker with a certificate, and what it logs. */
export async function startTlsBroker(
  options: BrokerOptions & BrokerParts = {},
): Promise<{ running: RunningBroker; broker: Broker; log: RecordingLogger }> {
  const log = new RecordingLogger()
  const running = await RunningBroker.start({
    logger: log,
    tlsPort: 0,
    tlsCert: identity.cert,
    tlsKey: identity.key,
    tlsCa: authority.cert,
    ...options,
  })
  return { running, broker: running.broker, log }
}

/** A TLS socket to the broker, whose handshake need not succeed. */
export function tlsSocket(broker: Broker, options: ConnectionOptions = {}): TLSSocket {
  const port = broker.tlsPort as number
  const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ...options })
  onTestFinished(() => void socket.destroy())
  return socket
}

/** A raw client over TLS, of which only the socket is open. */
export async function dialTls(
  broker: Broker,
  options: ConnectionOptions = {},
): Promise<RawConnection> {
  const socket = tlsSocket(broker, options)
  await once(socket, 'secureConnect')
  return RawConnection.over(socket)
}
