import { type BasicProperties, decodeProperties, encodeContentHeaderFrame } from 'amqp-codec'
import { Message } from './message.ts'

/** The same message with other properties: a new header frame before the same body. */
export function rewritten(
  message: Message,
  change: (properties: BasicProperties) => BasicProperties,
): Message {
  const { buffer, headerStart, headerEnd, end, bodySize, address, rest } = message
  const properties = change(decodeProperties(buffer, headerStart, headerEnd))
  const header = encodeContentHeaderFrame(0, bodySize, properties)
  const content = Buffer.concat([header, buffer.subarray(headerEnd + 1, end)])
  return new Message(address, content, 0, content.length, rest)
}
