// What a record keeps of messages, and what is no record.

import { encodeBodyFrames, encodeContentHeaderFrame } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { type FrameRun, Message } from '../../../src/message/message.ts'
import type { BatchContent, QueueRuns } from '../../../src/message-log/batch.ts'
import { LogEntry } from '../../../src/message-log/log-entry.ts'
import { RecordReader, RecordVersionError } from '../../../src/message-log/record-reader.ts'
import { RecordWriter } from '../../../src/message-log/record-writer.ts'
import { SequenceRanges } from '../../../src/message-log/sequence-ranges.ts'
import { addressOf, bodyOf, sampleMessage } from '../../support/sample-message.ts'

type Run = [queueId: number, from: number, count: number]

interface Contents {
  readonly entries: LogEntry[]
  readonly delivered: Run[]
  readonly settled: Run[]
}

function batchOf(batch: Partial<BatchContent>): BatchContent {
  return { entries: [], again: [], runs: [], ...batch }
}

function runsOf(queueId: number, delivered: number[], settled: number[]): QueueRuns {
  const ranges = [delivered, settled].map((sequences) => {
    const found = new SequenceRanges()
    for (const sequence of sequences) found.add(sequence)
    return found
  })
  return { queueId, delivered: ranges[0]!, settled: ranges[1]!, clear() {} }
}

function written(batch: Partial<BatchContent>): Buffer {
  return Buffer.concat(new RecordWriter().write(batchOf(batch)))
}

function read(record: Buffer): Contents {
  const contents: Contents = { entries: [], delivered: [], settled: [] }
  new RecordReader({
    enqueued: (entry) => contents.entries.push(entry),
    delivered: (...run) => contents.delivered.push(run),
    settled: (...run) => contents.settled.push(run),
  }).read(record)
  return contents
}

function again(message: Message): Message {
  return read(written({ entries: [new LogEntry(message, 1, 0, false)] })).entries[0]!.message
}

function pattern(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251))
}

describe('a record', () => {
  const properties = { deliveryMode: 2, contentType: 'text/plain', messageId: 'ü' }

  it.each([
    ['an empty body', 0, 0],
    ['a small body', 16, 0],
    ['a body of many frames', 20_000, 4096],
    ['a body of frames of one octet', 50, 9],
    ['a body that is too large to be copied', 100_000, 0],
    ['a body of frames that are too large to be copied', 300_000, 131_072],
  ])('gives back a message with %s', (_what, size, frameMax) => {
    const body = pattern(size)
    const message = sampleMessage(body, { exchange: 'ex', routingKey: 'a.ü', properties, frameMax })
    const found = again(message)
    expect(bodyOf(found).equals(body)).toBe(true)
    expect(found.isOneFrame).toBe(true)
    expect(found.persistent).toBe(true)
    expect(found.address).toMatchObject({ exchange: 'ex', routingKey: 'a.ü' })
    const { buffer, headerStart, headerEnd } = found
    const header = buffer.subarray(headerStart, headerEnd)
    expect(header).toEqual(message.buffer.subarray(message.headerStart, message.headerEnd))
  })

  it.each([1, 5000, 70_000])('gives back a body that was read in pieces of %d octets', (size) => {
    const bodies = [pattern(size), pattern(size + 1), pattern(3)]
    const bodySize = 2 * size + 4
    const header = encodeContentHeaderFrame(1, bodySize, properties)
    const runs = bodies.map((body): FrameRun => {
      const frames = Buffer.concat([Buffer.from('??'), encodeBodyFrames(1, body, 0)])
      return { buffer: frames, start: 2, end: frames.length }
    })
    const message = new Message(addressOf('', 'q'), header, 0, header.length, runs)
    expect(bodyOf(again(message)).equals(Buffer.concat(bodies))).toBe(true)
  })

  it('has every place of a message, and whether it was delivered there', () => {
    const entry = new LogEntry(sampleMessage('x'), 0xffff_fff0, 2 ** 47, true)
    for (let queue = 1; queue <= 300; queue++) entry.add(queue, queue * 7, queue % 3 === 0)
    const [found] = read(written({ entries: [entry] })).entries
    expect(found).toMatchObject({ queueId: 0xffff_fff0, sequence: 2 ** 47, delivered: true })
    expect(found!.placeCount).toBe(301)
    for (let queue = 1; queue <= 300; queue++) {
      expect(found!.wasDelivered(queue, queue * 7)).toBe(queue % 3 === 0)
      expect(found!.remove(queue, queue * 7)).toBe(true)
    }
  })

  it('has what was delivered and settled as runs, queue by queue', () => {
    const runs = [runsOf(7, [4, 5, 6, 9, 10], []), runsOf(8, [2 ** 40], [3, 2, 1])]
    expect(read(written({ runs }))).toEqual({
      entries: [],
      delivered: [
        [7, 4, 3],
        [7, 9, 2],
        [8, 2 ** 40, 1],
      ],
      settled: [
        [8, 3, 1],
        [8, 2, 1],
        [8, 1, 1],
      ],
    })
  })

  it('shares one address among messages that follow each other', () => {
    const keys = ['a', 'a', 'b']
    const entries = keys.map((routingKey, sequence) => {
      return new LogEntry(sampleMessage('x', { routingKey }), 1, sequence, false)
    })
    const [first, second, third] = read(written({ entries })).entries.map(
      ({ message }) => message.address,
    )
    expect(second).toBe(first)
    expect(third).toMatchObject({ exchange: '', routingKey: 'b' })
  })

  it('refers to large bodies where they are, and copies all else', () => {
    const message = sampleMessage(pattern(50_000))
    const entries = [sampleMessage('x'), message, sampleMessage('y')].map(
      (each, sequence) => new LogEntry(each, 1, sequence, false),
    )
    const parts = new RecordWriter().write(batchOf({ entries }))
    const shared = parts.map(({ buffer }) => buffer === message.buffer.buffer)
    expect(shared).toEqual([false, true, false])
    const bodies = read(Buffer.concat(parts)).entries.map((entry) => bodyOf(entry.message).length)
    expect(bodies).toEqual([1, 50_000, 1])
  })

  it('may be of any size, one after the other', () => {
    const writer = new RecordWriter()
    for (const size of [10, 7000, 40, 8000, 10]) {
      for (const count of [1, 200]) {
        const message = sampleMessage(pattern(size))
        const entries = Array.from({ length: count }, (_, n) => new LogEntry(message, 1, n, false))
        const found = read(Buffer.concat(writer.write(batchOf({ entries })))).entries
        expect(found.map(({ sequence }) => sequence)).toEqual(entries.map((e) => e.sequence))
        expect(bodyOf(found.at(-1)!.message).equals(pattern(size))).toBe(true)
      }
    }
  })
})

describe('what is no record', () => {
  const entry = new LogEntry(sampleMessage('some body'), 1, 1, false)
  entry.add(2, 5, true)
  const whole = written({ entries: [entry], runs: [runsOf(7, [4, 5, 9], [1, 2])] })
  /** Where one entry ends and the next begins. */
  const boundaries = [
    1,
    written({ runs: [runsOf(7, [4, 5, 9], [])] }).length,
    written({ runs: [runsOf(7, [4, 5, 9], [1, 2])] }).length,
  ]

  it('is one that ends within an entry', () => {
    for (let length = 0; length < whole.length; length++) {
      const cut = () => read(whole.subarray(0, length))
      if (boundaries.includes(length)) expect(cut).not.toThrow()
      else expect(cut).toThrow(RangeError)
    }
  })

  it('is refused after what was whole in it has been given', () => {
    const found: LogEntry[] = []
    const visitor = { enqueued: (e: LogEntry) => found.push(e), delivered() {}, settled() {} }
    const followed = Buffer.concat([whole, Buffer.of(3, 0, 0)])
    expect(() => new RecordReader(visitor).read(followed)).toThrow(RangeError)
    expect(found.map(({ message }) => bodyOf(message).toString())).toEqual(['some body'])
  })

  it('is one of an unknown kind or version', () => {
    const changed = (at: number, octet: number) => {
      const bytes = Buffer.from(whole)
      bytes[at] = octet
      return () => read(bytes)
    }
    expect(changed(1, 9)).toThrow('an entry of kind 9 at 1')
    expect(changed(0, 0)).toThrow(RangeError)
    expect(changed(0, 2)).toThrow(RecordVersionError)
    expect(changed(0, 2)).toThrow('the journal has records of version 2, and this program reads 1')
  })

  it('never does worse than to be refused, whichever octet is another', () => {
    for (let at = 1; at < whole.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const bytes = Buffer.from(whole)
        bytes[at]! ^= change
        try {
          for (const { message } of read(bytes).entries) bodyOf(message)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }
    }
  })

  it('is one whose content is not a header and a body that fit together', () => {
    const contentAt = whole.indexOf(encodeContentHeaderFrame(1, 9, {}))
    const headerSize = encodeContentHeaderFrame(1, 9, {}).length
    // Frame types, frame ends, frame sizes, body size.
    for (const at of [0, 6, 7 + 11, headerSize - 1, headerSize, headerSize + 6]) {
      const bytes = Buffer.from(whole)
      bytes[contentAt + at]! ^= 1
      expect(() => read(bytes), `octet ${at}`).toThrow('malformed content')
    }
  })
})

describe('an empty batch', () => {
  it('has nothing but a version', () => {
    expect(written({})).toEqual(Buffer.of(1))
  })
})
