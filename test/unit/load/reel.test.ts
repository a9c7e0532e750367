import {
  BASIC_PUBLISH,
  decodeMethod,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  FrameParser,
  readPriority,
} from 'amqp-codec'
import { describe, expect, test } from 'vitest'
import { BATCH_BYTES, makeReel } from '../../../src/load/reel.ts'

const ROUTES = [
  { routingKey: 'one', queue: 0 },
  { routingKey: 'another', queue: 1 },
]
const OPTIONS = { exchange: 'x', routes: ROUTES, persistent: false, priorities: 0, frameMax: 4096 }

describe('A reel of publishes', () => {
  test('holds whole publishes with the keys in turn', () => {
    const { bytes } = makeReel({ ...OPTIONS, bodySizeBytes: 16 })
    const keys: string[] = []
    const parser = new FrameParser(
      {
        onFrame(type, _channel, buffer, start, end) {
          if (type !== FRAME_METHOD) return
          const method = decodeMethod(buffer, start, end)
          if (method.id === BASIC_PUBLISH) keys.push(method.routingKey)
        },
      },
      4096,
    )
    parser.push(bytes)
    expect(parser.bufferedBytes).toBe(0)
    expect(keys.slice(0, 4)).toEqual(['one', 'another', 'one', 'another'])
  })

  test('is long enough for a full batch from any key', () => {
    for (const bodySizeBytes of [16, 1024, 100_000]) {
      const { bytes, starts, cycle } = makeReel({ ...OPTIONS, bodySizeBytes })
      expect(bytes.length - starts[cycle - 1]!).toBeGreaterThanOrEqual(BATCH_BYTES)
    }
  })

  test('gives messages their priorities in turn', () => {
    const { bytes, cycle } = makeReel({ ...OPTIONS, priorities: 3, bodySizeBytes: 16 })
    const priorities: number[] = []
    const parser = new FrameParser(
      {
        onFrame(type, _channel, buffer, start, end) {
          if (type === FRAME_HEADER) priorities.push(readPriority(buffer, start, end))
        },
      },
      4096,
    )
    parser.push(bytes)
    expect(priorities.slice(0, 4)).toEqual([0, 1, 2, 0])
    expect(cycle).toBe(6)
  })

  test('says where each body starts', () => {
    const { bytes, bodies } = makeReel({ ...OPTIONS, bodySizeBytes: 16 })
    for (const body of bodies) expect(bytes[body - 7]).toBe(FRAME_BODY)
  })
})
