/**
 * Where a message was published to. The exchange and routing key stand side by side, as short
 * strings, in `basic.publish`, and again in `basic.deliver`, `basic.get-ok` and `basic.return`: so
 * their bytes are kept and copied, never encoded anew. Messages of a run with the same address share
 * one.
 */
export class PublishAddress {
  readonly exchange: string
  readonly routingKey: string
  /** `exchange` and `routing-key`, each with its length octet. */
  readonly bytes: Buffer

  constructor(exchange: string, routingKey: string, bytes: Buffer) {
    this.exchange = exchange
    this.routingKey = routingKey
    this.bytes = bytes
  }

  static of(exchange: string, routingKey: string): PublishAddress {
    const bytes = Buffer.alloc(2 + Buffer.byteLength(exchange) + Buffer.byteLength(routingKey))
    const middle = 1 + bytes.write(exchange, 1)
    bytes[0] = middle - 1
    bytes[middle] = bytes.write(routingKey, middle + 1)
    return new PublishAddress(exchange, routingKey, bytes)
  }
}
