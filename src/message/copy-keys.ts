import type { FieldTable } from 'amqp-codec'

/** The headers with further routing keys. https://www.rabbitmq.com/docs/sender-selected */
export const COPY_HEADERS: readonly string[] = ['CC', 'BCC']

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
