import {
  CONTENT_HEADER_MIN_SIZE,
  CodecError,
  FRAME_METHOD,
  FrameError,
  UnknownMethodError,
} from 'amqp-codec'
import { AmqpError } from '../errors.ts'
import {
  brokerFault,
  malformedContentHeader,
  malformedFrame,
  undecodableMethod,
  unimplementedMethod,
} from '../reasons.ts'
import { erlangOctets, printedPayload } from './erlang-binary.ts'

/** The frame that was being handled when something was thrown. */
export interface FrameAtFault {
  readonly type: number
  /** Its payload is `buffer[start, end)`. */
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
}

/** Class id and method id stand before a method's arguments. */
const METHOD_ID_BYTES = 4

/**
 * Whatever was thrown while a frame was read or handled, as the protocol error that the client is
 * told of. What is neither the protocol's nor the codec's is a fault of ours.
 */
export function toAmqpError(thrown: unknown, frame: FrameAtFault | undefined): AmqpError {
  if (thrown instanceof AmqpError) return thrown
  if (thrown instanceof FrameError) {
    const payload = printedPayload(
      thrown.payload,
      Math.min(thrown.payloadSize, thrown.payload.length + 1),
    )
    return malformedFrame(thrown.frameType, payload, frameProblem(thrown))
  }
  if (thrown instanceof UnknownMethodError) return unimplementedMethod()
  if (thrown instanceof CodecError && frame !== undefined) return undecodable(frame)
  return brokerFault()
}

function undecodable({ type, buffer, start, end }: FrameAtFault): AmqpError {
  const payload = buffer.subarray(start, end)
  if (payload.length < (type === FRAME_METHOD ? METHOD_ID_BYTES : CONTENT_HEADER_MIN_SIZE)) {
    return malformedFrame(type, printedPayload(payload, payload.length), 'unknown_frame')
  }
  if (type !== FRAME_METHOD) return malformedContentHeader()
  return undecodableMethod(erlangOctets(payload.subarray(METHOD_ID_BYTES)))
}

function frameProblem(error: FrameError): string {
  switch (error.kind) {
    case 'frame_too_large':
      return `{frame_too_large,${error.payloadSize},${error.detail}}`
    case 'invalid_frame_end_marker':
      return `{invalid_frame_end_marker,${error.detail}}`
    case 'unknown_frame_type':
      return 'unknown_frame'
    default:
      return error.kind satisfies never
  }
}
