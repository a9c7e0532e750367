/** What the codes of OpenSSL come to, for who reads the log. */
const PROBLEMS: readonly (readonly [code: RegExp, problem: string])[] = [
  [/_HTTP_REQUEST$/, 'The client does not speak TLS: it sent an HTTP request'],
  [
    /_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE)$/,
    'The client does not speak TLS: it may have taken this port for that of plain AMQP',
  ],
  [
    /_(UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|PROTOCOL_VERSION)$/,
    'The client speaks older versions of TLS only',
  ],
  [/_NO_SHARED_CIPHER$/, 'The client knows no cipher that the broker accepts'],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE)$/,
    "The client does not accept the broker's certificate",
  ],
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, 'The client did not finish the handshake in time'],
]

/** Undefined when the client has just gone. */
export function handshakeProblem({
  code = '',
  message,
}: NodeJS.ErrnoException): string | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined
  const known = PROBLEMS.find(([pattern]) => pattern.test(code))?.[1]
  return known === undefined ? message : `${known} (${code})`
}
