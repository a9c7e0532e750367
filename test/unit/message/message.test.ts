import { describe, expect, it } from 'vitest'
import { ByteArena } from '../../../src/message/byte-arena.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

const CHUNK_BYTES = 64 * 1024

describe('a message that stays', () => {
  it('leaves the chunk that it came in, unchanged', () => {
    const properties = { deliveryMode: 2, contentType: 'text/plain' }
    const message = sampleMessage('hello', { chunkBytes: CHUNK_BYTES, properties })
    const chunk = message.buffer
    const before = Buffer.from(chunk.subarray(message.start, message.end))
    message.settleIn(new ByteArena())
    expect(message.buffer).not.toBe(chunk)
    expect(message.buffer.length).toBeLessThanOrEqual(1024)
    expect(message.buffer.subarray(message.start, message.end).equals(before)).toBe(true)
    expect(message.persistent).toBe(true)
    expect(bodyOf(message).toString()).toBe('hello')
  })

  it('stays in its chunk when it is a good part of it', () => {
    const message = sampleMessage(Buffer.alloc(CHUNK_BYTES / 4), { chunkBytes: CHUNK_BYTES })
    const chunk = message.buffer
    message.settleIn(new ByteArena())
    expect(message.buffer).toBe(chunk)
  })

  it('moves once, however many queues it is in', () => {
    const message = sampleMessage('hello', { chunkBytes: CHUNK_BYTES })
    message.settleIn(new ByteArena())
    const { buffer, start } = message
    message.settleIn(new ByteArena())
    expect(message.buffer).toBe(buffer)
    expect(message.start).toBe(start)
  })

  it('shares memory with those that came to the same queue', () => {
    const arena = new ByteArena()
    const messages = ['a', 'b', 'c'].map((body) => sampleMessage(body, { chunkBytes: CHUNK_BYTES }))
    for (const message of messages) message.settleIn(arena)
    expect(new Set(messages.map(({ buffer }) => buffer)).size).toBe(1)
    expect(messages.map((message) => bodyOf(message).toString())).toEqual(['a', 'b', 'c'])
  })
})

describe('the memory of a queue', () => {
  it('begins small and grows with what comes', () => {
    const arena = new ByteArena()
    const slabs = new Set<Buffer>()
    for (let taken = 0; taken < 300 * 1024; taken += 100) {
      const offset = arena.take(100)
      expect(offset + 100).toBeLessThanOrEqual(arena.slab.length)
      slabs.add(arena.slab)
    }
    const sizes = [...slabs].map(({ length }) => length)
    expect(sizes.slice(0, 5)).toEqual([1024, 4096, 16_384, 65_536, 65_536])
  })

  it('has room for what is larger than its slabs', () => {
    const arena = new ByteArena()
    expect(arena.take(100_000)).toBe(0)
    expect(arena.slab.length).toBe(100_000)
  })

  it('is not the same after it was released', () => {
    const arena = new ByteArena()
    arena.take(10)
    const { slab } = arena
    arena.release()
    expect(arena.take(10)).toBe(0)
    expect(arena.slab).not.toBe(slab)
  })
})
