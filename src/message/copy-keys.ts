import type { FieldTable } from 'amqp-codec'
import { unacceptableHeader } from '../reasons.ts'

/** The headers with further routing keys. https://www.rabbitmq.com/docs/sender-selected */
const COPY_HEADERS: readonly string[] = ['CC', 'BCC']

/** What is in the lists of further keys, as far as it is text. */
export function copyKeys(headers: FieldTable | undefined): string[] {
  const keys: string[] = []
  for (const name of COPY_HEADERS) {
    const value = headers?.get(name)
    if (value?.type !== 'A') continue
    for (const item of value.value) if (item.type === 'S') keys.push(item.value)
  }
  return keys
}

/**
 * The message's own key and those in its CC and BCC headers. Throws 406 when one of them is not a
 * list; what is in it and is not a string is passed over. https://www.rabbitmq.com/docs/sender-selected
 */
export function routingKeysOf(routingKey: string, headers: FieldTable | undefined): string[] {
  for (const header of COPY_HEADERS) {
    const value = headers?.get(header)
    if (value !== undefined && value.type !== 'A') throw unacceptableHeader(header, value)
  }
  return [routingKey, ...copyKeys(headers)]
}
