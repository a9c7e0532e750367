import { type FieldTable, type FieldValue, fieldTypeName } from 'amqp-codec'
import type { AmqpError } from '../errors.ts'
import { fieldValueText } from '../field-value-text.ts'
import { isInteger } from '../queue/arguments.ts'

/** Makes the 406 for a property that differs from the one declared first. */
export type Inequivalence = (property: string, received: string, current: string) => AmqpError

export function assertSameFlag(
  property: string,
  received: boolean | string,
  current: boolean | string,
  fail: Inequivalence,
): void {
  if (received !== current) throw fail(property, `'${received}'`, `'${current}'`)
}

/** Integers compare across their widths: a client's language decides which one it sends. */
export function assertSameArgument(
  name: string,
  received: FieldTable,
  current: FieldTable,
  fail: Inequivalence,
): void {
  const a = received.get(name)
  const b = current.get(name)
  if (a === b || (a !== undefined && b !== undefined && equalArguments(a, b))) return
  if (a === undefined || b === undefined) throw fail(name, typedText(a), typedText(b))
  throw fail(name, `'${fieldValueText(a)}'`, `'${fieldValueText(b)}'`)
}

function equalArguments(a: FieldValue, b: FieldValue): boolean {
  if (isInteger(a) && isInteger(b)) return BigInt(a.value as number) === BigInt(b.value as number)
  if (a.type !== b.type) return false
  return fieldValueText(a) === fieldValueText(b)
}

const typedText = (value: FieldValue | undefined): string =>
  value === undefined
    ? 'none'
    : `the value '${fieldValueText(value)}' of type '${fieldTypeName(value.type)}'`
