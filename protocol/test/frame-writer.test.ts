import { expect, test } from 'vitest'
import {
  CodecError,
  encodeBodyFrames,
  FRAME_BODY,
  FrameParser,
  HEARTBEAT_FRAME,
  PROTOCOL_HEADER,
} from '../src/index.ts'
import { FrameCollector } from './support/frame-collector.ts'
import { frame } from './support/frames.ts'

test('the messages that never change', () => {
  expect(PROTOCOL_HEADER.toString('hex')).toBe('414d515000000901')
  expect(HEARTBEAT_FRAME.toString('hex')).toBe('08000000000000ce')
})

test.each([
  [0, 0],
  [1, 1],
  [4088, 1],
  [4089, 2],
  [8176, 2],
  [8177, 3],
])('a body of %i octets fills %i frames of 4096', (size, count) => {
  const body = Buffer.from(Array.from({ length: size }, (_, index) => index % 251))
  const sink = new FrameCollector()
  new FrameParser(sink, 4096).push(encodeBodyFrames(7, body, 4096))
  expect(sink.frames.map((f) => [f.type, f.channel])).toEqual(Array(count).fill([FRAME_BODY, 7]))
  for (const { start, end } of sink.frames) expect(end - start + 8).toBeLessThanOrEqual(4096)
  const pieces = sink.frames.map(({ buffer, start, end }) => buffer.subarray(start, end))
  expect(Buffer.concat(pieces).equals(body)).toBe(true)
})

test('without a limit a body is one frame, and none when it is empty', () => {
  const body = Buffer.alloc(500_000, 'b')
  expect(encodeBodyFrames(1, body, 0).equals(frame(FRAME_BODY, 1, body))).toBe(true)
  expect(encodeBodyFrames(1, Buffer.alloc(0), 0).length).toBe(0)
})

test('a frame size that leaves no room for a body is refused', () => {
  expect(() => encodeBodyFrames(1, Buffer.alloc(1), 8)).toThrow(CodecError)
})

test('a channel that does not exist is refused', () => {
  expect(() => encodeBodyFrames(65536, Buffer.alloc(1), 4096)).toThrow(CodecError)
})
