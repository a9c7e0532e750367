import {
  FRAME_END,
  FRAME_HEADER,
  FRAME_OVERHEAD,
  locateHeaderFields,
  locateProperty,
  PROPERTY_REPLY_TO,
  removeHeaderFields,
  replaceProperty,
} from 'amqp-codec'
import { Message } from './message.ts'

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

/** The same body behind another content header. */
function withHeader(message: Message, payload: Buffer): Message {
  const { address, buffer, headerEnd, end, rest } = message
  const frame = Buffer.alloc(FRAME_OVERHEAD - 1)
  frame[0] = FRAME_HEADER
  frame.writeUInt32BE(payload.length, 3)
  const body = buffer.subarray(headerEnd + 1, end)
  const content = Buffer.concat([frame, payload, Buffer.of(FRAME_END), body])
  return new Message(address, content, 0, content.length, rest)
}
