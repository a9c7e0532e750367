// What is kept of a message outside memory, and what is not taken for one.

import { encodeBodyFrames, encodeContentHeaderFrame } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { type FrameRun, Message } from '../../../src/message/message.ts'
import { copiedBytes, PartsWriter } from '../../../src/message/parts-writer.ts'
import {
  StoredMessageReader,
  storedBytes,
  storedMessageEnd,
} from '../../../src/message/stored-message.ts'
import { addressOf, bodyOf, sampleMessage } from '../../support/sample-message.ts'

function written(...messages: readonly Message[]): Buffer {
  const writer = new PartsWriter()
  writer.begin(Buffer.alloc(messages.reduce((sum, message) => sum + copiedBytes(message), 0)))
  for (const message of messages) writer.message(message)
  return Buffer.concat(writer.take())
}

function read(bytes: Buffer, reader: StoredMessageReader = new StoredMessageReader()): Message[] {
  const messages: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = storedMessageEnd(bytes, at)
    messages.push(reader.read(bytes, at, end))
    at = end
  }
  return messages
}

function again(message: Message): Message {
  const bytes = written(message)
  expect(bytes.length).toBe(storedBytes(message))
  expect(storedMessageEnd(bytes, 0)).toBe(bytes.length)
  return read(bytes)[0]!
}

function pattern(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251))
}

const properties = { deliveryMode: 2, contentType: 'text/plain', messageId: 'ü' }

describe('a stored message', () => {
  it.each([
    ['an empty body', 0, 0],
    ['a small body', 16, 0],
    ['a body of many frames', 20_000, 4096],
    ['a body of frames of one octet', 50, 9],
    ['a body that is too large to be copied', 100_000, 0],
    ['a body of frames that are too large to be copied', 300_000, 131_072],
  ])('comes back with %s', (_what, size, frameMax) => {
    const body = pattern(size)
    const message = sampleMessage(body, { exchange: 'ex', routingKey: 'a.ü', properties, frameMax })
    const found = again(message)
    expect(bodyOf(found).equals(body)).toBe(true)
    expect(found.bodySize).toBe(size)
    expect(found.isOneFrame).toBe(true)
    expect(found.persistent).toBe(true)
    expect(found.address).toMatchObject({ exchange: 'ex', routingKey: 'a.ü' })
    const { buffer, headerStart, headerEnd } = found
    const header = buffer.subarray(headerStart, headerEnd)
    expect(header).toEqual(message.buffer.subarray(message.headerStart, message.headerEnd))
  })

  it.each([1, 5000, 70_000])('comes back whole when it was read in pieces of %d octets', (size) => {
    const bodies = [pattern(size), pattern(size + 1), pattern(3)]
    const header = encodeContentHeaderFrame(1, 2 * size + 4, properties)
    const runs = bodies.map((body): FrameRun => {
      const frames = Buffer.concat([Buffer.from('??'), encodeBodyFrames(1, body, 0)])
      return { buffer: frames, start: 2, end: frames.length }
    })
    const message = new Message(addressOf('', 'q'), header, 0, header.length, runs)
    expect(bodyOf(again(message)).equals(Buffer.concat(bodies))).toBe(true)
  })

  it('can be stored and read again and again', () => {
    const once = again(sampleMessage(pattern(5000), { properties, frameMax: 4096 }))
    const twice = again(once)
    expect(written(twice).equals(written(once))).toBe(true)
  })

  it('stands where it was read, among others', () => {
    const messages = ['a', 'bb', '', 'ccc'].map((body) => sampleMessage(body))
    const bytes = written(...messages)
    const found = read(bytes)
    expect(found.map((message) => bodyOf(message).toString())).toEqual(['a', 'bb', '', 'ccc'])
    for (const { buffer } of found) expect(buffer).toBe(bytes)
  })

  it('has the longest of addresses', () => {
    const [exchange, routingKey] = ['x'.repeat(255), 'ü'.repeat(127)]
    expect(again(sampleMessage('a', { exchange, routingKey })).address).toMatchObject({
      exchange,
      routingKey,
    })
  })

  it('shares its address with that before it, if that is the same', () => {
    const keys = ['a', 'a', 'b', 'ab', 'b', 'b', 'c']
    const reader = new StoredMessageReader()
    const addresses = read(
      written(...keys.map((routingKey) => sampleMessage('x', { routingKey }))),
      reader,
    ).map(({ address }) => address)
    expect(addresses.map(({ routingKey }) => routingKey)).toEqual(keys)
    expect(addresses[1]).toBe(addresses[0])
    expect(addresses[5]).toBe(addresses[4])
    expect(new Set(addresses).size).toBe(5)
    const [next] = read(written(sampleMessage('x', { routingKey: 'c' })), reader)
    expect(next!.address).toBe(addresses[6])
  })

  it('does not keep the memory it was read from by its address alone', () => {
    const bytes = written(sampleMessage('x', { exchange: 'ex', routingKey: 'key' }))
    const [message] = read(bytes)
    const { buffer, start, end } = message!.address
    bytes.fill(0)
    expect(buffer.subarray(start, end).toString('latin1')).toBe('\x02ex\x03key')
  })
})

describe('what is no stored message', () => {
  const message = sampleMessage('some body', { exchange: 'ex', routingKey: 'key' })
  const whole = written(message)

  it('is one that is cut short', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => storedMessageEnd(whole.subarray(0, length), 0)).toThrow(RangeError)
    }
  })

  it('is one whose content is not a header and a body that fit together', () => {
    const header = encodeContentHeaderFrame(1, 9, {})
    const contentAt = whole.indexOf(header)
    // Frame types, frame ends, frame sizes, body size.
    for (const at of [0, 6, 7 + 11, header.length - 1, header.length, header.length + 6]) {
      const bytes = Buffer.from(whole)
      bytes[contentAt + at]! ^= 1
      expect(() => read(bytes), `octet ${at}`).toThrow('malformed content')
    }
  })

  it('is one whose address is not two short strings', () => {
    for (const at of [6, 9]) {
      const bytes = Buffer.from(whole)
      bytes[at]! ^= 1
      expect(() => read(bytes), `octet ${at}`).toThrow('malformed address')
    }
  })

  it('is refused with a RangeError at worst, whichever octet is another', () => {
    for (let at = 0; at < whole.length; at++) {
      for (let change = 1; change < 256; change++) {
        const bytes = Buffer.from(whole)
        bytes[at]! ^= change
        try {
          for (const found of read(bytes)) bodyOf(found)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }
    }
  })
})
