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

/** What a close frame says. */
export interface Failure {
  readonly replyCode: number
  readonly replyText: string
  readonly classId: number
  readonly methodId: number
  readonly hard: boolean
  /** It is neither the protocol's error nor the codec's, but the broker's own. */
  readonly isFault: boolean
}

/**
 * Whatever was thrown while a frame was read or handled, as the client is told of it. The method is
 * the one its channel was handling or, where there is no channel, the frame's own.
 */
export function failureOf(
  thrown: unknown,
  frame?: FrameAtFault,
  channelMethodId?: number,
): Failure {
  const error = toAmqpError(thrown, frame)
  const id = error.methodId ?? channelMethodId ?? methodIdOf(frame)
  return {
    replyCode: error.replyCode,
    replyText: error.replyText,
    classId: id >>> 16,
    methodId: id & 0xffff,
    hard: error.hard,
    isFault: !(thrown instanceof AmqpError || thrown instanceof CodecError),
  }
}

/** 0 when the payload is too short to have one. */
export function methodIdAt(buffer: Buffer, start: number, end: number): number {
  return end - start < METHOD_ID_BYTES ? 0 : buffer.readUInt32BE(start)
}

function methodIdOf(frame: FrameAtFault | undefined): number {
  if (frame === undefined || frame.type !== FRAME_METHOD) return 0
  return methodIdAt(frame.buffer, frame.start, frame.end)
}

function toAmqpError(thrown: unknown, frame: FrameAtFault | undefined): AmqpError {
  if (thrown instanceof AmqpError) return thrown
  if (thrown instanceof FrameError) {
    const { payload, payloadSize, frameType } = thrown
    return malformedFrame(frameType, printedPayload(payload, payloadSize), frameProblem(thrown))
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
