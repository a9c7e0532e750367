import { FRAME_HEADER_SIZE } from 'amqp-codec'
import { contentPieces } from './content-pieces.ts'
import type { Message } from './message.ts'

/** A message's body in one piece, copied unless it is in one frame already. */
export function messageBody(message: Message): Buffer {
  const { headerFrameBytes, bodySize, isOneFrame, buffer, start } = message
  const bodyStart = headerFrameBytes + FRAME_HEADER_SIZE
  if (isOneFrame) return buffer.subarray(start + bodyStart, start + bodyStart + bodySize)
  const pieces = contentPieces(message).map((piece) =>
    piece.buffer.subarray(piece.start, piece.end),
  )
  return Buffer.concat(pieces).subarray(bodyStart, bodyStart + bodySize)
}
