import { isUtf8 } from 'node:buffer'
import type { FieldTable, FieldValue } from 'amqp-codec'

/**
 * A field table as JSON, as RabbitMQ prints it in its definitions: numbers in all their digits, and
 * values that JSON has no form for as something that people can read. What was what cannot be told
 * from it any more.
 */
export function printedTable(table: FieldTable): string {
  const fields = [...table].map(([name, value]) => `${JSON.stringify(name)}:${printedValue(value)}`)
  return `{${fields.join(',')}}`
}

function printedValue(field: FieldValue): string {
  switch (field.type) {
    case 'F':
      return printedTable(field.value)
    case 'A':
      return `[${field.value.map(printedValue).join(',')}]`
    case 'S':
      return JSON.stringify(field.bytes === undefined ? field.value : printedBytes(field.bytes))
    case 'x':
      return JSON.stringify(printedBytes(field.value))
    // Erlang's word for nothing.
    case 'V':
      return '"undefined"'
    // RabbitMQ puts a point between the two, which is not what a decimal means.
    case 'D':
      return `${field.value.scale}.${field.value.unscaled}`
    case 'f':
    case 'd':
      return printedFloat(field.value)
    default:
      return String(field.value)
  }
}

const printedBytes = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString() : `Not UTF-8, base64 is: ${bytes.toString('base64')}`

/** A float can be told from an integer. */
function printedFloat(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
