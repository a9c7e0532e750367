// Tables whose values need an exact type on the wire.

import { type FieldTable, type FieldValue, fieldTableFromObject } from 'amqp-codec'

/** A value that `table` takes as it is. */
export class Typed {
  readonly field: FieldValue

  constructor(field: FieldValue) {
    this.field = field
  }
}

/** As in `typed('s', 5)`, a number of 16 bits. */
export function typed(type: FieldValue['type'], value: FieldValue['value']): Typed {
  return new Typed({ type, value } as FieldValue)
}

/** Plain values get the types that most clients give them. */
export function tableWith(plain: Readonly<Record<string, unknown>> | FieldTable): FieldTable {
  if (plain instanceof Map) return plain
  const table = new Map<string, FieldValue>()
  for (const [name, value] of Object.entries(plain)) {
    const field = value instanceof Typed ? value.field : plainField(name, value)
    if (field !== undefined) table.set(name, field)
  }
  return table
}

function plainField(name: string, value: unknown): FieldValue | undefined {
  return fieldTableFromObject({ [name]: value } as Parameters<typeof fieldTableFromObject>[0]).get(
    name,
  )
}
