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

  /** Throws RangeError when a name is longer than a short string can be. */
  static of(exchange: string, routingKey: string): PublishAddress {
    const exchangeBytes = Buffer.from(exchange)
    const keyBytes = Buffer.from(routingKey)
    if (Math.max(exchangeBytes.length, keyBytes.length) > 255) {
      throw new RangeError('a short string has at most 255 octets')
    }
    const bytes = Buffer.concat([
      Buffer.of(exchangeBytes.length),
      exchangeBytes,
      Buffer.of(keyBytes.length),
      keyBytes,
    ])
    return new PublishAddress(exchange, routingKey, bytes, 0, bytes.length)
  }
}
