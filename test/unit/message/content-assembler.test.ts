import { contentHeaderBodySize, encodeBodyFrames, encodeContentHeaderFrame } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { ContentAssembler } from '../../../src/message/content-assembler.ts'
import type { Message } from '../../../src/message/message.ts'
import { addressOf, bodyOf } from '../../support/sample-message.ts'

const ADDRESS = addressOf('', 'q')

/** Each buffer holds whole frames, as many as it likes; the first begins with the header's. */
function assemble(...buffers: Buffer[]): Message {
  const assembler = new ContentAssembler()
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; ) {
      const start = at + 7
      const end = start + buffer.readUInt32BE(at + 3)
      if (buffer[at] === 2)
        assembler.begin(buffer, start, end, contentHeaderBodySize(buffer, start))
      else assembler.body(buffer, start, end)
      at = end + 1
    }
  }
  expect(assembler.remaining).toBe(0)
  return assembler.finish(ADDRESS)
}

const header = (bodySize: number) => encodeContentHeaderFrame(1, bodySize, {})
const body = (content: string | Buffer) => encodeBodyFrames(1, Buffer.from(content), 0)

describe('the content assembler', () => {
  it('leaves frames where they are that stand together', () => {
    const chunk = Buffer.concat([header(10), body('hello'), body('world')])
    const message = assemble(chunk)
    expect(message.buffer).toBe(chunk)
    expect([message.start, message.end]).toEqual([0, chunk.length])
    expect(message.rest.length).toBe(0)
  })

  it('puts a small content together that came in several chunks', () => {
    const message = assemble(header(10), body('hello'), body('world'))
    expect(message.rest.length).toBe(0)
    expect(bodyOf(message).toString()).toBe('helloworld')
  })

  it('does not take a frame for the next one because it stands at the same place of another chunk', () => {
    const first = header(3)
    const padded = Buffer.concat([Buffer.alloc(first.length), body('abc')])
    const assembler = new ContentAssembler()
    assembler.begin(first, 7, first.length - 1, 3)
    assembler.body(padded, first.length + 7, first.length + 10)
    expect(bodyOf(assembler.finish(ADDRESS)).toString()).toBe('abc')
  })

  it('keeps few pieces of a body that came byte by byte', () => {
    const content = Buffer.alloc(5000, 'abcdefg')
    const frames = [...content].map((byte) => body(Buffer.of(byte)))
    const message = assemble(header(content.length), ...frames)
    expect(message.rest.length).toBeLessThan(64)
    expect(bodyOf(message).equals(content)).toBe(true)
  })

  it('keeps nothing of empty frames', () => {
    const empty = Buffer.from([3, 0, 1, 0, 0, 0, 0, 0xce])
    const many = Array.from({ length: 1000 }, () => empty)
    const content = Buffer.alloc(20_000, 'x')
    const message = assemble(header(content.length), ...many, body(content))
    expect(message.rest.length).toBe(1)
  })

  it('refuses more than the header announced', () => {
    const assembler = new ContentAssembler()
    const frame = header(4)
    assembler.begin(frame, 7, frame.length - 1, 4)
    const tooLong = body('hello')
    expect(() => assembler.body(tooLong, 7, tooLong.length - 1)).toThrow(
      'FRAME_ERROR - content body frame exceeds remaining content size',
    )
  })
})
