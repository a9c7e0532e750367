import type { TLSSocket } from 'node:tls'

/** Whether clients are asked for a certificate, and what becomes of those that have none. */
export type TlsVerify = 'none' | 'peer' | 'required'

/** Why who has come through TLS's handshake cannot come in; undefined when nothing is wrong. */
export function certificateProblem(socket: TLSSocket, verify: TlsVerify): string | undefined {
  const { authorized, authorizationError } = socket
  if (socket.getPeerX509Certificate() === undefined) {
    return verify === 'required' ? 'The client has no certificate' : undefined
  }
  return authorized ? undefined : `The client's certificate is not good: ${authorizationError}`
}
