import { type FieldTable, type FieldValue, locateHeaderFields } from 'amqp-codec'
import { Message } from '../message/message.ts'
import { withHeaders } from '../message/rewritten.ts'

const HEADER = 'x-delay'
export const MAX_DELAY_MS: number = 2 ** 32 - 1
const INTEGER = /^[+-]?\d+$/
/** An int of 32 bits: its type, before its octets. */
const INT = 'I'.charCodeAt(0)
const INT_BYTES = 4

/** How many milliseconds a message is to be delayed; 0 when it is not. */
export function delayOf(headers: FieldTable | undefined): number {
  const value = headers?.get(HEADER)
  const delay = value === undefined ? 0 : integerOf(value)
  return delay > 0 && delay <= MAX_DELAY_MS ? delay : 0
}

/** The message as it is delivered when its delay is over: the delay is negative, and not one any more. */
export function withDelayOver(message: Message): Message {
  const { address, buffer, start, end, headerStart, headerEnd, rest } = message
  const fields = locateHeaderFields(buffer, headerStart, headerEnd, HEADER)
  const valueAt = (fields[0]?.end ?? 0) - INT_BYTES
  // Most clients send an int, as what is delivered has one: it is changed in its place.
  const isInt = fields.length === 1 && valueAt - 1 - HEADER.length - 1 === fields[0]?.start
  if (!isInt || buffer[valueAt - 1] !== INT) return withOtherDelay(message)
  const content = Buffer.from(buffer.subarray(start, end))
  content.writeInt32BE(-content.readInt32BE(valueAt - start), valueAt - start)
  return new Message(address, content, 0, content.length, rest)
}

function withOtherDelay(message: Message): Message {
  return withHeaders(message, (headers) => {
    const delay = -delayOf(headers)
    const isLong = delay < -(2 ** 31)
    headers.set(HEADER, isLong ? { type: 'l', value: BigInt(delay) } : { type: 'I', value: delay })
  })
}

/** 0 for what the plugin of RabbitMQ does not take for a number. */
function integerOf(value: FieldValue): number {
  switch (value.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
      return Number(value.value)
    case 'f':
    case 'd':
      return Math.trunc(value.value)
    case 'S':
      return INTEGER.test(value.value) ? Number(value.value) : 0
    default:
      return 0
  }
}
