import type { FieldTable, FieldValue } from 'amqp-codec'
import { fieldTypeName } from 'amqp-codec'
import { fieldValueText } from '../field-value-text.ts'
import { parseAge } from './age.ts'

/** Where a consumer begins. */
export type OffsetSpec =
  | { readonly kind: 'first' | 'last' | 'next' }
  | { readonly kind: 'offset'; readonly offset: number }
  /** With the first message that came at that time, in milliseconds since 1970, or later. */
  | { readonly kind: 'time'; readonly timeMs: number }

/** A value that is none, as the text of the error shows it. */
export class InvalidOffset extends Error {}

/**
 * What `x-stream-offset` of `basic.consume` says; without it, a consumer begins with what is published
 * next. Throws `InvalidOffset`. https://www.rabbitmq.com/docs/streams#consuming
 */
export function parseOffset(consumeArguments: FieldTable, nowMs: number): OffsetSpec {
  const value = consumeArguments.get('x-stream-offset')
  if (value === undefined) return { kind: 'next' }
  switch (value.type) {
    case 'S':
    case 'x':
      return parseWord(value, nowMs)
    case 'T':
      return { kind: 'time', timeMs: Number(value.value) * 1000 }
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
      return { kind: 'offset', offset: Math.max(0, Number(value.value)) }
    default:
      throw new InvalidOffset(printed(value))
  }
}

function parseWord(value: FieldValue & { type: 'S' | 'x' }, nowMs: number): OffsetSpec {
  const word = value.value.toString()
  if (word === 'first' || word === 'last' || word === 'next') return { kind: word }
  const age = value.type === 'S' ? parseAge(word) : undefined
  if (age === undefined) throw new InvalidOffset(printed(value))
  return { kind: 'time', timeMs: nowMs - age }
}

/** As RabbitMQ's Erlang prints it. */
function printed(value: FieldValue): string {
  const text = value.type === 'S' ? `<<"${value.value}">>` : fieldValueText(value)
  return `{invalid_stream_offset_arg,{${fieldTypeName(value.type)},${text}}}`
}
