// Whole frames, end octet included. This is the plain way for everything that is sent rarely; a
// broker's delivery path patches prepared bytes instead.

import { ByteWriter } from './byte-writer.ts'
import { CodecError, UnknownMethodError } from './codec-error.ts'
import { FRAME_OVERHEAD } from './frame-size.ts'
import {
  CLASS_BASIC,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
} from './generated/constants.ts'
import { encodeMethodFields } from './generated/method-encoders.ts'
import type { Method } from './generated/methods.ts'
import { type BasicProperties, encodePropertyList } from './generated/properties.ts'

/** What a client sends first: "AMQP", 0, and the protocol version 0-9-1. */
export const PROTOCOL_HEADER: Buffer = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

/** The only heartbeat there is. */
export const HEARTBEAT_FRAME: Buffer = Buffer.from([FRAME_HEARTBEAT, 0, 0, 0, 0, 0, 0, FRAME_END])

/** The method as one frame; throws CodecError when a field's value does not fit its domain. */
export function encodeMethodFrame(channel: number, method: Method): Buffer {
  return encodeFrame(FRAME_METHOD, channel, (writer) => {
    writer.long(method.id)
    if (!encodeMethodFields(method, writer)) throw new UnknownMethodError(method.id)
  })
}

/** The content header of a message whose body has `bodySize` octets. */
export function encodeContentHeaderFrame(
  channel: number,
  bodySize: number,
  properties: BasicProperties,
): Buffer {
  const list = new ByteWriter()
  const flags = encodePropertyList(properties, list)
  return encodeFrame(FRAME_HEADER, channel, (writer) => {
    writer.short(CLASS_BASIC)
    writer.short(0)
    writer.longlong(bodySize)
    writer.short(flags)
    writer.bytes(list.finish())
  })
}

/**
 * The body in frames of at most frameMax octets each: no frame when it is empty, one when frameMax
 * is 0, which means no limit.
 */
export function encodeBodyFrames(channel: number, body: Buffer, frameMax: number): Buffer {
  const step = frameMax === 0 ? body.length : frameMax - FRAME_OVERHEAD
  if (step <= 0 && body.length > 0) throw new CodecError(`no body fits a frame of ${frameMax}`)
  const count = body.length === 0 ? 0 : Math.ceil(body.length / step)
  const writer = new ByteWriter(body.length + count * FRAME_OVERHEAD)
  for (let at = 0; at < body.length; at += step) {
    writeFrame(writer, FRAME_BODY, channel, () => writer.bytes(body.subarray(at, at + step)))
  }
  return writer.finish()
}

function encodeFrame(type: number, channel: number, write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter()
  writeFrame(writer, type, channel, write)
  return writer.finish()
}

function writeFrame(
  writer: ByteWriter,
  type: number,
  channel: number,
  write: (writer: ByteWriter) => void,
): void {
  writer.octet(type)
  writer.short(channel)
  const mark = writer.beginLength()
  write(writer)
  writer.endLength(mark)
  writer.octet(FRAME_END)
}
