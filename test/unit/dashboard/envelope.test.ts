import { describe, expect, it } from 'vitest'
import { envelopeOf, publicationIn } from '../../../src/dashboard/board/envelope.ts'
import type { ShownMessage } from '../../../src/dashboard/board/shown-message.ts'

function message(fields: Partial<ShownMessage> = {}): ShownMessage {
  return {
    id: '0-0',
    state: 'ready',
    payload_bytes: 2,
    redelivered: false,
    exchange: 'x',
    routing_key: 'k',
    properties: {},
    payload: 'hi',
    payload_encoding: 'string',
    truncated: false,
    ...fields,
  }
}

const payloadOf = (payload: string): unknown =>
  (envelopeOf(message({ payload })) as { payload: unknown }).payload

describe('a message is shown', () => {
  it('with its body, properties and headers', () => {
    const properties = { content_type: 'text/plain', headers: { a: 1 } }
    expect(envelopeOf(message({ properties }))).toEqual({
      payload: 'hi',
      payload_encoding: 'string',
      exchange: 'x',
      properties: { content_type: 'text/plain' },
      headers: { a: 1 },
    })
  })

  it.each([
    ['{"a": [1, "two words", null]}', { a: [1, 'two words', null] }],
    ['[]', []],
    [' {"a":1}\n', { a: 1 }],
  ])('as JSON where its body is: %s', (payload, shown) => {
    expect(envelopeOf(message({ payload }))).toMatchObject({
      payload: shown,
      payload_encoding: 'json',
    })
  })

  it.each([
    '{"id":12345678901234567890}',
    '{"a":1,"a":2}',
    '{"price":1.10}',
    '{"a":"\\u0061"}',
    '{"a":',
    '17',
    '"text"',
    '[object Object]',
  ])('as text where JavaScript would show other JSON than was sent: %s', (payload) => {
    expect(payloadOf(payload)).toBe(payload)
  })

  it('as JSON with members that are named like those of every object', () => {
    const payload = '{"__proto__":{"a":1},"constructor":2}'
    expect(JSON.stringify(payloadOf(payload))).toBe(payload)
  })

  it('as base64 where it is no text', () => {
    const shown = envelopeOf(message({ payload: '/w==', payload_encoding: 'base64' }))
    expect(shown).toMatchObject({ payload: '/w==', payload_encoding: 'base64' })
  })

  it('with a mark where it was cut, never as JSON', () => {
    const shown = envelopeOf(message({ payload: '{}', payload_bytes: 99, truncated: true }))
    expect(shown).toMatchObject({ payload: '{}', truncated: 'this is not all of its 99 octets' })
  })
})

describe('what is to be published', () => {
  const publication = (data: unknown, name = '__default__', options = {}) =>
    publicationIn('q', name, data, options)

  it('goes straight into the queue unless an exchange is named', () => {
    expect(publication({ payload: 'hi' })).toEqual({
      exchange: '',
      routingKey: 'q',
      payload: 'hi',
      payload_encoding: 'string',
      properties: { headers: {} },
    })
    expect(publication({ payload: 'hi', exchange: 'x' })).toMatchObject({
      exchange: 'x',
      routingKey: '',
    })
    expect(publication({ payload: 'hi', exchange: 'x' }, 'k')).toMatchObject({ routingKey: 'k' })
    expect(publication({ payload: 'hi' }, 'other')).toMatchObject({
      exchange: '',
      routingKey: 'other',
    })
  })

  it('is JSON where it is no text, and says so', () => {
    expect(publication({ payload: { a: 1 } })).toMatchObject({
      payload: '{"a":1}',
      payload_encoding: 'string',
      properties: { content_type: 'application/json' },
    })
    const typed = { payload: [1], properties: { content_type: 'x/y' } }
    expect(publication(typed)).toMatchObject({ properties: { content_type: 'x/y' } })
    expect(publication({ payload: 'a', payload_encoding: 'json' })).toMatchObject({
      payload: '"a"',
    })
  })

  it('may be octets, with properties, headers and a priority', () => {
    const data = {
      payload: '/w==',
      payload_encoding: 'base64',
      properties: { delivery_mode: 2 },
      headers: { a: 1 },
    }
    expect(publication(data, 'q', { priority: 3 })).toMatchObject({
      payload: '/w==',
      payload_encoding: 'base64',
      properties: { delivery_mode: 2, priority: 3, headers: { a: 1 } },
    })
  })

  it('may be delayed where it goes straight into the queue', () => {
    expect(publication({ payload: 'x' }, 'q', { delay: 5 })).toMatchObject({ delayMs: 5 })
    expect(publication({ payload: 'x' }, 'q', { delay: 0 })).not.toHaveProperty('delayMs')
    const refused = 'Only what goes straight into this queue can be delayed'
    expect(() => publication({ payload: 'x', exchange: 'x' }, 'q', { delay: 5 })).toThrow(refused)
    expect(() => publication({ payload: 'x' }, 'other', { delay: 5 })).toThrow(refused)
  })

  it('is the same again that was shown', () => {
    const properties = { type: 't', headers: { a: [1] } }
    for (const [payload, payload_encoding] of [
      ['{"a":1}', 'string'],
      ['text', 'string'],
      ['/w==', 'base64'],
    ] as const) {
      const shown = message({ payload, payload_encoding, properties, exchange: '' })
      const again = publicationIn('q', shown.routing_key, envelopeOf(shown), {})
      expect(again).toMatchObject({ payload, payload_encoding, routingKey: 'k' })
      expect(again.properties).toMatchObject(properties)
    }
  })

  it.each([
    [{ payload: 'x', truncated: '…' }, /Only the beginning/],
    ['x', 'The message should be an object'],
    [[], 'The message should be an object'],
    [{}, 'payload is missing'],
    [{ payload: 1, payload_encoding: 'string' }, 'payload should be a string'],
    [{ payload: 'x', payload_encoding: 'rot13' }, /payload_encoding should be/],
    [{ payload: 'x', exchange: 1 }, 'exchange should be a string'],
    [{ payload: 'x', headers: [] }, 'headers should be an object'],
    [{ payload: 'x', properties: 'y' }, 'properties should be an object'],
  ])('is refused when it is %j', (data, reason) => {
    expect(() => publication(data)).toThrow(reason)
  })
})
