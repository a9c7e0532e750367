import {
  type BasicProperties,
  encodeContentHeaderFrame,
  encodeFieldTable,
  type FieldValue,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  locateHeaderFields,
  locateProperty,
  PROPERTY_EXPIRATION,
  PROPERTY_HEADERS,
  PROPERTY_REPLY_TO,
  removeHeaderFields,
  replaceProperty,
  setProperty,
} from 'amqp-codec'
import { Message } from './message.ts'
import type { PublishAddress } from './publish-address.ts'

/** The same message, to be answered to another queue. It must have a `reply-to`. */
export function withReplyTo(message: Message, replyTo: string): Message {
  const { buffer, headerStart, headerEnd } = message
  const property = locateProperty(buffer, headerStart, headerEnd, PROPERTY_REPLY_TO)
  if (property === undefined) return message
  const value = Buffer.from(replyTo)
  const shortstr = Buffer.concat([Buffer.of(value.length), value])
  return withHeader(message, replaceProperty(buffer, headerStart, headerEnd, property, shortstr))
}

/** The same message without the headers of that name. */
export function withoutHeader(message: Message, name: string): Message {
  const { buffer, headerStart, headerEnd } = message
  const fields = locateHeaderFields(buffer, headerStart, headerEnd, name)
  return withHeader(message, removeHeaderFields(buffer, headerStart, headerEnd, fields))
}

/** The same message with other headers, or at another address besides. `edit` is given those it has. */
export function withHeaders(
  message: Message,
  edit: (headers: Map<string, FieldValue>) => void,
  address: PublishAddress = message.address,
): Message {
  const headers = new Map(message.headers)
  edit(headers)
  const { buffer, headerStart, headerEnd } = message
  const table = headers.size === 0 ? undefined : encodeFieldTable(headers)
  const payload = setProperty(buffer, headerStart, headerEnd, PROPERTY_HEADERS, table)
  return withHeader(message, payload, address)
}

/** The same message at another address: they share their bytes. */
export function readdressed(message: Message, address: PublishAddress): Message {
  const { buffer, start, end, rest } = message
  return new Message(address, buffer, start, end, rest)
}

/**
 * The same message, published to another address with other headers, and without its `expiration`.
 * `table` is what stands behind the property's flag: the table with its length.
 */
export function republished(message: Message, table: Buffer, address: PublishAddress): Message {
  const { buffer, headerStart, headerEnd, mayExpire } = message
  const payload = setProperty(buffer, headerStart, headerEnd, PROPERTY_HEADERS, table)
  if (!mayExpire) return withHeader(message, payload, address)
  const lasting = setProperty(payload, 0, payload.length, PROPERTY_EXPIRATION, undefined)
  return withHeader(message, lasting, address)
}

/** The same body, published to another address with these properties and no others. */
export function rewrapped(
  message: Message,
  properties: BasicProperties,
  address: PublishAddress,
): Message {
  const frame = encodeContentHeaderFrame(0, message.bodySize, properties)
  return withHeader(message, frame.subarray(FRAME_HEADER_SIZE, -1), address)
}

/** The same body behind another content header. */
function withHeader(message: Message, payload: Buffer, address = message.address): Message {
  const { buffer, headerEnd, end, rest } = message
  const bodyStart = FRAME_OVERHEAD + payload.length
  const content = Buffer.allocUnsafe(bodyStart + end - headerEnd - 1)
  content[0] = FRAME_HEADER
  // The channel is written when it is delivered; whoever looks at the bytes before finds none.
  content[1] = 0
  content[2] = 0
  content.writeUInt32BE(payload.length, 3)
  content.set(payload, FRAME_HEADER_SIZE)
  content[bodyStart - 1] = FRAME_END
  buffer.copy(content, bodyStart, headerEnd + 1, end)
  return new Message(address, content, 0, content.length, rest)
}
