import type { BasicProperties } from 'amqp-codec'
import type { JsonValue } from '../../definitions/definition.ts'
import { badRequest } from '../http-error.ts'
import { argumentsFrom, argumentsJson } from './arguments-json.ts'

type TextProperty = {
  [Name in keyof BasicProperties]-?: Exclude<BasicProperties[Name], undefined> extends string
    ? Name
    : never
}[keyof BasicProperties]

/** Properties that are texts, by the names that they have in JSON. */
const TEXTS: readonly (readonly [string, TextProperty])[] = [
  ['content_type', 'contentType'],
  ['content_encoding', 'contentEncoding'],
  ['correlation_id', 'correlationId'],
  ['reply_to', 'replyTo'],
  ['expiration', 'expiration'],
  ['message_id', 'messageId'],
  ['type', 'type'],
  ['user_id', 'userId'],
  ['app_id', 'appId'],
  ['cluster_id', 'clusterId'],
]

export function propertiesJson(properties: BasicProperties): object {
  const { headers, deliveryMode, priority, timestamp } = properties
  const texts = TEXTS.map(([name, property]) => [name, properties[property]])
  return withoutAbsent({
    ...Object.fromEntries(texts),
    headers: headers === undefined ? undefined : argumentsJson(headers),
    delivery_mode: deliveryMode,
    priority,
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
  })
}

/** The other way: what it does not know is passed over. Throws 400 for values of another type. */
export function propertiesFrom(json: Readonly<Record<string, JsonValue>>): BasicProperties {
  const find = (name: string): JsonValue | undefined =>
    Object.hasOwn(json, name) ? json[name] : undefined
  const properties: BasicProperties = {}
  for (const [name, property] of TEXTS) {
    const value = find(name)
    if (value === undefined) continue
    if (typeof value !== 'string') throw badRequest(`not_string: ${name}`)
    if (Buffer.byteLength(value) > 255) throw badRequest(`${name} is longer than 255 octets`)
    properties[property] = value
  }
  const headers = find('headers')
  if (headers !== undefined) properties.headers = argumentsFrom(objectOf(headers))
  const octet = (name: string): number | undefined => integer(find(name), name, 255)
  const [deliveryMode, priority] = [octet('delivery_mode'), octet('priority')]
  if (deliveryMode !== undefined) properties.deliveryMode = deliveryMode
  if (priority !== undefined) properties.priority = priority
  const timestamp = integer(find('timestamp'), 'timestamp', Number.MAX_SAFE_INTEGER)
  if (timestamp !== undefined) properties.timestamp = BigInt(timestamp)
  return properties
}

function integer(value: JsonValue | undefined, name: string, max: number): number | undefined {
  if (value === undefined) return undefined
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number) && (number as number) >= 0 && (number as number) <= max) {
    return number as number
  }
  throw badRequest(`not_int: ${name}`)
}

function objectOf(value: JsonValue): Readonly<Record<string, JsonValue>> {
  if (Array.isArray(value) && value.length === 0) return {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, JsonValue>>
  }
  throw badRequest('headers should be an object')
}

function withoutAbsent(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
