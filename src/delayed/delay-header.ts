import type { FieldTable, FieldValue } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import { withHeaders } from '../message/rewritten.ts'

const HEADER = 'x-delay'
const MAX_DELAY_MS = 2 ** 32 - 1
const INTEGER = /^[+-]?\d+$/

/** How many milliseconds a message is to be delayed; 0 when it is not. */
export function delayOf(headers: FieldTable | undefined): number {
  const value = headers?.get(HEADER)
  const delay = value === undefined ? 0 : integerOf(value)
  return delay > 0 && delay <= MAX_DELAY_MS ? delay : 0
}

/** The message as it is delivered when its delay is over: the delay is negative, and not one any more. */
export function withDelayOver(message: Message): Message {
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
