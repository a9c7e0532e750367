import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CodecError,
  type FieldValue,
  fieldTableFromObject,
  fieldTableToObject,
} from '../src/index.ts'
import { fieldTable } from './support/arbitraries.ts'

const fieldOf = (value: unknown): FieldValue | undefined =>
  fieldTableFromObject({ key: value }).get('key')

test.each<[unknown, FieldValue]>([
  [true, { type: 't', value: true }],
  [0, { type: 'I', value: 0 }],
  [-2147483648, { type: 'I', value: -2147483648 }],
  [2147483648, { type: 'l', value: 2147483648n }],
  [Number.MAX_SAFE_INTEGER, { type: 'l', value: 9007199254740991n }],
  [2 ** 53, { type: 'd', value: 2 ** 53 }],
  [0.5, { type: 'd', value: 0.5 }],
  [-0, { type: 'I', value: 0 }],
  [5n, { type: 'l', value: 5n }],
  ['text', { type: 'S', value: 'text' }],
  [null, { type: 'V', value: null }],
  [new Date(86_400_999), { type: 'T', value: 86_400n }],
  [Buffer.from('x'), { type: 'x', value: Buffer.from('x') }],
  [[1, 'a'], { type: 'A', value: [fieldOf(1) as FieldValue, fieldOf('a') as FieldValue] }],
  [{ a: {} }, { type: 'F', value: new Map([['a', { type: 'F', value: new Map() }]]) }],
])('%o has a field type of its own', (plain, field) => {
  expect(fieldOf(plain)).toEqual(field)
})

test('undefined properties are left out', () => {
  expect(fieldTableFromObject({ a: undefined, b: null })).toEqual(
    new Map([['b', { type: 'V', value: null }]]),
  )
})

test.each([
  ['a function', () => 0],
  ['a symbol', Symbol('s')],
  ['an undefined element', [undefined]],
  ['an invalid date', new Date(Number.NaN)],
])('%s cannot be a field', (_, value) => {
  expect(() => fieldOf(value)).toThrow(CodecError)
})

test('an object that contains itself cannot be a table', () => {
  const object: Record<string, unknown> = {}
  object['self'] = object
  expect(() => fieldTableFromObject(object)).toThrow(CodecError)
  const array: unknown[] = []
  array.push(array)
  expect(() => fieldTableFromObject({ array })).toThrow(CodecError)
})

test('values that are plain already come back as they were', () => {
  const plain = {
    text: 'text',
    int: -1,
    large: 2 ** 40,
    fraction: 0.25,
    nothing: null,
    yes: true,
    when: new Date('2026-01-01T00:00:00Z'),
    bytes: Buffer.from([1, 2]),
    list: [1, [2, { three: 3 }]],
    huge: 2n ** 60n,
  }
  expect(fieldTableToObject(fieldTableFromObject(plain))).toEqual(plain)
})

test('types without a counterpart become the nearest plain value', () => {
  const table = new Map<string, FieldValue>([
    ['decimal', { type: 'D', value: { scale: 2, unscaled: 314 } }],
    ['never', { type: 'T', value: 2n ** 64n - 1n }],
    ['bytes', { type: 'S', value: '\ufffd', bytes: Buffer.from([255]) }],
  ])
  expect(fieldTableToObject(table)).toEqual({
    decimal: 3.14,
    never: 2n ** 64n - 1n,
    bytes: '\ufffd',
  })
})

test('a field called __proto__ is a field like any other', () => {
  const evil: FieldValue = { type: 'F', value: new Map([['polluted', { type: 't', value: true }]]) }
  const object = fieldTableToObject(new Map([['__proto__', evil]]))
  expect(Object.getOwnPropertyNames(object)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  expect((object as { polluted?: boolean }).polluted).toBeUndefined()
  expect(fieldTableFromObject(object)).toEqual(new Map([['__proto__', evil]]))
})

test('any table becomes an object of the same names, and that a table again', () => {
  fc.assert(
    fc.property(fieldTable, (table) => {
      const object = fieldTableToObject(table)
      expect(new Set(Object.getOwnPropertyNames(object))).toEqual(new Set(table.keys()))
      expect(new Set(fieldTableFromObject(object).keys())).toEqual(new Set(table.keys()))
    }),
  )
})
