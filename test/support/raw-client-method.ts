// Methods from the few fields that a test cares about, and methods as a test's failure prints them.

import {
  type FieldDomain,
  type FieldTable,
  fieldTableFromObject,
  METHODS,
  type Method,
  type MethodInfo,
} from 'amqp-codec'

export type MethodOf<Id extends number> = Extract<Method, { id: Id }>

/** Some fields of a method; a table may be a plain object where its wire types do not matter. */
export type FieldsOf<Id extends number> = LooseFields<Omit<MethodOf<Id>, 'id'>>

type LooseFields<Fields> = {
  [Name in keyof Fields]?: Fields[Name] extends FieldTable ? LooseTable : Fields[Name]
}

type LooseTable = FieldTable | Readonly<Record<string, unknown>>

const BLANKS: Record<FieldDomain, unknown> = {
  bit: false,
  octet: 0,
  short: 0,
  long: 0,
  longlong: 0,
  timestamp: 0,
  shortstr: '',
  longstr: Buffer.alloc(0),
  table: new Map(),
}

/** The method with every field that is not given left zero, empty or false. */
export function method<Id extends Method['id']>(id: Id, given: FieldsOf<Id>): MethodOf<Id> {
  const fields: Record<string, unknown> = { id }
  for (const { name, domain } of infoOf(id).fields) {
    const value = (given as Record<string, unknown>)[name] ?? BLANKS[domain]
    fields[name] = domain === 'table' ? tableOf(value as LooseTable) : value
  }
  return fields as unknown as MethodOf<Id>
}

export function tableOf(given: LooseTable): FieldTable {
  return given instanceof Map ? given : fieldTableFromObject(given as Record<string, unknown>)
}

export function infoOf(id: number): MethodInfo {
  const info = METHODS.get(id)
  if (info === undefined) throw new Error(`no method has the id ${id}`)
  return info
}

/** As in `channel.close {"replyCode":404,…}`. */
export function describeMethod(arrived: Method): string {
  const { id, ...fields } = arrived
  return `${infoOf(id).name} ${JSON.stringify(fields, (_, value) => (value instanceof Map ? [...value] : value))}`
}
