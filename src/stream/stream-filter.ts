import { type FieldTable, readHeaders } from 'amqp-codec'
import type { Message } from '../message/message.ts'

/** Which messages a consumer gets: those with one of these values, and perhaps those without any. */
export interface StreamFilter {
  readonly values: ReadonlySet<string>
  readonly matchUnfiltered: boolean
}

/**
 * What `x-stream-filter` and `x-stream-match-unfiltered` of `basic.consume` say, or null when the
 * consumer wants everything. As in RabbitMQ, what is no string is passed over.
 * https://www.rabbitmq.com/docs/streams#filtering
 */
export function parseFilter(consumeArguments: FieldTable): StreamFilter | null {
  const given = consumeArguments.get('x-stream-filter')
  if (given?.type !== 'S' && given?.type !== 'A') return null
  const items = given.type === 'S' ? [given] : given.value
  const values = items.flatMap((item) => (item.type === 'S' ? [item.value] : []))
  const matchUnfiltered = consumeArguments.get('x-stream-match-unfiltered')?.value === true
  return { values: new Set(values), matchUnfiltered }
}

/** The value that a message was published with, or null. */
export function filterValueOf({ buffer, headerStart, headerEnd }: Message): string | null {
  const value = readHeaders(buffer, headerStart, headerEnd)?.get('x-stream-filter-value')
  return value?.type === 'S' ? value.value : null
}

export function matches({ values, matchUnfiltered }: StreamFilter, value: string | null): boolean {
  return value === null ? matchUnfiltered : values.has(value)
}
