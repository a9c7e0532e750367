import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_DELIVER,
  BASIC_PUBLISH,
  type BasicAck,
  CONNECTION_CLOSE_OK,
  CodecError,
  decodeMethod,
  encodeMethodFrame,
  MalformedUtf8Error,
  METHODS,
  type Method,
  QUEUE_DECLARE,
  type QueueDeclare,
  UnknownMethodError,
} from '../src/index.ts'
import { methodLike } from './support/arbitraries.ts'

/** Decodes what is in the frame that encodeMethodFrame made. */
function decodeFrame(frame: Buffer): Method {
  return decodeMethod(frame, 7, frame.length - 1)
}

const decodeHex = (hex: string): Method => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return decodeMethod(bytes, 0, bytes.length)
}

const declare: QueueDeclare = {
  id: QUEUE_DECLARE,
  ticket: 0,
  queue: 'jobs',
  passive: false,
  durable: true,
  exclusive: false,
  autoDelete: true,
  nowait: false,
  arguments: new Map([['x-expires', { type: 'I', value: 1000 }]]),
}

describe.each([...METHODS.values()])('$name', (info) => {
  test('comes back as it was when encoded and decoded, and has the same bytes again', () => {
    fc.assert(
      fc.property(methodLike(info), fc.nat(0xffff), (method, channel) => {
        const frame = encodeMethodFrame(channel, method)
        const decoded = decodeFrame(frame)
        expect(decoded).toEqual(method)
        expect(Object.keys(decoded)).toEqual(['id', ...info.fields.map((field) => field.name)])
        expect(encodeMethodFrame(channel, decoded).equals(frame)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('is refused when cut short anywhere, or when anything follows it', () => {
    fc.assert(
      fc.property(methodLike(info), (method) => {
        const frame = encodeMethodFrame(1, method)
        for (let end = 7; end < frame.length - 1; end++) {
          expect(() => decodeMethod(frame, 7, end)).toThrow(CodecError)
        }
        // One octet more, the end octet, as RabbitMQ also refuses it.
        expect(() => decodeMethod(frame, 7, frame.length)).toThrow(CodecError)
      }),
      { numRuns: 10 },
    )
  })
})

test('a whole frame has type, channel, size, method, flags in one octet, and the end octet', () => {
  expect(encodeMethodFrame(0x0102, declare).toString('hex')).toBe(
    '01' + // method frame
      '0102' + // channel
      '0000001f' + // size
      '0032000a' + // queue.declare
      '0000' +
      '046a6f6273' +
      '0a' + // durable is bit 1, auto-delete bit 3
      '0000000f' +
      '09782d65787069726573' +
      '49000003e8' +
      'ce',
  )
})

test('an octet of flags may have more bits than there are flags', () => {
  const ack = decodeHex('003c0050 0000000000000007 ff')
  expect(ack).toEqual({ id: BASIC_ACK, deliveryTag: 7, multiple: true })
})

test('delivery tags are exact up to 2^53 - 1', () => {
  const method: BasicAck = { id: BASIC_ACK, deliveryTag: Number.MAX_SAFE_INTEGER, multiple: false }
  expect(decodeFrame(encodeMethodFrame(1, method))).toEqual(method)
  expect(() => encodeMethodFrame(1, { ...method, deliveryTag: 2 ** 53 })).toThrow(CodecError)
  // Larger ones belong to nothing, but they must still be read, to be called unknown.
  expect(decodeHex('003c0050 ffffffffffffffff 00')).toMatchObject({ deliveryTag: 2 ** 64 })
})

test('an unknown method is told with its class and method id', () => {
  for (const hex of ['003c00c8', '003d000a 0102']) {
    expect(() => decodeHex(hex)).toThrow(UnknownMethodError)
  }
  const thrown = (() => {
    try {
      return decodeHex('003c00c8')
    } catch (error) {
      return error
    }
  })()
  expect(thrown).toMatchObject({ classId: 60, methodId: 200 })
})

test('a method that nobody knows cannot be encoded', () => {
  expect(() => encodeMethodFrame(1, { id: 0x003c00c8 } as unknown as Method)).toThrow(
    UnknownMethodError,
  )
})

test('a short string of a method without content must be UTF-8', () => {
  expect(() => decodeHex('003c001e 01ff 00')).toThrow(MalformedUtf8Error)
  expect(() => decodeHex('003c001e 02c080 00')).toThrow('Malformed UTF-8 in shortstr')
  // U+FFFD itself is what malformed bytes decode to, and yet is well-formed.
  expect(decodeHex('003c001e 03efbfbd 00')).toMatchObject({
    id: BASIC_CANCEL,
    consumerTag: '\ufffd',
  })
})

test('a routing key of a published message may be any bytes', () => {
  expect(decodeHex('003c0028 0000 00 02fffe 00')).toMatchObject({
    id: BASIC_PUBLISH,
    routingKey: '\ufffd\ufffd',
  })
})

test('values that do not fit their field are refused', () => {
  const fits = (change: Partial<QueueDeclare>) => () =>
    encodeMethodFrame(1, { ...declare, ...change })
  expect(fits({ queue: 'q'.repeat(255) })).not.toThrow()
  expect(fits({ queue: 'q'.repeat(256) })).toThrow(CodecError)
  expect(fits({ queue: 'é'.repeat(128) })).toThrow(CodecError)
  expect(fits({ ticket: 0x10000 })).toThrow(CodecError)
  expect(fits({ ticket: -1 })).toThrow(CodecError)
  expect(fits({ ticket: 0.5 })).toThrow(CodecError)
  expect(fits({ ticket: Number.NaN })).toThrow(CodecError)
  expect(() => encodeMethodFrame(0x10000, { id: CONNECTION_CLOSE_OK })).toThrow(CodecError)
})

test('a large method is encoded whole', () => {
  const large = {
    id: BASIC_DELIVER,
    consumerTag: 'c'.repeat(255),
    deliveryTag: 2 ** 40,
    redelivered: true,
    exchange: 'e'.repeat(255),
    routingKey: 'k'.repeat(255),
  } as const
  expect(decodeFrame(encodeMethodFrame(65535, large))).toEqual(large)
})
