import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BASIC_PUBLISH,
  CodecError,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FrameError,
  FrameParser,
  HEARTBEAT_FRAME,
} from '../src/index.ts'
import { method, properties } from './support/arbitraries.ts'
import { FrameCollector } from './support/frame-collector.ts'
import { frame } from './support/frames.ts'

/** A message with everything: method, header, a body in three frames, and a heartbeat after it. */
const message = Buffer.concat([
  encodeMethodFrame(1, {
    id: BASIC_PUBLISH,
    ticket: 0,
    exchange: 'events',
    routingKey: 'a.b',
    mandatory: true,
    immediate: false,
  }),
  encodeContentHeaderFrame(1, 20, { contentType: 'text/plain', deliveryMode: 2 }),
  encodeBodyFrames(1, Buffer.from('twenty octets exact!'), 16),
  HEARTBEAT_FRAME,
])

function parseAll(chunks: Buffer[]): FrameCollector {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  pushAll(parser, chunks)
  expect(parser.bufferedBytes).toBe(0)
  return sink
}

const whole = parseAll([message]).contents

function pushAll(parser: FrameParser, chunks: Iterable<Buffer>): void {
  for (const chunk of chunks) parser.push(chunk)
}

function errorOf(run: () => void): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

test('frames inside a chunk are given in place, one behind the other', () => {
  const { frames } = parseAll([message])
  expect(frames.map((f) => f.type)).toEqual([1, 2, 3, 3, 3, 8])
  let at = 0
  for (const { buffer, start, end } of frames) {
    expect(buffer).toBe(message)
    expect(start - 7).toBe(at)
    at = end + 1
  }
  expect(at).toBe(message.length)
})

test('a message split in two at any byte gives the same frames', () => {
  for (let at = 0; at <= message.length; at++) {
    expect(parseAll([message.subarray(0, at), message.subarray(at)]).contents).toEqual(whole)
  }
})

test('a message split in three at any two bytes gives the same frames', () => {
  for (let first = 0; first <= message.length; first++) {
    for (let second = first; second <= message.length; second += 3) {
      const chunks = [
        message.subarray(0, first),
        message.subarray(first, second),
        message.subarray(second),
      ]
      expect(parseAll(chunks).contents).toEqual(whole)
    }
  }
})

test('a message that comes byte by byte gives the same frames', () => {
  const bytes = Array.from(message, (octet) => Buffer.from([octet]))
  expect(parseAll(bytes).contents).toEqual(whole)
})

test('any frames cut anywhere give the same frames', () => {
  const anyFrame = fc.oneof(
    method.map((value) => encodeMethodFrame(7, value)),
    properties.map((value) => encodeContentHeaderFrame(7, 1, value)),
    fc.uint8Array({ maxLength: 300 }).map((body) => frame(3, 65535, Buffer.from(body))),
  )
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 5 }), fc.array(fc.nat()), (frames, cuts) => {
      const stream = Buffer.concat(frames)
      const places = cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b)
      const chunks = [0, ...places].map((from, index) => stream.subarray(from, places[index]))
      expect(parseAll(chunks).contents).toEqual(parseAll([stream]).contents)
    }),
  )
})

test('a frame split over chunks is put together in a buffer of exactly its size', () => {
  const body = frame(3, 9, 'x'.repeat(10_000))
  const stream = Buffer.concat([HEARTBEAT_FRAME, body, HEARTBEAT_FRAME])
  const chunks = [stream.subarray(0, 5000), stream.subarray(5000, 9000), stream.subarray(9000)]
  const { frames } = parseAll(chunks)
  expect(frames.map((f) => f.buffer === chunks[0])).toEqual([true, false, false])
  const [, assembled, last] = frames
  expect(assembled?.buffer.equals(body)).toBe(true)
  expect(assembled?.start).toBe(7)
  expect(last?.buffer).toBe(chunks[2])
})

test('what is held back of a frame is counted', () => {
  const parser = new FrameParser(new FrameCollector(), 0)
  expect(parser.bufferedBytes).toBe(0)
  parser.push(message.subarray(0, 3))
  expect(parser.bufferedBytes).toBe(3)
  parser.push(message.subarray(3, 12))
  expect(parser.bufferedBytes).toBe(12)
  parser.push(message.subarray(12))
  expect(parser.bufferedBytes).toBe(0)
})

test('a pause from inside the sink holds the rest back until resume', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  sink.onEach = () => parser.pause()
  const bytes = Array.from(message, (octet) => Buffer.from([octet]))
  pushAll(parser, [message, ...bytes])
  for (let count = 1; count <= 2 * whole.length; count++) {
    expect(sink.frames.length).toBe(count)
    parser.resume()
  }
  expect(sink.contents).toEqual([...whole, ...whole])
  expect(parser.bufferedBytes).toBe(0)
})

test('chunks pushed during a pause are counted and then parsed in their order', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  parser.pause()
  parser.push(message.subarray(0, 10))
  parser.push(message.subarray(10))
  expect(sink.frames).toEqual([])
  expect(parser.bufferedBytes).toBe(message.length)
  parser.resume()
  expect(sink.contents).toEqual(whole)
  expect(parser.bufferedBytes).toBe(0)
})

test('pause and resume from inside the sink change nothing', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  sink.onEach = () => {
    parser.pause()
    parser.resume()
  }
  parser.push(message)
  expect(sink.contents).toEqual(whole)
})

test('a push from inside the sink comes after the chunk that is being parsed', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  sink.onEach = () => {
    sink.onEach = () => {}
    parser.push(message)
  }
  parser.push(message)
  expect(sink.contents).toEqual([...whole, ...whole])
})

test('a payload may be as long as frame_max, as RabbitMQ allows, and no longer', () => {
  const sink = new FrameCollector()
  new FrameParser(sink, 4096).push(frame(3, 1, Buffer.alloc(4096)))
  expect(sink.frames.length).toBe(1)
  const tooLarge = frame(3, 1, Buffer.alloc(4097))
  expect(errorOf(() => new FrameParser(sink, 4096).push(tooLarge))).toMatchObject({
    kind: 'frame_too_large',
    frameType: 3,
    channel: 1,
    payload: Buffer.alloc(0),
    payloadSize: 4097,
    detail: 4088,
  })
})

test('a frame too large is refused when its header is there, before any memory is taken', () => {
  const header = Buffer.from('010001ffffffff', 'hex')
  for (const frameMax of [131072, 0]) {
    const parser = new FrameParser(new FrameCollector(), frameMax)
    parser.push(header.subarray(0, 6))
    expect(() => parser.push(header.subarray(6))).toThrow(FrameError)
    expect(() => new FrameParser(new FrameCollector(), frameMax).push(header)).toThrow(FrameError)
  }
})

test('frameMax may change between frames', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 4096)
  sink.onEach = () => {
    parser.frameMax = 8192
  }
  parser.push(Buffer.concat([HEARTBEAT_FRAME, frame(3, 1, Buffer.alloc(8000))]))
  expect(sink.frames.length).toBe(2)
})

test('a frame with another octet in the place of its end is refused', () => {
  const broken = frame(1, 2, 'a payload of more than 16')
  broken[broken.length - 1] = 0xcd
  for (const chunks of [[broken], [broken.subarray(0, 9), broken.subarray(9)]]) {
    const parser = new FrameParser(new FrameCollector(), 0)
    expect(errorOf(() => pushAll(parser, chunks))).toMatchObject({
      kind: 'invalid_frame_end_marker',
      frameType: 1,
      channel: 2,
      payload: Buffer.from('a payload of mor'),
      payloadSize: 25,
      detail: 0xcd,
    })
  }
})

test.each([0, 4, 5, 6, 7, 9, 65, 255])('a frame of type %i is refused when it is whole', (type) => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  const unknown = frame(type, 0, 'hello')
  parser.push(unknown.subarray(0, -1))
  expect(errorOf(() => parser.push(unknown.subarray(-1)))).toMatchObject({
    kind: 'unknown_frame_type',
    frameType: type,
    payload: Buffer.from('hello'),
    payloadSize: 5,
  })
  expect(sink.frames).toEqual([])
})

test('after an error all further input is ignored', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  const stream = Buffer.concat([HEARTBEAT_FRAME, frame(9, 0, ''), HEARTBEAT_FRAME])
  expect(() => parser.push(stream)).toThrow(FrameError)
  parser.push(HEARTBEAT_FRAME)
  parser.resume()
  expect(sink.frames.length).toBe(1)
  expect(parser.bufferedBytes).toBe(0)
})

test('an error of the sink passes through push and ends the parser', () => {
  const sink = new FrameCollector()
  const parser = new FrameParser(sink, 0)
  sink.onEach = () => {
    throw new Error('from the sink')
  }
  expect(() => parser.push(message)).toThrow('from the sink')
  parser.push(message)
  expect(sink.frames.length).toBe(1)
  expect(parser.bufferedBytes).toBe(0)
})

test('random bytes in random pieces end in a CodecError or in nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (pieces) => {
      const parser = new FrameParser(new FrameCollector(), 4096)
      const error = errorOf(() =>
        pushAll(
          parser,
          pieces.map((piece) => Buffer.from(piece)),
        ),
      )
      if (error !== undefined) expect(error).toBeInstanceOf(CodecError)
    }),
    { numRuns: 1000 },
  )
})
