import { BASIC_PUBLISH, decodeMethod } from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { QueueDestination } from '../exchange/destination.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { PublishAddress } from '../message/publish-address.ts'
import type { RouteCounts } from './message-pairs.ts'

/** Class id, method id and the reserved ticket stand before the address in `basic.publish`. */
export const ADDRESS_OFFSET = 6

/**
 * A `basic.publish` without its content, and its route. It is decoded once and used again whenever
 * the same bytes come, from whichever channel of the user in the vhost.
 */
export class PublishRequest {
  /** Whose it is: nobody else may use it, since nobody else is known to be permitted to. */
  readonly access: Access
  readonly address: PublishAddress
  readonly mandatory: boolean
  readonly immediate: boolean
  /** Where it goes, if `routeVersion` is still the vhost's topology version. */
  queues: readonly QueueDestination[] = []
  routeVersion = -1
  /** The exchange, once it was found. */
  source: Exchange | null = null
  /** Where it is counted that a message went to each of `queues`, once one has gone there again. */
  routed: readonly RouteCounts[] | null = null
  readonly #bytes: Buffer

  /** The method frame's payload is `buffer[start, end)`. Throws CodecError. */
  constructor(access: Access, buffer: Buffer, start: number, end: number) {
    this.access = access
    const bytes = Buffer.allocUnsafe(end - start)
    buffer.copy(bytes, 0, start, end)
    this.#bytes = bytes
    const exchangeLength = bytes[ADDRESS_OFFSET] ?? 0
    const middle = ADDRESS_OFFSET + 1 + exchangeLength
    const addressEnd = middle + 1 + (bytes[middle] ?? 0)
    // The flags are the last octet. Where they are not, the codec finds the words for it.
    if (addressEnd !== bytes.length - 1) decodeMethod(bytes, 0, bytes.length)
    const exchange = exchangeLength === 0 ? '' : bytes.toString('utf8', ADDRESS_OFFSET + 1, middle)
    const routingKey = bytes.toString('utf8', middle + 1, addressEnd)
    this.address = new PublishAddress(exchange, routingKey, bytes, ADDRESS_OFFSET, addressEnd)
    const flags = bytes[addressEnd] as number
    this.mandatory = (flags & 1) !== 0
    this.immediate = (flags & 2) !== 0
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
