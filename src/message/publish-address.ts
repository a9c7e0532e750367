/**
 * Where a message was published to. The exchange and routing key stand side by side, as short
 * strings, in `basic.publish`, and again in `basic.deliver`, `basic.get-ok` and `basic.return`: so
 * their bytes are kept and copied, never encoded anew. Messages with the same address share one.
 */
export class PublishAddress {
  readonly exchange: string
  readonly routingKey: string
  /** `exchange` and `routing-key`, each with its length octet, are `buffer[start, end)`. */
  readonly buffer: Buffer
  readonly start: number
  readonly end: number

  constructor(exchange: string, routingKey: string, buffer: Buffer, start: number, end: number) {
    this.exchange = exchange
    this.routingKey = routingKey
    this.buffer = buffer
    this.start = start
    this.end = end
  }

  /** Of names as they are, cut where they are longer than a short string can be. */
  static of(exchange: string, routingKey: string): PublishAddress {
    const bytes = Buffer.concat([...shortString(exchange), ...shortString(routingKey)])
    return new PublishAddress(exchange, routingKey, bytes, 0, bytes.length)
  }

  /** The same key at another exchange. It need not be text, so its octets are copied. */
  at(exchange: string): PublishAddress {
    const { routingKey, buffer, start, end } = this
    const key = buffer.subarray(start + 1 + (buffer[start] as number), end)
    const bytes = Buffer.concat([...shortString(exchange), key])
    return new PublishAddress(exchange, routingKey, bytes, 0, bytes.length)
  }
}

const MAX_OCTETS = 255

function shortString(text: string): readonly [length: Buffer, octets: Buffer] {
  const octets = Buffer.from(text)
  let length = Math.min(octets.length, MAX_OCTETS)
  // Not in the middle of a character.
  while (length < octets.length && isContinuation(octets[length] as number)) length--
  return [Buffer.of(length), octets.subarray(0, length)]
}

/** Whether the octet is not the first one of a character in UTF-8. */
const isContinuation = (octet: number): boolean => (octet & 0xc0) === 0x80
