import {
  type FieldTable,
  type FieldValue,
  readCorrelationId,
  readMessageId,
  readTimestamp,
} from 'amqp-codec'
import { fieldValueText } from '../field-value-text.ts'
import type { Message } from '../message/message.ts'
import { hashSourcesExclude, invalidHashSource, unsupportedHashProperty } from '../reasons.ts'

/** What of a message decides where it goes. */
export type HashSource = (
  routingKey: string,
  headers: FieldTable | undefined,
  message: Message | undefined,
) => string

/** What is hashed of a message that does not have it: all such messages go the same way. */
const NOTHING = ''

export const routingKeySource: HashSource = (routingKey) => routingKey

/** As an exchange's arguments `hash-header` and `hash-property` say. Throws 406. */
export function hashSource(exchangeArguments: FieldTable): HashSource {
  const header = nameIn(exchangeArguments, 'hash-header')
  const property = nameIn(exchangeArguments, 'hash-property')
  if (header !== undefined && property !== undefined) throw hashSourcesExclude()
  if (header !== undefined) return headerSource(header)
  if (property === undefined) return routingKeySource
  const source = PROPERTY_SOURCES.get(property)
  if (source === undefined) throw unsupportedHashProperty(property)
  return source
}

function nameIn(exchangeArguments: FieldTable, argument: string): string | undefined {
  const value = exchangeArguments.get(argument)
  if (value !== undefined && value.type !== 'S') throw invalidHashSource(argument, value)
  return value?.value
}

function headerSource(name: string): HashSource {
  return (_routingKey, headers) => {
    const value: FieldValue | undefined = headers?.get(name)
    return value === undefined ? NOTHING : fieldValueText(value)
  }
}

function propertySource(
  read: (buffer: Buffer, start: number, end: number) => string | bigint | undefined,
): HashSource {
  return (_routingKey, _headers, message) =>
    message === undefined
      ? NOTHING
      : String(read(message.buffer, message.headerStart, message.headerEnd) ?? NOTHING)
}

const PROPERTY_SOURCES: ReadonlyMap<string, HashSource> = new Map([
  ['message_id', propertySource(readMessageId)],
  ['correlation_id', propertySource(readCorrelationId)],
  ['timestamp', propertySource(readTimestamp)],
])
