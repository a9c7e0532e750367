// Messages as a queue or an outbox gets them, and what is in them.

import {
  type BasicProperties,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  FRAME_END,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
} from 'amqp-codec'
import { type FrameRun, Message, NO_MORE_RUNS } from '../../src/message/message.ts'
import { PublishAddress } from '../../src/message/publish-address.ts'

export interface Sample {
  readonly exchange?: string
  readonly routingKey?: string
  readonly properties?: BasicProperties
  /** The frame size that the body was cut to; 0 leaves it in one. */
  readonly frameMax?: number
  /** How large the chunk is that the message was read in, of which it fills the end. */
  readonly chunkBytes?: number
}

export function addressOf(exchange: string, routingKey: string): PublishAddress {
  const parts = [exchange, routingKey].flatMap((part) => {
    const bytes = Buffer.from(part)
    return [Buffer.from([bytes.length]), bytes]
  })
  const bytes = Buffer.concat(parts)
  return new PublishAddress(exchange, routingKey, bytes, 0, bytes.length)
}

/** A message whose frames stand one behind the other in one chunk. */
export function sampleMessage(body: string | Buffer, sample: Sample = {}): Message {
  const { exchange = '', routingKey = 'q', properties = {}, frameMax = 0 } = sample
  const bytes = Buffer.from(body)
  const header = encodeContentHeaderFrame(1, bytes.length, properties)
  const frames = Buffer.concat([header, encodeBodyFrames(1, bytes, frameMax)])
  const chunk = Buffer.alloc(Math.max(frames.length, sample.chunkBytes ?? 0), '?')
  const start = chunk.length - frames.length
  frames.copy(chunk, start)
  return new Message(addressOf(exchange, routingKey), chunk, start, chunk.length, NO_MORE_RUNS)
}

/** The content of a message's body frames. */
export function bodyOf(message: Message): Buffer {
  const bodyStart = message.headerEnd + 1
  const first: FrameRun = { buffer: message.buffer, start: bodyStart, end: message.end }
  return Buffer.concat([first, ...message.rest].flatMap(payloadsOf))
}

function payloadsOf({ buffer, start, end }: FrameRun): Buffer[] {
  const payloads: Buffer[] = []
  for (let at = start; at < end; ) {
    const size = buffer.readUInt32BE(at + 3)
    payloads.push(buffer.subarray(at + FRAME_HEADER_SIZE, at + FRAME_HEADER_SIZE + size))
    at += size + FRAME_OVERHEAD
    if (at > end || buffer[at - 1] !== FRAME_END) throw new Error('a frame does not end in its run')
  }
  return payloads
}
