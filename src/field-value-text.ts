import type { FieldValue } from 'amqp-codec'

/** A field's value as the texts of errors show it. */
export function fieldValueText(value: FieldValue): string {
  switch (value.type) {
    case 'A':
      return `[${value.value.map(fieldValueText).join(',')}]`
    case 'F':
      return `[${[...value.value].map(([name, item]) => `{${name},${fieldValueText(item)}}`).join(',')}]`
    case 'D':
      return `{${value.value.scale},${value.value.unscaled}}`
    case 'x':
      return value.value.toString('hex')
    case 'V':
      return 'undefined'
    default:
      return String(value.value)
  }
}
