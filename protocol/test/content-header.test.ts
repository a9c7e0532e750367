import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as codec from '../src/index.ts'
import {
  type BasicProperties,
  CodecError,
  checkContentHeader,
  contentHeaderBodySize,
  contentHeaderClassId,
  contentHeaderWeight,
  decodeProperties,
  encodeContentHeaderFrame,
} from '../src/index.ts'
import { properties } from './support/arbitraries.ts'

type Reader = (buffer: Buffer, start: number, end: number) => unknown

/** Every property with its flag and the function that reads it alone. */
const LAZY: [keyof BasicProperties, number, Reader][] = [
  ['contentType', codec.PROPERTY_CONTENT_TYPE, codec.readContentType],
  ['contentEncoding', codec.PROPERTY_CONTENT_ENCODING, codec.readContentEncoding],
  ['headers', codec.PROPERTY_HEADERS, codec.readHeaders],
  ['deliveryMode', codec.PROPERTY_DELIVERY_MODE, codec.readDeliveryMode],
  ['priority', codec.PROPERTY_PRIORITY, codec.readPriority],
  ['correlationId', codec.PROPERTY_CORRELATION_ID, codec.readCorrelationId],
  ['replyTo', codec.PROPERTY_REPLY_TO, codec.readReplyTo],
  ['expiration', codec.PROPERTY_EXPIRATION, codec.readExpiration],
  ['messageId', codec.PROPERTY_MESSAGE_ID, codec.readMessageId],
  ['timestamp', codec.PROPERTY_TIMESTAMP, codec.readTimestamp],
  ['type', codec.PROPERTY_TYPE, codec.readType],
  ['userId', codec.PROPERTY_USER_ID, codec.readUserId],
  ['appId', codec.PROPERTY_APP_ID, codec.readAppId],
  ['clusterId', codec.PROPERTY_CLUSTER_ID, codec.readClusterId],
]

const ABSENT: BasicProperties = { deliveryMode: 0, priority: -1 }

/** The header payload at an odd place of a larger buffer, so that positions are tested too. */
function headerInside(value: BasicProperties, bodySize = 0): [Buffer, number, number] {
  const payload = encodeContentHeaderFrame(1, bodySize, value).subarray(7, -1)
  const buffer = Buffer.concat([Buffer.alloc(11, 0xff), payload, Buffer.alloc(5, 0xff)])
  return [buffer, 11, 11 + payload.length]
}

/** A header of the class basic with these flags and, after them, these bytes. */
function rawHeader(flags: number, hex = ''): [Buffer, number, number] {
  const payload = Buffer.concat([Buffer.alloc(14), Buffer.from(hex, 'hex')])
  payload.writeUInt16BE(codec.CLASS_BASIC, 0)
  payload.writeUInt16BE(flags, 12)
  return [payload, 0, payload.length]
}

test('a header frame has class, weight, body size, flags, then the properties in order', () => {
  const frame = encodeContentHeaderFrame(3, 2 ** 33 + 5, { deliveryMode: 2, contentType: 'a' })
  expect(frame.toString('hex')).toBe(
    '02' +
      '0003' +
      '00000011' +
      '003c' +
      '0000' +
      '0000000200000005' +
      '9000' +
      '0161' +
      '02' +
      'ce',
  )
  expect(contentHeaderClassId(frame, 7)).toBe(60)
  expect(contentHeaderWeight(frame, 7)).toBe(0)
  expect(contentHeaderBodySize(frame, 7)).toBe(2 ** 33 + 5)
})

test('any properties come back as they were, and have the same bytes again', () => {
  fc.assert(
    fc.property(properties, fc.maxSafeNat(), (value, bodySize) => {
      const [buffer, start, end] = headerInside(value, bodySize)
      const decoded = decodeProperties(buffer, start, end)
      expect(decoded).toStrictEqual(value)
      expect(contentHeaderBodySize(buffer, start)).toBe(bodySize)
      const again = encodeContentHeaderFrame(1, bodySize, decoded).subarray(7, -1)
      expect(again.equals(buffer.subarray(start, end))).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('each property read alone is what decoding all of them gives', () => {
  fc.assert(
    fc.property(properties, (value) => {
      const [buffer, start, end] = headerInside(value)
      for (const [name, flag, read] of LAZY) {
        expect(codec.hasProperty(buffer, start, flag), name).toBe(value[name] !== undefined)
        expect(read(buffer, start, end), name).toStrictEqual(value[name] ?? ABSENT[name])
      }
      expect(() => checkContentHeader(buffer, start, end)).not.toThrow()
    }),
    { numRuns: 300 },
  )
})

test('a header cut short anywhere is refused, whichever way it is read', () => {
  fc.assert(
    fc.property(properties, (value) => {
      const [buffer, start, end] = headerInside(value)
      const lastProperty = LAZY.findLast(([name]) => value[name] !== undefined)
      for (let cut = start; cut < end; cut++) {
        expect(() => decodeProperties(buffer, start, cut)).toThrow(CodecError)
        expect(() => checkContentHeader(buffer, start, cut)).toThrow(CodecError)
        // The same where the buffer ends, too.
        expect(() => checkContentHeader(buffer.subarray(0, cut), start, cut)).toThrow(CodecError)
        if (lastProperty) expect(() => lastProperty[2](buffer, start, cut)).toThrow(CodecError)
      }
    }),
    { numRuns: 10 },
  )
})

test('the check refuses exactly the headers that cannot be decoded', () => {
  const refuses = (run: () => void): boolean => {
    try {
      run()
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError)
      return true
    }
  }
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(properties, damage, fc.boolean(), (value, changes, exactBuffer) => {
      const [buffer, start, end] = headerInside(value)
      for (const [place, octet] of changes)
        buffer[start + 12 + (place % (end - start - 12))] = octet
      const bytes = exactBuffer ? buffer.subarray(0, end) : buffer
      const undecodable = refuses(() => decodeProperties(bytes, start, end))
      expect(refuses(() => checkContentHeader(bytes, start, end))).toBe(undecodable)
      for (const [name, , read] of LAZY) {
        const broken = refuses(() => read(bytes, start, end))
        if (broken) expect(undecodable, name).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test('flags that no property has are ignored, as RabbitMQ does', () => {
  for (const flags of [0b01, 0b10, 0b11]) {
    expect(decodeProperties(...rawHeader(flags))).toEqual({})
    expect(() => checkContentHeader(...rawHeader(flags))).not.toThrow()
  }
})

test.each([
  ['bytes after the properties', 0, '01'],
  ['a further word of flags', 1, '0000'],
  ['a property that is missing', 0x8000, ''],
  ['a string longer than the header', 0x8000, '0261'],
  ['headers longer than the header', 0x2000, '00000003016b'],
  ['headers with a length cut short', 0x2000, '000000'],
  ['headers of an unknown type', 0x2000, '00000003016b5a'],
  ['headers with a NaN', 0x2000, '00000007016b667fc00000'],
])('a header with %s is refused', (_, flags, hex) => {
  expect(() => decodeProperties(...rawHeader(flags, hex))).toThrow(CodecError)
  expect(() => checkContentHeader(...rawHeader(flags, hex))).toThrow(CodecError)
})

test('a property need not be UTF-8', () => {
  expect(codec.readReplyTo(...rawHeader(codec.PROPERTY_REPLY_TO, '01ff'))).toBe('\ufffd')
})

test('values that no property can hold are refused', () => {
  const encode = (value: BasicProperties) => () => encodeContentHeaderFrame(1, 0, value)
  expect(encode({ priority: 256 })).toThrow(CodecError)
  expect(encode({ timestamp: -1n })).toThrow(CodecError)
  expect(encode({ replyTo: 'x'.repeat(256) })).toThrow(CodecError)
  expect(() => encodeContentHeaderFrame(1, -1, {})).toThrow(CodecError)
})
