import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import { PAGE_BYTES, Page, pageBytes, readPage } from '../../../src/queue/page.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

const KIB = 1024

/** A page with room for these messages, sealed. */
function pageOf(messages: readonly Message[], sequences = messages.map((_, n) => n)): Page {
  const page = new Page(sequences[0] ?? 0, Buffer.alloc(PAGE_BYTES))
  for (const [index, message] of messages.entries()) {
    expect(page.add(message, sequences[index] as number, 0, false)).toBe(true)
  }
  page.seal()
  return page
}

function contentsOf(page: Page): [sequence: number, message: Message][] {
  const found: [number, Message][] = []
  readPage(Buffer.concat(page.parts), (message, sequence) => found.push([sequence, message]))
  return found
}

function sketch(message: Message): object {
  const { exchange, routingKey } = message.address
  const { persistent, bodySize } = message
  const body = bodyOf(message).toString('latin1')
  return { exchange, routingKey, persistent, bodySize, body }
}

describe('a page', () => {
  it('gives back what was put into it, in its order and with its sequences', () => {
    const messages = [
      sampleMessage('first'),
      sampleMessage('', { exchange: 'e', routingKey: '' }),
      sampleMessage('third', { routingKey: 'k', properties: { deliveryMode: 2 } }),
      sampleMessage('in a chunk', { chunkBytes: 4 * KIB }),
    ]
    const sequences = [7, 8, 2 ** 32 + 1, 2 ** 47 - 1]
    const found = contentsOf(pageOf(messages, sequences))
    expect(found.map(([sequence]) => sequence)).toEqual(sequences)
    expect(found.map(([, message]) => sketch(message))).toEqual(messages.map(sketch))
  })

  it('gives back when messages expire, of those that do', () => {
    const page = new Page(0, Buffer.alloc(PAGE_BYTES))
    const times = [0, 1_795_000_000_000, 0, 1, 2 ** 48 - 1]
    for (const [sequence, time] of times.entries()) {
      expect(page.add(sampleMessage(`${time}`), sequence, time, false)).toBe(true)
    }
    page.seal()
    const found: unknown[] = []
    readPage(Buffer.concat(page.parts), (message, sequence, expiresAt) =>
      found.push([bodyOf(message).toString(), sequence, expiresAt]),
    )
    expect(found).toEqual(times.map((time, sequence) => [`${time}`, sequence, time]))
  })

  it.each([
    ['of one large frame', sampleMessage('x'.repeat(20 * KIB))],
    ['of many small frames', sampleMessage('y'.repeat(20 * KIB), { frameMax: 4 * KIB })],
    [
      'of large frames and a small one',
      sampleMessage('z'.repeat(25 * KIB), { frameMax: 12 * KIB }),
    ],
    ['that is just copied', sampleMessage('c'.repeat(8 * KIB - 50))],
  ])('gives back a body %s, between others', (_, large) => {
    const messages = [sampleMessage('before'), large, sampleMessage('behind')]
    const found = contentsOf(pageOf(messages)).map(([, message]) => message)
    expect(found.map(sketch)).toEqual(messages.map(sketch))
    expect(found[1]?.isOneFrame).toBe(true)
  })

  it('refers to a large body rather than copy it', () => {
    const large = sampleMessage('x'.repeat(20 * KIB))
    const { parts } = pageOf([sampleMessage('before'), large])
    expect(parts.some(({ buffer }) => buffer === large.buffer.buffer)).toBe(true)
  })

  it('says what it keeps in memory: its own, and what it refers to', () => {
    const page = new Page(0, Buffer.alloc(8 * KIB))
    page.add(sampleMessage('small'), 0, 0, false)
    expect(page.bytes).toBe(8 * KIB)
    page.add(sampleMessage('x'.repeat(20 * KIB)), 1, 0, false)
    expect(page.bytes).toBeGreaterThanOrEqual(28 * KIB)
    expect(page.bytes).toBeLessThan(29 * KIB)
    expect(page.copiedBytes).toBeGreaterThan(0)
    expect(page.copiedBytes).toBeLessThan(200)
  })

  it('refuses what there is no room for, and is what it was', () => {
    const page = new Page(5, Buffer.alloc(200))
    expect(page.add(sampleMessage('x'.repeat(80)), 5, 0, false)).toBe(true)
    expect(page.add(sampleMessage('y'.repeat(80)), 6, 0, false)).toBe(false)
    page.seal()
    expect([page.from, page.count, page.bytes]).toEqual([5, 1, 200])
    expect(contentsOf(page).map(([sequence]) => sequence)).toEqual([5])
  })

  it('refers to no more than it could copy, unless one message is larger', () => {
    const page = new Page(0, Buffer.alloc(PAGE_BYTES))
    const message = (kib: number) => sampleMessage('x'.repeat(kib * KIB))
    expect(page.add(message(1000), 0, 0, false)).toBe(true)
    expect(page.add(message(9), 1, 0, false)).toBe(false)
    expect(page.add(sampleMessage('small'), 1, 0, false)).toBe(true)

    const other = new Page(0, Buffer.alloc(8 * KIB))
    let sequence = 0
    while (other.add(message(10), sequence, 0, false)) sequence++
    expect(other.bytes).toBeGreaterThan(PAGE_BYTES - 10 * KIB)
    expect(other.bytes).toBeLessThan(PAGE_BYTES + 10 * KIB)
  })
})

describe('the size of a page', () => {
  const small = sampleMessage('small')

  it('grows from page to page, up to a limit', () => {
    const sizes = [pageBytes(small, 0, 0)]
    while (sizes.length < 4) sizes.push(pageBytes(small, 0, sizes.at(-1) as number))
    expect(sizes).toEqual([2 * KIB, 16 * KIB, PAGE_BYTES, PAGE_BYTES])
  })

  it('is enough for what is copied of a message, however large', () => {
    const headers = new Map(
      Array.from({ length: 300 }, (_, n) => [
        `h${n}`,
        { type: 'S' as const, value: 'v'.repeat(1000) },
      ]),
    )
    for (const body of ['', 'x'.repeat(100 * KIB)]) {
      for (const frameMax of [4 * KIB, 0]) {
        const message = sampleMessage(body, { properties: { headers }, frameMax })
        const page = new Page(0, Buffer.alloc(pageBytes(message, 0, 0)))
        expect(page.add(message, 0, 0, false)).toBe(true)
        page.seal()
        expect(contentsOf(page).map(([, found]) => sketch(found))).toEqual([sketch(message)])
      }
    }
  })
})
