import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CodecError,
  decodeFields,
  decodeFieldTable,
  encodeFieldTable,
  type FieldTable,
  type FieldType,
  type FieldValue,
  fieldTypeName,
} from '../src/index.ts'
import { fieldTable } from './support/arbitraries.ts'

const decode = (bytes: Buffer, maxDepth?: number): FieldTable =>
  decodeFieldTable(bytes, 0, bytes.length, maxDepth)

/** A table with the one field `k`, of the given type letter and value bytes. */
function tableBytes(type: string, valueHex: string): Buffer {
  const field = Buffer.concat([Buffer.from(`\x01k${type}`), Buffer.from(valueHex, 'hex')])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(field.length)
  return Buffer.concat([size, field])
}

const decodeValue = (type: string, valueHex: string): FieldValue | undefined =>
  decode(tableBytes(type, valueHex)).get('k')

const nested = (depth: number): FieldTable => {
  let table: FieldTable = new Map()
  for (let level = 1; level < depth; level++) table = new Map([['k', { type: 'F', value: table }]])
  return table
}

test.each<[FieldValue, string, string]>([
  [{ type: 't', value: true }, '01', 'bool'],
  [{ type: 't', value: false }, '00', 'bool'],
  [{ type: 'b', value: -128 }, '80', 'byte'],
  [{ type: 'B', value: 255 }, 'ff', 'unsignedbyte'],
  [{ type: 's', value: -2 }, 'fffe', 'short'],
  [{ type: 'u', value: 65534 }, 'fffe', 'unsignedshort'],
  [{ type: 'I', value: -2147483648 }, '80000000', 'signedint'],
  [{ type: 'i', value: 4294967295 }, 'ffffffff', 'unsignedint'],
  [{ type: 'l', value: -9223372036854775808n }, '8000000000000000', 'long'],
  [{ type: 'l', value: 9007199254740993n }, '0020000000000001', 'long'],
  [{ type: 'T', value: 18446744073709551615n }, 'ffffffffffffffff', 'timestamp'],
  [{ type: 'f', value: -1.5 }, 'bfc00000', 'float'],
  [{ type: 'd', value: 0.1 }, '3fb999999999999a', 'double'],
  [{ type: 'D', value: { scale: 255, unscaled: 4294967295 } }, 'ffffffffff', 'decimal'],
  [{ type: 'S', value: 'né' }, '000000036ec3a9', 'longstr'],
  [{ type: 'S', value: 'a\ufffd', bytes: Buffer.from('61ff', 'hex') }, '0000000261ff', 'longstr'],
  [{ type: 'S', value: '\ufffd' }, '00000003efbfbd', 'longstr'],
  [{ type: 'A', value: [{ type: 'V', value: null }] }, '0000000156', 'array'],
  [{ type: 'F', value: new Map([['', { type: 'V', value: null }]]) }, '000000020056', 'table'],
  [{ type: 'V', value: null }, '', 'void'],
  [{ type: 'x', value: Buffer.from([0, 255]) }, '0000000200ff', 'binary'],
])('%o is written and read as RabbitMQ does', (value, hex, typeName) => {
  const bytes = tableBytes(value.type, hex)
  expect(encodeFieldTable(new Map([['k', value]])).toString('hex')).toBe(bytes.toString('hex'))
  expect(decode(bytes).get('k')).toStrictEqual(value)
  expect(fieldTypeName(value.type)).toBe(typeName)
})

test('any table comes back as it was, and has the same bytes again', () => {
  fc.assert(
    fc.property(fieldTable, (table) => {
      const bytes = encodeFieldTable(table)
      const decoded = decode(bytes)
      expect(decoded).toStrictEqual(table)
      expect([...decoded.keys()]).toEqual([...table.keys()])
      expect(encodeFieldTable(decoded).equals(bytes)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('fields without a length before them are a table too', () => {
  const bytes = encodeFieldTable(new Map([['LOGIN', { type: 'S', value: 'guest' }]]))
  expect(decodeFields(bytes, 4, bytes.length)).toEqual(decode(bytes))
  expect(decodeFields(bytes, 4, 4)).toEqual(new Map())
})

test('L is read as l, which it becomes when written again', () => {
  expect(decodeValue('L', 'ffffffffffffffff')).toEqual({ type: 'l', value: -1n })
})

test('every octet but 0 is true', () => {
  expect(decodeValue('t', '02')).toEqual({ type: 't', value: true })
})

test('of fields with the same name the first counts', () => {
  const bytes = Buffer.from('0000000c016b490000000101 6b4200'.replace(' ', ''), 'hex')
  bytes.writeUInt32BE(bytes.length - 4)
  expect(decode(bytes)).toEqual(new Map([['k', { type: 'I', value: 1 }]]))
})

test('a name that is not UTF-8 is readable, not exact', () => {
  expect([...decode(Buffer.from('0000000301ff56', 'hex')).keys()]).toEqual(['\ufffd'])
})

test.each([
  ['an unknown type', 'Z', ''],
  ['a NaN', 'd', '7ff8000000000000'],
  ['an infinity', 'f', 'ff800000'],
  ['a string longer than the table', 'S', '0000000461'],
  ['binary longer than the table', 'x', 'ffffffff'],
  ['an array longer than the table', 'A', '00000002' + '56'],
  ['a table longer than the table around it', 'F', '00000003' + '0056'],
  ['an array that cuts its last value', 'A', '00000003' + '49000000' + '01'],
  ['a value cut short', 'I', '000000'],
])('%s is refused', (_, type, hex) => {
  expect(() => decodeValue(type, hex)).toThrow(CodecError)
})

test('bytes after the table are refused', () => {
  expect(() => decode(Buffer.from('0000000000', 'hex'))).toThrow(CodecError)
})

test('a range outside of the buffer is refused', () => {
  expect(() => decodeFieldTable(Buffer.alloc(8), 0, 9)).toThrow(CodecError)
  expect(() => decodeFieldTable(Buffer.alloc(8), -4, 4)).toThrow(CodecError)
})

test('tables nested deeper than the limit are refused both ways', () => {
  const deepest = encodeFieldTable(nested(64))
  expect(decode(deepest)).toEqual(nested(64))
  expect(() => encodeFieldTable(nested(65))).toThrow(CodecError)
  expect(() => decode(encodeFieldTable(nested(65), 65))).toThrow(CodecError)
  expect(decode(encodeFieldTable(nested(200), 200), 200)).toEqual(nested(200))
  expect(() => decode(deepest, 63)).toThrow(CodecError)
})

test('a million arrays in one another do not overflow the stack', () => {
  const levels = 1_000_000
  const bytes = Buffer.alloc(4 + 2 + 5 * levels)
  bytes.writeUInt32BE(bytes.length - 4)
  bytes.write('\x01k', 4)
  for (let level = 0; level < levels; level++) {
    const at = 6 + 5 * level
    bytes.write('A', at)
    bytes.writeUInt32BE(bytes.length - at - 5, at + 1)
  }
  expect(() => decode(bytes)).toThrow(CodecError)
})

test('a table that contains itself cannot be encoded', () => {
  const table = new Map<string, FieldValue>()
  table.set('self', { type: 'F', value: table })
  expect(() => encodeFieldTable(table)).toThrow(CodecError)
  const array: FieldValue[] = []
  array.push({ type: 'A', value: array })
  expect(() => encodeFieldTable(new Map([['a', { type: 'A', value: array }]]))).toThrow(CodecError)
})

test.each<[FieldType, number | bigint]>([
  ['b', 128],
  ['b', -129],
  ['B', 256],
  ['B', -1],
  ['s', 32768],
  ['u', 65536],
  ['I', 2147483648],
  ['i', -1],
  ['i', 1.5],
  ['l', 2n ** 63n],
  ['l', -(2n ** 63n) - 1n],
  ['T', -1n],
  ['T', 2n ** 64n],
  ['f', Number.NaN],
  ['f', 1e39],
  ['d', Number.POSITIVE_INFINITY],
])('type %s cannot hold %s', (type, value) => {
  const table = new Map([['k', { type, value } as FieldValue]])
  expect(() => encodeFieldTable(table)).toThrow(CodecError)
})

test('values of a type that does not exist cannot be encoded', () => {
  const table = new Map([['k', { type: 'Z', value: 1 } as unknown as FieldValue]])
  expect(() => encodeFieldTable(table)).toThrow(CodecError)
})

test('a table can be written again whatever the octets of its names are', () => {
  const names = fc.array(fc.uint8Array({ minLength: 80, maxLength: 255 }), { maxLength: 3 })
  fc.assert(
    fc.property(names, (all) => {
      const fields = all.map((name) => Buffer.from([name.length, ...name, 0x56]))
      const size = Buffer.alloc(4)
      size.writeUInt32BE(Buffer.concat(fields).length)
      const table = decode(Buffer.concat([size, ...fields]))
      expect(decode(encodeFieldTable(table))).toEqual(table)
    }),
  )
})

test('a name that has to be cut is not cut within a character', () => {
  // 84 octets that are not UTF-8 are 252 as text; the character behind them has four.
  const name = Buffer.concat([Buffer.alloc(84, 0x80), Buffer.from('\u{1f407}\u{1f407}')])
  const field = Buffer.from([name.length, ...name, 0x56])
  const table = decode(Buffer.concat([Buffer.from([0, 0, 0, field.length]), field]))
  expect([...table.keys()]).toEqual(['\ufffd'.repeat(84)])
  expect(decode(encodeFieldTable(table))).toEqual(table)
})

test('a name that is text is as long as it was', () => {
  for (const name of ['n'.repeat(255), '\u20ac'.repeat(85), `${'\u00e9'.repeat(127)}n`]) {
    const table: FieldTable = new Map([[name, { type: 'V', value: null }]])
    expect([...decode(encodeFieldTable(table)).keys()]).toEqual([name])
  }
})
