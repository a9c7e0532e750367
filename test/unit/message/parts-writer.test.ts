import { encodeBodyFrames, encodeContentHeaderFrame } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { type FrameRun, Message } from '../../../src/message/message.ts'
import { copiedBytes, PartsWriter } from '../../../src/message/parts-writer.ts'
import { storedBytes } from '../../../src/message/stored-message.ts'
import { addressOf, sampleMessage } from '../../support/sample-message.ts'

const COPY_LIMIT = 8 * 1024

/** A message whose body was read in pieces of these sizes, and then cut to frames. */
function messageInPieces(sizes: readonly number[], frameMax = 0): Message {
  const bodySize = sizes.reduce((sum, size) => sum + size, 0)
  const header = encodeContentHeaderFrame(1, bodySize, {})
  const runs = sizes.map((size): FrameRun => {
    const frames = Buffer.concat([
      Buffer.from('??'),
      encodeBodyFrames(1, Buffer.alloc(size, 'b'), frameMax),
    ])
    return { buffer: frames, start: 2, end: frames.length }
  })
  return new Message(addressOf('', 'q'), header, 0, header.length, runs)
}

/** Which parts stand where the message has them. */
function sharedWith(message: Message, parts: readonly Buffer[]): boolean[] {
  const memory = [message, ...message.rest].map(({ buffer }) => buffer.buffer)
  return parts.map(({ buffer }) => memory.includes(buffer))
}

describe('a writer of parts', () => {
  it('writes numbers big-endian', () => {
    const writer = new PartsWriter()
    writer.begin(Buffer.alloc(100))
    for (const value of [0, 0x80, 0xff]) writer.uint8(value)
    for (const value of [0, 0x0102_0304, 0xffff_fffe]) writer.uint32(value)
    for (const value of [0, 0x0102_0304_0506, 0xffff_ffff, 2 ** 48 - 2]) writer.uint48(value)
    const expected = Buffer.from(
      '0080ff 00000000 01020304 fffffffe 000000000000 010203040506 0000ffffffff fffffffffffe'
        .split(' ')
        .join(''),
      'hex',
    )
    expect(writer.take()).toEqual([expected])
  })

  it('puts small things into one part, and says how much room is left', () => {
    const writer = new PartsWriter()
    const message = sampleMessage('hello')
    writer.begin(Buffer.alloc(1000))
    writer.uint8(1)
    writer.message(message)
    writer.message(message)
    expect(writer.room).toBe(1000 - 1 - 2 * storedBytes(message))
    const [part, ...others] = writer.take()
    expect(others).toEqual([])
    expect(part!.length).toBe(1 + 2 * storedBytes(message))
  })

  it('gives what was written since it was asked the last time', () => {
    const writer = new PartsWriter()
    writer.begin(Buffer.alloc(10))
    expect(writer.take()).toEqual([])
    writer.uint8(1)
    const first = writer.take()
    writer.uint8(2)
    expect([first, writer.take()]).toEqual([[Buffer.of(1)], [Buffer.of(2)]])
    expect(writer.take()).toEqual([])
  })

  it('begins anew in other memory', () => {
    const writer = new PartsWriter()
    const memories = [Buffer.alloc(4), Buffer.alloc(4)]
    for (const [n, memory] of memories.entries()) {
      writer.begin(memory)
      writer.uint32(n)
      writer.take()
    }
    writer.end()
    expect(writer.room).toBe(0)
    expect(memories).toEqual([Buffer.of(0, 0, 0, 0), Buffer.of(0, 0, 0, 1)])
  })
})

describe('what is copied of a message', () => {
  const frames = { 'in one frame': 0, 'in frames of 4096 octets': 4096 }
  const sizes = [0, 1, 90, 100, COPY_LIMIT - 200, COPY_LIMIT, COPY_LIMIT + 1, 3 * COPY_LIMIT]

  it.each(Object.entries(frames))('is as much as was said before, %s', (_name, frameMax) => {
    for (const size of sizes) {
      const message = sampleMessage(Buffer.alloc(size, 'b'), { frameMax })
      const memory = Buffer.alloc(copiedBytes(message))
      const writer = new PartsWriter()
      writer.begin(memory)
      writer.message(message)
      expect(writer.room, `${size} bytes`).toBe(0)
      const whole = Buffer.concat(writer.take())
      expect(whole.length, `${size} bytes`).toBe(storedBytes(message))
    }
  })

  it('is all of it when its pieces are small', () => {
    for (const message of [
      sampleMessage(Buffer.alloc(COPY_LIMIT - 100)),
      sampleMessage(Buffer.alloc(5 * COPY_LIMIT), { frameMax: 4096 }),
      messageInPieces([10, 1000, 5000], 0),
    ]) {
      expect(copiedBytes(message)).toBe(storedBytes(message))
      const writer = new PartsWriter()
      writer.begin(Buffer.alloc(copiedBytes(message)))
      writer.message(message)
      expect(sharedWith(message, writer.take())).toEqual([false])
    }
  })

  it('is not its content when that is one large piece', () => {
    const message = sampleMessage(Buffer.alloc(COPY_LIMIT + 1), { chunkBytes: 64 * 1024 })
    const writer = new PartsWriter()
    writer.begin(Buffer.alloc(100))
    writer.message(message)
    writer.uint8(7)
    const parts = writer.take()
    expect(sharedWith(message, parts)).toEqual([false, true, false])
    expect(parts[1]).toEqual(message.buffer.subarray(message.start, message.end))
    expect(parts[2]).toEqual(Buffer.of(7))
  })

  it('is what stands around the large pieces of its body', () => {
    const message = messageInPieces([COPY_LIMIT + 1, 50, COPY_LIMIT * 2])
    const writer = new PartsWriter()
    writer.begin(Buffer.alloc(copiedBytes(message)))
    writer.message(message)
    const parts = writer.take()
    expect(sharedWith(message, parts)).toEqual([false, true, false, true, false])
    expect(parts.map(({ length }) => length).slice(1, 4)).toEqual([
      COPY_LIMIT + 1,
      50,
      COPY_LIMIT * 2,
    ])
    expect(writer.room).toBe(0)
  })
})
