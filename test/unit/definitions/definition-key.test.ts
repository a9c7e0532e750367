import type { FieldValue } from 'amqp-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BindingDefinition } from '../../../src/definitions/definition.ts'
import { definitionKey, kindOfKey } from '../../../src/definitions/definition-key.ts'
import { MAX_KEY_BYTES } from '../../../src/store/metadata.ts'
import { definition } from './arbitrary-definitions.ts'

const binding = (fields: Partial<BindingDefinition>): BindingDefinition => ({
  kind: 'binding',
  vhost: '/',
  source: 'e',
  destinationKind: 'queue',
  destination: 'q',
  routingKey: 'k',
  arguments: new Map(),
  ...fields,
})

const NAMES = [
  'kind',
  'vhost',
  'name',
  'user',
  'source',
  'destinationKind',
  'destination',
  'component',
  'exchange',
  'sourceId',
  'destinationId',
]

/** As much of a definition as makes it another one; without arguments. */
const identity = (of: object): string => JSON.stringify(of, [...NAMES, 'routingKey'])

describe('the key of a definition', () => {
  it('is as short as the names allow', () => {
    expect(definitionKey({ kind: 'queue', vhost: '/', name: 'orders' })).toBe('queue 1:/6:orders')
    expect(definitionKey(binding({}))).toBe('binding 1:/1:e5:queue1:q1:k0:')
    expect(definitionKey(binding({ sourceId: 7, destinationId: 12 }))).toBe(
      'binding 1:/1:e5:queue1:q1:k0:1:72:12',
    )
    expect(definitionKey(binding({ destinationId: 12 }))).toBe(
      'binding 1:/1:e5:queue1:q1:k0:0:2:12',
    )
  })

  it('tells apart whatever has other names', () => {
    fc.assert(
      fc.property(definition, definition, (a, b) => {
        // Of bindings with arguments the next test tells more.
        fc.pre(![a, b].some((one) => one.kind === 'binding' && one.arguments.size > 0))
        expect(definitionKey(a) === definitionKey(b)).toBe(identity(a) === identity(b))
      }),
      { numRuns: 2000 },
    )
  })

  it('tells apart bindings by their arguments, in whatever order these are', () => {
    const a: [string, FieldValue] = ['a', { type: 'I', value: 1 }]
    const b: [string, FieldValue] = ['b', { type: 'I', value: 2 }]
    const keyWith = (...fields: [string, FieldValue][]) =>
      definitionKey(binding({ arguments: new Map(fields) }))
    expect(keyWith(a, b)).toBe(keyWith(b, a))
    expect(new Set([keyWith(), keyWith(a), keyWith(b), keyWith(a, b)]).size).toBe(4)
    expect(keyWith(['a', { type: 'l', value: 1n }])).not.toBe(keyWith(a))
  })

  it('fits into a store, however long the names are', () => {
    const longest = binding({
      vhost: `${'é'.repeat(127)}v`,
      source: 's'.repeat(255),
      destinationKind: 'exchange',
      destination: 'd'.repeat(255),
      routingKey: 'k'.repeat(255),
      arguments: new Map([['a', { type: 'S', value: 'x'.repeat(10_000) }]]),
      sourceId: 2 ** 48,
      destinationId: 2 ** 48,
    })
    expect(Buffer.byteLength(definitionKey(longest))).toBeLessThanOrEqual(MAX_KEY_BYTES)
  })

  it('says what kind it is of', () => {
    fc.assert(
      fc.property(definition, (one) => {
        expect(kindOfKey(definitionKey(one))).toBe(one.kind)
      }),
    )
    expect(kindOfKey('shovel 1:/1:p')).toBeUndefined()
    expect(kindOfKey('')).toBeUndefined()
  })
})
