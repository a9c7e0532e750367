import { PROTOCOL_HEADER } from 'amqp-codec'

/** Gathers the first eight bytes of a connection, which may come one by one. Spec §4.2.2. */
export class ProtocolHeaderReader {
  #bytes = Buffer.alloc(0)

  /** What follows the header once it has come, or undefined before. Throws UnknownProtocol. */
  push(chunk: Buffer): Buffer | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.#bytes.length < PROTOCOL_HEADER.length) return undefined
    const header = this.#bytes.subarray(0, PROTOCOL_HEADER.length)
    if (!header.equals(PROTOCOL_HEADER)) throw new UnknownProtocol(header)
    return this.#bytes.subarray(PROTOCOL_HEADER.length)
  }
}

/** The peer speaks something else; the message says what it seems to be. */
export class UnknownProtocol extends Error {
  override readonly name = 'UnknownProtocol'

  constructor(header: Buffer) {
    super(`The client does not speak AMQP 0-9-1: ${guess(header)}`)
  }
}

const HTTP_METHOD = /^(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT) /
const TLS_HANDSHAKE = 22

function guess(header: Buffer): string {
  const text = header.toString('latin1')
  if (HTTP_METHOD.test(text)) return 'it sent an HTTP request'
  if (header[0] === TLS_HANDSHAKE && header[1] === 3) return 'it began a TLS handshake'
  if (text.startsWith('AMQP'))
    return `it asked for AMQP version ${[...header.subarray(4)].join('-')}`
  return `it began with ${JSON.stringify(text)}`
}
