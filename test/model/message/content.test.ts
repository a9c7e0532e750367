// The way of a message's bytes: cut into frames and chunks in any way, put together by the assembler,
// and sent on through an outbox on another channel with another frame_max.

import {
  BASIC_DELIVER,
  BASIC_GET_OK,
  type BasicProperties,
  contentHeaderBodySize,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  FRAME_HEADER,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  FrameParser,
} from 'amqp-codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Turn } from '../../../src/base/turn.ts'
import { ChannelConsumer, type ConsumerChannel } from '../../../src/channel/channel-consumer.ts'
import { getOkFrame } from '../../../src/channel/content-methods.ts'
import { Outbox } from '../../../src/connection/outbox.ts'
import { SlabPool } from '../../../src/connection/slab-pool.ts'
import { ByteArena } from '../../../src/message/byte-arena.ts'
import { ContentAssembler } from '../../../src/message/content-assembler.ts'
import type { Message } from '../../../src/message/message.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { readContents } from '../../support/read-contents.ts'
import { addressOf, bodyOf } from '../../support/sample-message.ts'

const CHANNEL = 0x1234
const CONSUMER_TAG = 'the consumer'
const ADDRESS = addressOf('an exchange', 'a.routing.key')

/** Sizes of body frames. */
const frameSizes = fc.oneof(
  fc.array(fc.nat({ max: 3 }), { maxLength: 200, size: 'max' }),
  fc.array(fc.nat({ max: 300 }), { maxLength: 60, size: 'max' }),
  fc.array(fc.nat({ max: 20_000 }), { maxLength: 6, size: 'max' }),
)
const properties = fc.record<BasicProperties>(
  {
    contentType: fc.constantFrom('', 'text/plain'),
    deliveryMode: fc.constantFrom(1, 2),
    headers: fc
      .dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 2000 }), { maxKeys: 6 })
      .map((plain) => new Map(Object.entries(plain).map(([k, v]) => [k, { type: 'S', value: v }]))),
  },
  { requiredKeys: [] },
)
const content = fc.record({
  properties,
  frameSizes,
  /** How it is sent on. */
  by: fc.constantFrom('deliver' as const, 'get' as const),
  redelivered: fc.boolean(),
  settlesIn: fc.boolean(),
  /** What happens afterwards. */
  turnEnds: fc.boolean(),
  socketWrites: fc.boolean(),
})
type Sent = typeof content extends fc.Arbitrary<infer Value> ? Value : never
const contents = fc.array(content, { minLength: 1, maxLength: 8, size: 'max' })
const chunkBytes = fc.oneof(
  fc.constantFrom(1, FRAME_HEADER_SIZE, FRAME_OVERHEAD, FRAME_OVERHEAD + 1, 64 * 1024),
  fc.integer({ min: 2, max: 10_000 }),
)

/** Bytes of which each place has its own, so that none can be lost or swapped unseen. */
function bodyOfSize(size: number): Buffer {
  const body = Buffer.alloc(size)
  for (let at = 0; at < size; at++) body[at] = (at * 31 + (at >> 8) * 7) & 0xff
  return body
}

interface Framed {
  readonly header: Buffer
  readonly body: Buffer
  readonly frames: Buffer
}

function framed(given: BasicProperties, sizes: readonly number[]): Framed {
  const body = bodyOfSize(sizes.reduce((sum, size) => sum + size, 0))
  const header = encodeContentHeaderFrame(7, body.length, given)
  const frames = [header]
  let at = 0
  for (const size of sizes) {
    // Nothing may follow the last octet of a body.
    if (at === body.length) break
    const piece = body.subarray(at, at + size)
    frames.push(size === 0 ? EMPTY_BODY_FRAME : encodeBodyFrames(7, piece, 0))
    at += size
  }
  return { header, body, frames: Buffer.concat(frames) }
}

const EMPTY_BODY_FRAME = Buffer.from([3, 0, 7, 0, 0, 0, 0, 0xce])

/** As a channel does it, without the methods. */
function assemble(stream: Buffer, size: number): Message[] {
  const messages: Message[] = []
  const assembler = new ContentAssembler()
  const parser = new FrameParser(
    {
      onFrame(type, _channel, buffer, start, end) {
        if (type === FRAME_HEADER) {
          assembler.begin(buffer, start, end, contentHeaderBodySize(buffer, start))
        } else assembler.body(buffer, start, end)
        if (assembler.remaining === 0) messages.push(assembler.finish(ADDRESS))
      },
    },
    0,
  )
  for (let at = 0; at < stream.length; at += size) {
    // A chunk of its own, as the system's reads give them.
    parser.push(Buffer.from(stream.subarray(at, at + size)))
  }
  return messages
}

const deliverPrefix = new ChannelConsumer({ number: CHANNEL } as ConsumerChannel, {} as Queue, {
  consumerTag: CONSUMER_TAG,
  noAck: true,
  exclusive: false,
  priority: 0,
  prefetchCount: 0,
  arguments: new Map(),
}).deliverPrefix

describe('the content assembler', () => {
  it('gives the header and the body that came, however they were cut', () => {
    fc.assert(
      fc.property(contents, chunkBytes, (given, size) => {
        const sent = given.map((one) => framed(one.properties, one.frameSizes))
        const messages = assemble(Buffer.concat(sent.map(({ frames }) => frames)), size)
        expect(messages.length).toBe(sent.length)
        for (const [index, message] of messages.entries()) {
          const { header, body } = sent[index] as Framed
          expect(message.bodySize).toBe(body.length)
          const headerFrame = message.buffer.subarray(message.start, message.headerEnd + 1)
          expect(headerFrame.equals(header)).toBe(true)
          expect(bodyOf(message).equals(body)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('the outbox', () => {
  it('sends messages on unchanged, on its own channel and in frames that fit', () => {
    const frameMax = fc.constantFrom(0, 4096, 5000, 131_072)
    fc.assert(
      fc.property(contents, chunkBytes, frameMax, (given, size, limit) => {
        const sent = given.map((one) => framed(one.properties, one.frameSizes))
        const messages = assemble(Buffer.concat(sent.map(({ frames }) => frames)), size)
        const socket = new FakeSocket()
        const turn = new Turn()
        const outbox = new Outbox({
          socket: socket.socket,
          turn,
          slabs: new SlabPool(),
          limitBytes: 1024 * 1024,
          onRoom() {},
          onFault(error) {
            throw error
          },
        })
        outbox.frameMax = limit
        const arena = new ByteArena()
        for (const [index, message] of messages.entries()) {
          const { by, redelivered, settlesIn, turnEnds, socketWrites } = given[index] as Sent
          if (settlesIn) message.settleIn(arena)
          const deliveryTag = index * 0x1_0000_0001
          if (by === 'deliver') outbox.deliver(deliverPrefix, deliveryTag, redelivered, message)
          else {
            const getOk = { deliveryTag, redelivered, messageCount: 3 }
            outbox.content(CHANNEL, getOkFrame(CHANNEL, ADDRESS, getOk), message)
          }
          if (turnEnds) turn.run()
          if (socketWrites) socket.completeOnce()
        }
        turn.run()
        socket.complete()
        expect(outbox.backlogBytes).toBe(0)

        const received = readContents(socket.read(), CHANNEL, limit)
        expect(received.length).toBe(sent.length)
        for (const [index, { method, header, body }] of received.entries()) {
          const { by, redelivered } = given[index] as Sent
          expect(method).toEqual({
            deliveryTag: index * 0x1_0000_0001,
            redelivered,
            exchange: ADDRESS.exchange,
            routingKey: ADDRESS.routingKey,
            ...(by === 'deliver'
              ? { id: BASIC_DELIVER, consumerTag: CONSUMER_TAG }
              : { id: BASIC_GET_OK, messageCount: 3 }),
          })
          const expected = sent[index] as Framed
          expect(header.equals(expected.header.subarray(FRAME_HEADER_SIZE, -1))).toBe(true)
          expect(body.equals(expected.body)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})
