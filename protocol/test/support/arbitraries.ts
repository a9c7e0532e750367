// Random values for property tests. Those for methods follow from the generated method table, so
// a method added to the spec is tested without a line written for it.

import fc from 'fast-check'
import {
  type BasicProperties,
  type FieldDomain,
  type FieldTable,
  type FieldValue,
  METHODS,
  type Method,
  type MethodInfo,
} from '../../src/index.ts'

/** Strings that are UTF-8 on the wire and fit a short string. */
export const shortString: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 300 })
  .map((text) => fitTo255Bytes(text.toWellFormed()))

function fitTo255Bytes(text: string): string {
  let fitting = text
  while (Buffer.byteLength(fitting) > 255) fitting = fitting.slice(0, -1).toWellFormed()
  return fitting
}

const bytes = (maxLength = 100): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))

/** A finite number that four bytes hold exactly. */
const float = fc.float({ noNaN: true, noDefaultInfinity: true })
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })

const longString: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => ({ type: 'S', value: text.toWellFormed() }) as const),
  // 0xff is never in UTF-8, so these keep their bytes beside the text.
  bytes().map((head) => {
    const malformed = Buffer.concat([head, Buffer.from([0xff])])
    return { type: 'S', value: malformed.toString(), bytes: malformed } as const
  }),
)

/** Values of one type. */
function field<T extends FieldValue['type'], V>(type: T, value: fc.Arbitrary<V>) {
  return value.map((drawn) => ({ type, value: drawn }))
}

const decimal = fc.tuple(uint(8), uint(32)).map(([scale, unscaled]) => ({ scale, unscaled }))

const simpleValue: fc.Arbitrary<FieldValue> = fc.oneof(
  field('t', fc.boolean()),
  field('b', int(8)),
  field('B', uint(8)),
  field('s', int(16)),
  field('u', uint(16)),
  field('I', int(32)),
  field('i', uint(32)),
  field('l', int64),
  field('T', uint64),
  field('f', float),
  field('d', double),
  field('D', decimal),
  longString,
  field('V', fc.constant(null)),
  field('x', bytes()),
)

const { table } = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    simpleValue,
    field('A', fc.array(tie('value'), { maxLength: 5 })),
    field('F', tie('table')),
  ),
  table: fc
    .array(fc.tuple(shortString, tie('value')), { maxLength: 6 })
    .map((entries) => new Map(entries)),
}))

/** Tables of all types, nested a few levels deep. */
export const fieldTable: fc.Arbitrary<FieldTable> = table

const VALUE_OF_DOMAIN: Record<FieldDomain, fc.Arbitrary<unknown>> = {
  bit: fc.boolean(),
  octet: uint(8),
  short: uint(16),
  long: uint(32),
  longlong: fc.maxSafeNat(),
  timestamp: uint64,
  shortstr: shortString,
  longstr: bytes(),
  table: fieldTable,
}

/** Methods of one kind, whose fields have any values. */
export function methodLike(info: MethodInfo): fc.Arbitrary<Method> {
  const fields = info.fields.map(({ name, domain }) => [name, VALUE_OF_DOMAIN[domain]] as const)
  const shape = { id: fc.constant(info.id), ...Object.fromEntries(fields) }
  return fc.record(shape, { noNullPrototype: true }) as fc.Arbitrary<Method>
}

/** Methods of any kind. */
export const method: fc.Arbitrary<Method> = fc.oneof(...Array.from(METHODS.values(), methodLike))

/** Properties, any of which may be absent. */
export const properties: fc.Arbitrary<BasicProperties> = fc.record(
  {
    contentType: shortString,
    contentEncoding: shortString,
    headers: fieldTable,
    deliveryMode: uint(8),
    priority: uint(8),
    correlationId: shortString,
    replyTo: shortString,
    expiration: shortString,
    messageId: shortString,
    timestamp: uint64,
    type: shortString,
    userId: shortString,
    appId: shortString,
    clusterId: shortString,
  },
  { requiredKeys: [], noNullPrototype: true },
)
