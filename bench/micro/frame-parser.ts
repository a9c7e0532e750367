// What it costs to find the frames in what a socket read.
//
//   npx tsx bench/micro/frame-parser.ts

import { FrameParser } from 'amqp-codec'
import { measure } from './measure.ts'
import { publishes } from './publishes.ts'

let seenBytes = 0
const sink = {
  onFrame(_type: number, _channel: number, _buffer: Buffer, start: number, end: number): void {
    seenBytes += end - start
  },
}

for (const bodySizeBytes of [16, 1024, 16_384]) {
  const { bytes, bodies } = publishes(bodySizeBytes)
  const parser = new FrameParser(sink, 131072)
  measure(`a publish of ${bodySizeBytes} B in one chunk`, bodies.length, () => parser.push(bytes))

  // Cut where a read ends at full load: anywhere, mostly within a frame.
  const cuts = [0, 0.31, 0.62, 1].map((part) => Math.floor(bytes.length * part))
  const chunks = cuts.slice(1).map((cut, i) => bytes.subarray(cuts[i], cut))
  measure(`a publish of ${bodySizeBytes} B, the chunk cut in three`, bodies.length, () => {
    for (const chunk of chunks) parser.push(chunk)
  })
}

if (seenBytes === 0) throw new Error('nothing was parsed')
