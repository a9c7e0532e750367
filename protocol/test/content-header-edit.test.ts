import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type BasicProperties,
  checkContentHeader,
  decodeProperties,
  encodeContentHeaderFrame,
  type FieldTable,
  locateHeaderFields,
  locateProperty,
  PROPERTY_CORRELATION_ID,
  PROPERTY_HEADERS,
  PROPERTY_MESSAGE_ID,
  PROPERTY_REPLY_TO,
  removeHeaderFields,
  replaceProperty,
} from '../src/index.ts'
import { fieldTable, properties, shortString } from './support/arbitraries.ts'

type Place = readonly [buffer: Buffer, start: number, end: number]

const shortstr = (octets: Buffer): Buffer => Buffer.concat([Buffer.of(octets.length), octets])
const payloadOf = (value: BasicProperties): Buffer =>
  encodeContentHeaderFrame(1, 5, value).subarray(7, -1)

/** The payload at an odd place of a larger buffer, so that positions are tested too. */
function inside(payload: Buffer): Place {
  const buffer = Buffer.concat([Buffer.alloc(11, 0xff), payload, Buffer.alloc(5, 0xff)])
  return [buffer, 11, 11 + payload.length]
}

/** A content header whose properties are these octets. */
function rawPayload(flags: number, ...values: Buffer[]): Buffer {
  const fixed = payloadOf({})
  const payload = Buffer.concat([fixed, ...values])
  payload.writeUInt16BE(flags, fixed.length - 2)
  return payload
}

test('replacing a property is decoding all, changing it and encoding all', () => {
  fc.assert(
    fc.property(properties, shortString, (value, replyTo) => {
      const place = inside(payloadOf(value))
      const range = locateProperty(...place, PROPERTY_REPLY_TO)
      expect(range === undefined).toBe(value.replyTo === undefined)
      if (range === undefined) return
      const replaced = replaceProperty(...place, range, shortstr(Buffer.from(replyTo)))
      expect(replaced).toEqual(payloadOf({ ...value, replyTo }))
    }),
    { numRuns: 300 },
  )
})

test('removing fields of the headers is decoding all, deleting them and encoding all', () => {
  const withField = fc.tuple(fieldTable, fc.nat(10), shortString, fieldTable)
  fc.assert(
    fc.property(properties, withField, (value, [fields, at, name, nested]) => {
      const entries = [...fields].filter(([other]) => other !== name)
      const without: FieldTable = new Map(entries)
      const headers: FieldTable = new Map(
        entries.toSpliced(at, 0, [name, { type: 'F', value: nested }]),
      )
      const place = inside(payloadOf({ ...value, headers }))
      const found = locateHeaderFields(...place, name)
      expect(found).toHaveLength(1)
      const removed = removeHeaderFields(...place, found)
      expect(removed).toEqual(payloadOf({ ...value, headers: without }))
      expect(() => checkContentHeader(removed, 0, removed.length)).not.toThrow()
    }),
    { numRuns: 300 },
  )
})

test('removing nothing changes nothing, with headers or without', () => {
  fc.assert(
    fc.property(properties, shortString, (value, name) => {
      fc.pre(value.headers?.has(name) !== true)
      const payload = payloadOf(value)
      const place = inside(payload)
      const found = locateHeaderFields(...place, name)
      expect(found).toEqual([])
      expect(removeHeaderFields(...place, found)).toEqual(payload)
    }),
  )
})

/** Octets that are mostly not UTF-8. */
const octets = fc.uint8Array({ maxLength: 255 }).map((array) => Buffer.from(array))

test('all octets but those of the property stay', () => {
  const flags = PROPERTY_CORRELATION_ID | PROPERTY_REPLY_TO | PROPERTY_MESSAGE_ID
  fc.assert(
    fc.property(octets, octets, octets, octets, (before, old, behind, value) => {
      const payload = (replyTo: Buffer) =>
        rawPayload(flags, ...[before, replyTo, behind].map(shortstr))
      const place = inside(payload(old))
      const range = locateProperty(...place, PROPERTY_REPLY_TO)
      if (range === undefined) throw new Error('the property is there')
      expect(replaceProperty(...place, range, shortstr(value))).toEqual(payload(value))
    }),
  )
})

test('all octets but those of the fields stay, however often their name is there', () => {
  const size = (bytes: number) => {
    const long = Buffer.alloc(4)
    long.writeUInt32BE(bytes)
    return long
  }
  const table = (fields: Buffer[]) => {
    const content = Buffer.concat(fields)
    return Buffer.concat([size(content.length), content])
  }
  const field = (name: Buffer, value: Buffer) =>
    Buffer.concat([shortstr(name), Buffer.from('S'), size(value.length), value])
  const BCC = Buffer.from('BCC')
  const name = octets.filter((one) => !one.equals(BCC))
  const fields = fc.array(fc.tuple(fc.oneof(name, fc.constant(BCC)), octets), { maxLength: 8 })
  fc.assert(
    fc.property(fields, octets, (given, correlationId) => {
      const payload = (some: typeof given) =>
        rawPayload(
          PROPERTY_HEADERS | PROPERTY_CORRELATION_ID,
          table(some.map((one) => field(...one))),
          shortstr(correlationId),
        )
      const place = inside(payload(given))
      const removed = removeHeaderFields(...place, locateHeaderFields(...place, 'BCC'))
      expect(removed).toEqual(payload(given.filter(([one]) => !one.equals(BCC))))
      expect(() => decodeProperties(removed, 0, removed.length)).not.toThrow()
    }),
    { numRuns: 200 },
  )
})
