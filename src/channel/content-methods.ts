import {
  BASIC_GET_OK,
  BASIC_RETURN,
  FRAME_END,
  FRAME_METHOD,
  FRAME_OVERHEAD,
  NO_ROUTE,
} from 'amqp-codec'
import type { PublishAddress } from '../message/publish-address.ts'

/*
 * The frames of methods that bring a message and say where it was published to. That stands in them
 * as the publisher sent it: a routing key may be any octets, and encoding it anew could change them.
 */

const FRAME_HEADER_BYTES = FRAME_OVERHEAD - 1
const NO_ROUTE_TEXT = Buffer.from('NO_ROUTE')

export interface GetOk {
  readonly deliveryTag: number
  readonly redelivered: boolean
  readonly messageCount: number
}

export function getOkFrame(channel: number, address: PublishAddress, getOk: GetOk): Buffer {
  const before = Buffer.alloc(13)
  before.writeUInt32BE(BASIC_GET_OK, 0)
  before.writeBigUInt64BE(BigInt(getOk.deliveryTag), 4)
  before[12] = getOk.redelivered ? 1 : 0
  const after = Buffer.alloc(4)
  after.writeUInt32BE(getOk.messageCount)
  return methodFrame(channel, before, address, after)
}

/** A mandatory message that no queue gets. Spec §1.8.3.9. */
export function returnFrame(channel: number, address: PublishAddress): Buffer {
  const before = Buffer.alloc(7 + NO_ROUTE_TEXT.length)
  before.writeUInt32BE(BASIC_RETURN, 0)
  before.writeUInt16BE(NO_ROUTE, 4)
  before[6] = NO_ROUTE_TEXT.copy(before, 7)
  return methodFrame(channel, before, address, Buffer.alloc(0))
}

function methodFrame(
  channel: number,
  before: Buffer,
  address: PublishAddress,
  after: Buffer,
): Buffer {
  const { buffer, start, end } = address
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  header[0] = FRAME_METHOD
  header.writeUInt16BE(channel, 1)
  header.writeUInt32BE(before.length + end - start + after.length, 3)
  return Buffer.concat([header, before, buffer.subarray(start, end), after, Buffer.of(FRAME_END)])
}
