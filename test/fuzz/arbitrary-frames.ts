// Frames as fast-check generators, from right ones to broken ones.

import {
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
} from 'amqp-codec'
import fc, { type Arbitrary } from 'fast-check'
import { frame } from '../support/raw-client-wire.ts'
import { anyMethod, octets, properties, publish, request } from './arbitrary-methods.ts'

/** The channels that are open, and others. */
const openChannel = fc.constantFrom(1, 2)
const anyChannel = fc.oneof(
  { weight: 9, arbitrary: openChannel },
  { weight: 1, arbitrary: fc.constantFrom(0, 3, 65_535) },
)
const body = fc.oneof(octets, fc.constant(Buffer.alloc(0)), fc.constant(Buffer.alloc(5000, 'x')))

const requestFrame = fc
  .tuple(openChannel, request)
  .map(([channel, method]) => encodeMethodFrame(channel, method))

/** A whole publish. */
const message = fc
  .tuple(openChannel, publish, properties, body)
  .map(([channel, method, props, payload]) =>
    Buffer.concat([
      encodeMethodFrame(channel, method),
      encodeContentHeaderFrame(channel, payload.length, props),
      payload.length === 0 ? payload : frame(FRAME_BODY, channel, payload),
    ]),
  )

/** Frames that are right in themselves and in their order. */
export const wellFormed: Arbitrary<Buffer> = fc.oneof(
  { weight: 10, arbitrary: requestFrame },
  { weight: 6, arbitrary: message },
  { weight: 1, arbitrary: fc.constant(frame(FRAME_HEARTBEAT, 0, Buffer.alloc(0))) },
)

/** Frames that are right in themselves and mostly out of place. */
export const misplaced: Arbitrary<Buffer> = fc.oneof(
  fc.tuple(anyChannel, anyMethod).map(([channel, method]) => encodeMethodFrame(channel, method)),
  fc
    .tuple(anyChannel, fc.oneof(fc.nat(10_000), fc.constant(2 ** 40)), properties)
    .map(([channel, size, props]) => encodeContentHeaderFrame(channel, size, props)),
  fc.tuple(anyChannel, body).map(([channel, payload]) => frame(FRAME_BODY, channel, payload)),
)

const anyType = fc.oneof(
  fc.constantFrom(FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT),
  fc.nat(0xff),
)

/** Frames of any type with anything in them, nothing included. */
export const malformed: Arbitrary<Buffer> = fc
  .tuple(anyType, anyChannel, fc.oneof(octets, fc.constant(Buffer.alloc(0))))
  .map(([type, channel, payload]) => frame(type, channel, payload))

/** Right frames with one octet changed somewhere. */
export const damaged: Arbitrary<Buffer> = fc
  .tuple(fc.oneof(requestFrame, message), fc.nat(), fc.nat(0xff))
  .map(([whole, at, octet]) => {
    const copy = Buffer.from(whole)
    copy[at % copy.length] = octet
    return copy
  })

/** Right frames of which the end is missing. */
export const truncated: Arbitrary<Buffer> = fc
  .tuple(fc.oneof(requestFrame, message), fc.nat())
  .map(([whole, at]) => whole.subarray(0, at % whole.length))
