import { FRAME_BODY } from 'amqp-codec'
import type { FrameRun } from '../message/message.ts'

/** Type, channel, size, and the end octet. Spec §2.3.5. */
export const FRAME_OVERHEAD = 8
const FRAME_HEADER_BYTES = 7

/**
 * Calls back with the payload of each frame of a run. Body frames that are larger than `frameMax`
 * allows, because the publisher had negotiated more than this consumer, come in several pieces.
 */
export function forEachFrame(
  run: FrameRun,
  frameMax: number,
  callback: (type: number, buffer: Buffer, start: number, end: number) => void,
): void {
  const payloadMax = frameMax === 0 ? Number.POSITIVE_INFINITY : frameMax - FRAME_OVERHEAD
  const { buffer } = run
  for (let at = run.start; at < run.end; ) {
    const type = buffer[at] as number
    const start = at + FRAME_HEADER_BYTES
    const end = start + buffer.readUInt32BE(at + 3)
    let from = start
    while (type === FRAME_BODY && end - from > payloadMax) {
      callback(type, buffer, from, from + payloadMax)
      from += payloadMax
    }
    callback(type, buffer, from, end)
    at = end + 1
  }
}
