// What FrameParser throws. It carries all that RabbitMQ prints in the FRAME_ERROR it answers with.

import { CodecError } from './codec-error.ts'

export type FrameErrorKind = 'frame_too_large' | 'invalid_frame_end_marker' | 'unknown_frame_type'

/** What is known of the frame that broke the stream. */
export interface BrokenFrame {
  type: number
  channel: number
  payload: Buffer
  payloadSize: number
}

/** How many octets of the payload an error carries. */
const PAYLOAD_EXCERPT_SIZE = 16

/** The stream of frames is broken, and nothing that follows can be trusted. */
export class FrameError extends CodecError {
  override name = 'FrameError'
  readonly kind: FrameErrorKind
  readonly frameType: number
  readonly channel: number
  /** The first octets of the payload, 16 at most; none when the frame is too large. */
  readonly payload: Buffer
  /** The size of the payload that the frame's header announces. */
  readonly payloadSize: number
  /** The largest payload allowed, the octet in the place of the end octet, or the frame type. */
  readonly detail: number

  constructor(kind: FrameErrorKind, frame: BrokenFrame, detail: number) {
    super(`${kind}: type ${frame.type}, ${frame.payloadSize} octets of payload, ${detail}`)
    this.kind = kind
    this.frameType = frame.type
    this.channel = frame.channel
    // A copy: an error may be kept, the chunk it was read from should not be.
    this.payload = Buffer.from(frame.payload.subarray(0, PAYLOAD_EXCERPT_SIZE))
    this.payloadSize = frame.payloadSize
    this.detail = detail
  }
}
