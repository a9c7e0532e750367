import { type BasicProperties, decodeProperties, fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { ByteArena } from '../../../src/message/byte-arena.ts'
import type { Message } from '../../../src/message/message.ts'
import { withOffset } from '../../../src/stream/with-offset.ts'
import { bodyOf, type Sample, sampleMessage } from '../../support/sample-message.ts'

const OFFSET = 0x1_2345_6789
const propertiesOf = ({ buffer, headerStart, headerEnd }: Message): BasicProperties =>
  decodeProperties(buffer, headerStart, headerEnd)

function check(body: string, sample: Sample): void {
  const original = sampleMessage(body, sample)
  const before = Buffer.from(original.buffer)
  const sent = withOffset(original, OFFSET, new ByteArena())
  const { headers, ...rest } = propertiesOf(sent)
  const { headers: given, ...given_ } = propertiesOf(original)
  const value = { type: 'l', value: BigInt(OFFSET) }
  expect(rest).toEqual(given_)
  expect(Object.fromEntries(headers ?? [])).toEqual(
    Object.fromEntries([...(given ?? []), ['x-stream-offset', value]]),
  )
  expect([...(headers ?? [])].length).toBe(headers?.size)
  expect(bodyOf(sent).toString()).toBe(body)
  expect(sent.address).toBe(original.address)
  // Others have it too.
  expect(original.buffer.equals(before)).toBe(true)
}

describe('a message with its offset', () => {
  const tables: Record<string, unknown>[] = [
    {},
    { a: 1, b: 'two' },
    { 'x-stream-offset': 'mine' },
    { a: 1, 'x-stream-offset': 7, b: { 'x-stream-offset': 8 } },
    { 'x-stream-filter': 'no offset', nested: { 'x-stream-offset': 1 } },
  ]
  const properties: BasicProperties[] = [
    {},
    { deliveryMode: 2 },
    { contentType: 'text/plain', contentEncoding: 'gzip', priority: 3, clusterId: 'c' },
    ...tables.map((table) => ({ headers: fieldTableFromObject(table) })),
    { contentEncoding: 'x', headers: fieldTableFromObject({ z: true }), messageId: 'id' },
  ]
  it.each(properties)('has otherwise the same properties: %o', (given) => {
    check('body', { properties: given })
    check('', { properties: given })
  })

  it.each([
    ['one frame', 0],
    ['many frames', 4096],
  ])('has the same body, however large, in %s', (_, frameMax) => {
    for (const size of [1, 100, 8000, 9000, 100_000]) check('b'.repeat(size), { frameMax })
  })

  it('stands beside others in the same memory', () => {
    const arena = new ByteArena()
    const bodies = Array.from({ length: 500 }, (_, index) => `body ${index}`)
    const sent = bodies.map((body, index) => withOffset(sampleMessage(body), index, arena))
    expect(sent.map((message) => bodyOf(message).toString())).toEqual(bodies)
    const offsets = sent.map(({ headers }) => headers?.get('x-stream-offset')?.value)
    expect(offsets).toEqual(bodies.map((_, index) => BigInt(index)))
    expect(new Set(sent.map(({ buffer }) => buffer.buffer)).size).toBeLessThan(10)
  })
})
