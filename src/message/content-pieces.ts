import { FRAME_BODY, FRAME_END, FRAME_HEADER_SIZE } from 'amqp-codec'
import type { FrameRun, Message } from './message.ts'

/**
 * A message's content as the pieces of memory that are stored one behind the other: the header frame,
 * then the body in one frame, whatever number of frames it came in.
 */
export function contentPieces(message: Message): readonly FrameRun[] {
  const { buffer, start, end, headerFrameBytes, isOneFrame, bodySize, rest } = message
  if (isOneFrame) return [message]
  const bodyStart = start + headerFrameBytes
  const frameHeader = Buffer.allocUnsafe(FRAME_HEADER_SIZE)
  frameHeader[0] = FRAME_BODY
  frameHeader.writeUInt16BE(0, 1)
  frameHeader.writeUInt32BE(bodySize, 3)
  return [
    { buffer, start, end: bodyStart },
    { buffer: frameHeader, start: 0, end: FRAME_HEADER_SIZE },
    ...payloads({ buffer, start: bodyStart, end }),
    ...rest.flatMap(payloads),
    { buffer: FRAME_END_BUFFER, start: 0, end: 1 },
  ]
}

const FRAME_END_BUFFER = Buffer.of(FRAME_END)

function payloads({ buffer, start, end }: FrameRun): FrameRun[] {
  const found: FrameRun[] = []
  for (let frame = start; frame < end; ) {
    const payload = frame + FRAME_HEADER_SIZE
    const payloadEnd = payload + buffer.readUInt32BE(frame + 3)
    found.push({ buffer, start: payload, end: payloadEnd })
    frame = payloadEnd + 1
  }
  return found
}
