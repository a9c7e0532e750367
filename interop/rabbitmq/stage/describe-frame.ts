// Frames as lines of a transcript. Whatever a client could see is there; what is empty, zero or false
// is left out. Values that no two runs share are named by the order in which they first came.

import type { BasicProperties, FieldTable, FieldValue, Method } from 'amqp-codec'
import { infoOf } from '../../../test/support/raw-client-method.ts'

/** How far a time may be from that of the machine to be called `now`. */
const NOW_SEC = 600
const LONGEST_BODY = 200

export function describeMethod(method: Method): string {
  const { id, ...fields } = method
  const { name } = infoOf(id)
  const shown = Object.entries(fields).flatMap(([field, value]) => describeField(field, value))
  return [name, ...shown].join(' ')
}

/** The properties and the body of a message, as they stand behind its method. */
export function describeContent(properties: BasicProperties, body: Buffer): string {
  const shown = Object.entries(properties).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (name === 'timestamp') return [`timestamp=${describeTime(Number(value))}`]
    return [`${name}=${value instanceof Map ? describeTable(value) : JSON.stringify(value)}`]
  })
  return [...shown, describeBody(body)].join(' ')
}

function describeField(name: string, value: unknown): string[] {
  // Their order means nothing, and RabbitMQ's is another with each start.
  if (name === 'mechanisms') return [`${name}="${String(value).split(' ').sort().join(' ')}"`]
  if (value === '' || value === 0 || value === false || value === undefined) return []
  if (Buffer.isBuffer(value)) return value.length === 0 ? [] : [`${name}=${describeBody(value)}`]
  if (value instanceof Map) return value.size === 0 ? [] : [`${name}=${describeTable(value)}`]
  return [value === true ? name : `${name}=${JSON.stringify(value)}`]
}

function describeBody(body: Buffer): string {
  const text = body.toString()
  if (body.length > LONGEST_BODY) return `(${body.length} octets from ${JSON.stringify(text[0])})`
  return Buffer.from(text).equals(body) ? JSON.stringify(text) : `0x${body.toString('hex')}`
}

/** Sorted by name: RabbitMQ itself writes the entries of x-death now in one order, now in another. */
export function describeTable(table: FieldTable): string {
  const entries = [...table].sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, value]) => `${name}=${describeValue(value)}`).join(' ')}}`
}

/** Texts and 32-bit integers, which are nearly all there is, come without the letter of their type. */
function describeValue(field: FieldValue): string {
  switch (field.type) {
    case 'S':
      return JSON.stringify(field.value)
    case 'I':
      return String(field.value)
    case 't':
      return String(field.value)
    case 'A':
      return `[${field.value.map(describeValue).join(' ')}]`
    case 'F':
      return describeTable(field.value)
    case 'T':
      return `T:${describeTime(Number(field.value))}`
    case 'V':
      return 'void'
    case 'x':
      return `x:${field.value.toString('hex')}`
    case 'D':
      return `D:${field.value.unscaled}e-${field.value.scale}`
    default:
      return `${field.type}:${field.value}`
  }
}

/** Seconds since 1970. */
function describeTime(time: number): string {
  return Math.abs(time - Date.now() / 1000) < NOW_SEC ? 'now' : String(time)
}
