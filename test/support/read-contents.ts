import { fail } from 'node:assert/strict'
import {
  decodeMethod,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  FRAME_OVERHEAD,
  FrameParser,
  type Method,
} from 'amqp-codec'

/** A method with the message that followed it; the header is its frame's payload. */
export interface Content {
  readonly method: Method
  header: Buffer
  body: Buffer
}

/** Reads what a client on that channel gets, and fails when a frame is not as it must be. */
export function readContents(stream: Buffer, channel: number, frameMax: number): Content[] {
  const contents: Content[] = []
  const onFrame = (type: number, number: number, buffer: Buffer, start: number, end: number) => {
    if (number !== channel) fail(`a frame on channel ${number}`)
    const payload = buffer.subarray(start, end)
    const last = contents.at(-1)
    if (type === FRAME_METHOD) {
      const method = decodeMethod(buffer, start, end)
      contents.push({ method, header: Buffer.alloc(0), body: Buffer.alloc(0) })
    } else if (last === undefined) {
      fail('content without a method')
    } else if (type === FRAME_HEADER) {
      if (last.header.length > 0) fail('a second header')
      last.header = payload
    } else if (type === FRAME_BODY) {
      if (frameMax > 0 && payload.length + FRAME_OVERHEAD > frameMax) {
        fail(`a body frame of ${payload.length} octets where frame_max is ${frameMax}`)
      }
      last.body = Buffer.concat([last.body, payload])
    } else {
      fail(`a frame of type ${type}`)
    }
  }
  const parser = new FrameParser({ onFrame }, 0)
  parser.push(stream)
  if (parser.bufferedBytes > 0) fail(`${parser.bufferedBytes} octets are left`)
  return contents
}
