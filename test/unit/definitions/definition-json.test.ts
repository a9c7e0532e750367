import { encodeFieldTable, type FieldTable, type FieldValue } from 'amqp-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueueDefinition, UserDefinition } from '../../../src/definitions/definition.ts'
import { decodeDefinition, encodeDefinition } from '../../../src/definitions/definition-json.ts'
import { definition } from './arbitrary-definitions.ts'

const queueWith = (table: FieldTable): QueueDefinition => ({
  kind: 'queue',
  vhost: '/',
  name: 'orders',
  autoDelete: false,
  arguments: table,
  id: 7,
})

const USER: UserDefinition = {
  kind: 'user',
  name: 'app',
  passwordHash: 'AAAA',
  tags: [],
  limits: new Map(),
}

const encoded = (table: FieldTable): string => encodeFieldTable(table).toString('base64')

describe('a definition', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(definition, (original) => {
        const read = decodeDefinition(original.kind, encodeDefinition(original))
        expect(read).toStrictEqual(original)
        if (!('arguments' in original)) return
        // Maps are equal in any order, and -0 and 0 are the same to some.
        expect(encoded((read as typeof original).arguments)).toBe(encoded(original.arguments))
      }),
      { numRuns: 1000 },
    )
  })

  it('is JSON that any program can read', () => {
    fc.assert(
      fc.property(definition, (original) => {
        expect(JSON.parse(encodeDefinition(original))).toBeTypeOf('object')
      }),
    )
  })
})

describe('a stored value', () => {
  it('has the fields that the definitions of RabbitMQ have, and our own', () => {
    const table: FieldTable = new Map([['x-message-ttl', { type: 'I', value: 60000 }]])
    expect(JSON.parse(encodeDefinition(queueWith(table)))).toEqual({
      name: 'orders',
      vhost: '/',
      type: 'classic',
      durable: true,
      auto_delete: false,
      arguments: { 'x-message-ttl': 60000 },
      arguments_encoded: encoded(table),
      id: 7,
    })
    expect(
      JSON.parse(
        encodeDefinition({
          kind: 'exchange',
          vhost: '/',
          name: 'e',
          type: 'topic',
          autoDelete: true,
          internal: false,
          arguments: new Map(),
        }),
      ),
    ).toEqual({
      name: 'e',
      vhost: '/',
      type: 'topic',
      durable: true,
      auto_delete: true,
      internal: false,
      arguments: {},
      arguments_encoded: encoded(new Map()),
    })
    expect(
      JSON.parse(
        encodeDefinition({
          kind: 'binding',
          vhost: '/',
          source: 'e',
          destinationKind: 'queue',
          destination: 'orders',
          routingKey: 'order.#',
          arguments: new Map(),
        }),
      ),
    ).toEqual({
      source: 'e',
      vhost: '/',
      destination: 'orders',
      destination_type: 'queue',
      routing_key: 'order.#',
      arguments: {},
      arguments_encoded: encoded(new Map()),
    })
    const user = { ...USER, tags: ['monitoring'], limits: new Map([['max-channels', 3]]) }
    expect(JSON.parse(encodeDefinition(user))).toEqual({
      name: 'app',
      password_hash: 'AAAA',
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: ['monitoring'],
      limits: { 'max-channels': 3 },
    })
    expect(
      JSON.parse(
        encodeDefinition({
          kind: 'policy',
          vhost: '/',
          name: 'short-lived',
          pattern: '^tmp\\.',
          applyTo: 'queues',
          priority: 5,
          definition: new Map([['message-ttl', 1000]]),
        }),
      ),
    ).toEqual({
      vhost: '/',
      name: 'short-lived',
      pattern: '^tmp\\.',
      'apply-to': 'queues',
      definition: { 'message-ttl': 1000 },
      priority: 5,
    })
  })

  it('names the type that a queue was asked for as', () => {
    const table: FieldTable = new Map([['x-queue-type', { type: 'S', value: 'quorum' }]])
    expect(JSON.parse(encodeDefinition(queueWith(table)))).toMatchObject({ type: 'quorum' })
  })

  // As RabbitMQ 3.10 exported these arguments.
  it.each<[FieldValue, string]>([
    [{ type: 'b', value: -1 }, '-1'],
    [{ type: 'i', value: 4000000000 }, '4000000000'],
    [{ type: 'l', value: 9007199254740993n }, '9007199254740993'],
    [{ type: 'd', value: 0.1 }, '0.1'],
    [{ type: 'd', value: 1 }, '1.0'],
    [{ type: 'T', value: 1700000000n }, '1700000000'],
    [{ type: 'D', value: { scale: 2, unscaled: 314 } }, '2.314'],
    [{ type: 't', value: true }, 'true'],
    [{ type: 'V', value: null }, '"undefined"'],
    [{ type: 'S', value: 'é' }, '"é"'],
    [{ type: 'x', value: Buffer.from([1, 2, 255]) }, '"Not UTF-8, base64 is: AQL/"'],
    [{ type: 'A', value: [{ type: 'I', value: 1 }] }, '[1]'],
    [{ type: 'F', value: new Map([['z', { type: 'I', value: 1 }]]) }, '{"z":1}'],
  ])('prints %o as RabbitMQ does', (value, printed) => {
    const text = encodeDefinition(queueWith(new Map([['k', value]])))
    expect(text).toContain(`"arguments":{"k":${printed}},`)
  })

  const queue = encodeDefinition(queueWith(new Map()))

  it.each([
    ['is cut off', queue.slice(0, -1), 'JSON'],
    ['is no object', '7', 'it is no object'],
    ['is nothing', 'null', 'it is no object'],
    ['lacks a field', queue.replace('"name"', '"nom"'), 'its name is not a text'],
    ['has a field of another type', queue.replace('"/"', '1'), 'its vhost is not a text'],
    ['has an id that cannot be', queue.replace(':7', ':0'), 'its id is not a whole number'],
    ['has arguments that are none', queue.replace('AAAAAA==', 'AAAAAQ=='), 'bytes'],
  ])('is refused when it %s', (_what, text, message) => {
    expect(() => decodeDefinition('queue', text)).toThrow(message)
  })

  it('is refused when it is hashed in a way that we cannot check', () => {
    const text = encodeDefinition(USER).replace('sha256', 'md5')
    expect(() => decodeDefinition('user', text)).toThrow('its hashing_algorithm is not')
  })
})
