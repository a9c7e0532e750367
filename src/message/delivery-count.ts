import type { Message } from './message.ts'
import { withHeaders } from './rewritten.ts'

/** The same message with the header by which quorum queues say how often it came back. */
export function withDeliveryCount(message: Message, count: number): Message {
  return withHeaders(message, (headers) =>
    headers.set('x-delivery-count', { type: 'l', value: BigInt(count) }),
  )
}
