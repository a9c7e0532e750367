import { FRAME_HEADER_SIZE, FRAME_OVERHEAD } from 'amqp-codec'
import type { FrameRun, Message } from '../message/message.ts'

/** Takes a body as the frames that a consumer is to see. */
export interface BodySink {
  /** A frame of that many bytes of body begins. */
  beginBodyFrame(payloadBytes: number): void
  /** The next piece of it; `ends` when it is the last. */
  bodyPiece(buffer: Buffer, start: number, end: number, ends: boolean): void
}

/**
 * Cuts a body anew for a peer: all frames but the last are exactly as large as was negotiated with
 * it, however large the publisher's were. RabbitMQ does so, and some clients count frames.
 */
export function cutBody(message: Message, frameMax: number, sink: BodySink): void {
  const payloadMax = frameMax === 0 ? Number.POSITIVE_INFINITY : frameMax - FRAME_OVERHEAD
  let bodyLeft = message.bodySize
  let frameLeft = 0
  const cutRun = ({ buffer, start, end }: FrameRun): void => {
    for (let frame = start; frame < end; ) {
      let at = frame + FRAME_HEADER_SIZE
      const payloadEnd = at + buffer.readUInt32BE(frame + 3)
      while (at < payloadEnd) {
        if (frameLeft === 0) {
          if (bodyLeft === 0) return
          frameLeft = Math.min(payloadMax, bodyLeft)
          sink.beginBodyFrame(frameLeft)
        }
        const piece = Math.min(frameLeft, payloadEnd - at)
        frameLeft -= piece
        bodyLeft -= piece
        sink.bodyPiece(buffer, at, at + piece, frameLeft === 0)
        at += piece
      }
      frame = payloadEnd + 1
    }
  }
  const { buffer, start, end, headerFrameBytes } = message
  cutRun({ buffer, start: start + headerFrameBytes, end })
  message.rest.forEach(cutRun)
}
