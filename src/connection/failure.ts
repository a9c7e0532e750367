import {
  CodecError,
  FRAME_HEADER,
  FRAME_METHOD,
  FrameError,
  MalformedUtf8Error,
  UnknownMethodError,
} from 'amqp-codec'
import { AmqpError } from '../errors.ts'
import {
  brokerFault,
  malformedContentHeader,
  malformedFrame,
  malformedUtf8,
  undecodableMethod,
  unimplementedMethod,
} from '../reasons.ts'
import { erlangOctets, printedPayload } from './erlang-binary.ts'

/** A frame as the parser gives it. */
export interface Frame {
  readonly type: number
  /** Its payload is `buffer[start, end)`. */
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
}

/** Class id and method id stand before a method's arguments. */
const METHOD_ID_BYTES = 4
/** Class id, weight and body size: less is no content header to RabbitMQ, more is a broken one. */
const READABLE_HEADER_BYTES = 12

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
export function failureOf(thrown: unknown, frame?: Frame, channelMethodId?: number): Failure {
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

function methodIdOf(frame: Frame | undefined): number {
  if (frame === undefined || frame.type !== FRAME_METHOD) return 0
  return methodIdAt(frame.buffer, frame.start, frame.end)
}

function toAmqpError(thrown: unknown, frame: Frame | undefined): AmqpError {
  // Whoever stumbled over it, and whatever was thought of it, there was no such frame.
  if (frame !== undefined && isTooShort(frame)) return unknownFrame(frame)
  if (thrown instanceof AmqpError) return thrown
  if (thrown instanceof FrameError) {
    const { payload, payloadSize, frameType } = thrown
    return malformedFrame(frameType, printedPayload(payload, payloadSize), frameProblem(thrown))
  }
  if (thrown instanceof UnknownMethodError) return unimplementedMethod()
  if (thrown instanceof MalformedUtf8Error) return malformedUtf8()
  if (!(thrown instanceof CodecError) || frame === undefined) return brokerFault()
  if (frame.type !== FRAME_METHOD) return malformedContentHeader()
  const { buffer, start, end } = frame
  return undecodableMethod(erlangOctets(buffer.subarray(start + METHOD_ID_BYTES, end)))
}

function isTooShort({ type, start, end }: Frame): boolean {
  const size = end - start
  return (
    (type === FRAME_METHOD && size < METHOD_ID_BYTES) ||
    (type === FRAME_HEADER && size < READABLE_HEADER_BYTES)
  )
}

/** The frame is none of those there are. */
export function unknownFrame({ type, buffer, start, end }: Frame): AmqpError {
  const payload = printedPayload(buffer.subarray(start, end), end - start)
  return malformedFrame(type, payload, 'unknown_frame')
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
