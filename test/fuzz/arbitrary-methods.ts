// Methods as fast-check generators, derived from the codec's table of methods: any that can be encoded,
// and those that a client might well send.

import {
  type BasicProperties,
  type FieldDomain,
  type FieldTable,
  type FieldValue,
  METHODS,
  type Method,
  type MethodInfo,
} from 'amqp-codec'
import fc, { type Arbitrary } from 'fast-check'

type Fields = Record<string, Arbitrary<unknown>>

const ALL = [...METHODS.values()]

/** Arguments and headers that mean something to a broker. */
const ARGUMENTS = [
  'x-message-ttl',
  'x-max-length',
  'x-max-priority',
  'x-expires',
  'x-match',
  'x-priority',
  'alternate-exchange',
  'CC',
  'BCC',
]

export const octets: Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 64 })
  .map((array) => Buffer.from(array))
const text = fc.string({ unit: 'binary', maxLength: 60 })

function field<Type extends FieldValue['type'], Value>(type: Type, value: Arbitrary<Value>) {
  return fc.record({ type: fc.constant(type), value })
}

const anyTable = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    field('t', fc.boolean()),
    field('b', fc.integer({ min: -128, max: 127 })),
    field('s', fc.integer({ min: -32_768, max: 32_767 })),
    field('I', fc.integer()),
    field('l', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    field('d', fc.double({ noNaN: true, noDefaultInfinity: true })),
    field('S', text),
    field('x', octets),
    field('T', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    field('V', fc.constant(null)),
    field('A', fc.array(tie('value'), { maxLength: 4 })),
    field('F', tie('table')),
  ),
  table: fc
    .array(
      fc.tuple(fc.oneof(fc.constantFrom(...ARGUMENTS), fc.string({ maxLength: 10 })), tie('value')),
      { maxLength: 5 },
    )
    .map((entries) => new Map(entries)),
})).table

const BY_DOMAIN: Record<FieldDomain, Arbitrary<unknown>> = {
  bit: fc.boolean(),
  octet: fc.nat(0xff),
  short: fc.nat(0xffff),
  long: fc.nat(0xffff_ffff),
  longlong: fc.maxSafeNat(),
  timestamp: fc.maxSafeNat(),
  shortstr: text,
  longstr: octets,
  table: anyTable,
}

/** The first value nearly always, the second now and then. */
function mostly<Value>(
  usual: Arbitrary<Value>,
  rare: Arbitrary<Value>,
  weight = 8,
): Arbitrary<Value> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare })
}

const seldom = mostly(fc.constant(false), fc.constant(true))
const table = mostly(fc.constant<FieldTable>(new Map()), anyTable, 4)
const exchange = fc.constantFrom(
  '',
  'fuzz.one',
  'fuzz.two',
  'amq.topic',
  'amq.headers',
  'amq.fanout',
)

/** Values that meet each other and that brokers accept, so that not everything fails at once. */
const LIKELY: Fields = {
  arguments: table,
  queue: mostly(fc.constantFrom('fuzz.a', 'fuzz.b', 'fuzz.c', ''), fc.constant('fuzz.none')),
  exchange,
  source: exchange,
  destination: exchange,
  type: fc.constantFrom('direct', 'fanout', 'topic', 'headers'),
  routingKey: fc.constantFrom('', 'fuzz.a', 'fuzz.b', 'fuzz.#', '*.b', '#'),
  consumerTag: mostly(fc.constant(''), fc.constantFrom('one', 'two')),
  deliveryTag: fc.nat(4),
  prefetchSize: fc.constant(0),
  prefetchCount: fc.nat(3),
  requeue: fc.constant(true),
  immediate: fc.constant(false),
  active: fc.constant(true),
  passive: seldom,
  durable: seldom,
  exclusive: seldom,
  autoDelete: seldom,
  internal: seldom,
  ifUnused: seldom,
  ifEmpty: seldom,
  nowait: seldom,
}

function methodsOf(infos: MethodInfo[], byName: Fields): Arbitrary<Method> {
  return fc.oneof(
    ...infos.map(({ id, fields }) => {
      const values = fields.map(({ name, domain }) => [name, byName[name] ?? BY_DOMAIN[domain]])
      const record = { id: fc.constant(id), ...Object.fromEntries(values) }
      return fc.record(record) as unknown as Arbitrary<Method>
    }),
  )
}

/** Any method that there is, whoever should send it, with anything in it. */
export const anyMethod: Arbitrary<Method> = methodsOf(ALL, {})

/** What a client asks for on a channel, without what ends the channel. */
export const request: Arbitrary<Method> = methodsOf(
  ALL.filter((info) => info.sentByClient && info.classId > 20 && !info.hasContent),
  LIKELY,
)

export const publish: Arbitrary<Method> = methodsOf(
  ALL.filter((info) => info.name === 'basic.publish'),
  LIKELY,
)

export const properties: Arbitrary<BasicProperties> = fc.record(
  {
    contentType: text,
    headers: table,
    deliveryMode: fc.nat(3),
    priority: fc.nat(0xff),
    expiration: mostly(fc.nat().map(String), fc.constantFrom('', 'x', '-1')),
    timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    userId: mostly(fc.constant('guest'), fc.constant('other')),
    replyTo: text,
  },
  { requiredKeys: [] },
)
