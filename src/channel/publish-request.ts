import { BASIC_PUBLISH, type BasicPublish, decodeMethod } from 'amqp-codec'
import type { QueueDestination } from '../exchange/destination.ts'
import { PublishAddress } from '../message/publish-address.ts'

/** Class id, method id and the reserved ticket stand before the address in `basic.publish`. */
const ADDRESS_OFFSET = 6

/**
 * A `basic.publish` without its content: decoded once, and used again for as long as the channel
 * sends the same bytes, which nearly all publishers do.
 */
export class PublishRequest {
  readonly address: PublishAddress
  readonly mandatory: boolean
  readonly immediate: boolean
  /** Where it goes, if `routeVersion` is still the vhost's topology version. */
  queues: readonly QueueDestination[] = []
  routeVersion = -1
  readonly #bytes: Buffer

  /** The method frame's payload is `buffer[start, end)`. Throws CodecError. */
  constructor(buffer: Buffer, start: number, end: number) {
    const method = decodeMethod(buffer, start, end) as BasicPublish
    const addressStart = start + ADDRESS_OFFSET
    const exchangeEnd = addressStart + 1 + (buffer[addressStart] as number)
    const addressEnd = exchangeEnd + 1 + (buffer[exchangeEnd] as number)
    const bytes = Buffer.from(buffer.subarray(addressStart, addressEnd))
    this.address = new PublishAddress(method.exchange, method.routingKey, bytes)
    this.mandatory = method.mandatory
    this.immediate = method.immediate
    this.#bytes = Buffer.from(buffer.subarray(start, end))
  }

  /** Whether these bytes are the same method: from the end, where routing keys differ. */
  equals(buffer: Buffer, start: number, end: number): boolean {
    const bytes = this.#bytes
    if (end - start !== bytes.length) return false
    for (let from = end - 1, index = bytes.length - 1; index >= 0; from--, index--) {
      if (buffer[from] !== bytes[index]) return false
    }
    return true
  }
}

export function isBasicPublish(buffer: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 4 &&
    buffer[start + 1] === BASIC_PUBLISH >>> 16 &&
    buffer[start + 3] === (BASIC_PUBLISH & 0xff) &&
    buffer[start] === 0 &&
    buffer[start + 2] === 0
  )
}
