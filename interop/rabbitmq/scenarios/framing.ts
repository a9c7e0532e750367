// Frames that are wrong, or in the wrong order.

import {
  BASIC_PUBLISH,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { method } from '../../../test/support/raw-client-method.ts'
import { frame, frameHeader } from '../../../test/support/raw-client-wire.ts'
import type { Scenario, Topic } from '../stage/stage.ts'

const publish = encodeMethodFrame(1, method(BASIC_PUBLISH, { routingKey: 'q' }))
const declare = encodeMethodFrame(1, method(QUEUE_DECLARE, { queue: 'q' }))
const some = Buffer.from('body')

/** Sends octets on an open channel, and takes what the broker makes of it. */
function says(...octets: Buffer[]): Scenario {
  return async (stage) => {
    const { a } = stage
    await a.open()
    for (const piece of octets) stage.note(piece.subarray(0, 64).toString('hex'))
    await a.link.write(Buffer.concat(octets))
    await a.next('a refusal')
  }
}

/** The same where the broker may find nothing wrong. */
function takes(...octets: Buffer[]): Scenario {
  return async ({ a }) => {
    await a.open()
    await a.link.write(Buffer.concat(octets))
    await a.quiet()
  }
}

/** A method frame with exactly these octets behind its ids. */
function raw(classId: number, methodId: number, octets: string): Buffer {
  const payload = Buffer.concat([Buffer.alloc(4), Buffer.from(octets, 'hex')])
  payload.writeUInt16BE(classId, 0)
  payload.writeUInt16BE(methodId, 2)
  return frame(FRAME_METHOD, 1, payload)
}

function header(classId: number, bodySize: number): Buffer {
  const octets = Buffer.from(encodeContentHeaderFrame(1, bodySize, {}))
  octets.writeUInt16BE(classId, 7)
  return octets
}

export const framing: Topic = {
  topic: 'framing',
  scenarios: {
    'a header without a method': says(header(60, 0)),
    'a body without a method': says(frame(FRAME_BODY, 1, some)),
    'a method where a header was due': says(publish, declare),
    'a body where a header was due': says(publish, frame(FRAME_BODY, 1, some)),
    'a method where a body was due': says(publish, header(60, 4), declare),
    'a header where a body was due': says(publish, header(60, 4), header(60, 4)),
    'a header of another class': says(publish, header(50, 0)),
    'a heartbeat on a channel': says(frame(FRAME_HEARTBEAT, 1, Buffer.alloc(0))),
    'content on channel 0': says(frame(FRAME_BODY, 0, some)),
    'a header on channel 0': says(frame(FRAME_HEADER, 0, some)),
    'a frame of an unknown type': says(frame(7, 1, some)),
    'a frame with a wrong end': says(frame(FRAME_BODY, 1, some, 0xcd)),
    'a long frame with a wrong end': says(frame(FRAME_BODY, 1, Buffer.alloc(20, 'x'), 0)),
    'a frame that is too large': says(frameHeader(FRAME_BODY, 1, 131_073)),
    'a frame that is far too large': says(frameHeader(FRAME_METHOD, 1, 0x7fff_ffff)),
    'the largest frame there can be': async ({ a }) => {
      await a.queue('q')
      await a.link.write(publish)
      await a.link.write(header(60, 131_064))
      await a.link.write(frame(FRAME_BODY, 1, Buffer.alloc(131_064, 'x')))
      await a.get('q', true)
    },
    'a frame that is a little too large': async ({ a }) => {
      await a.queue('q')
      await a.link.write(Buffer.concat([publish, header(60, 131_072)]))
      await a.link.write(frame(FRAME_BODY, 1, Buffer.alloc(131_072, 'x')))
      await a.get('q', true)
    },
    'frames as small as a client likes': async (stage) => {
      stage.connection('a', { tune: { frameMax: 4096 } })
      const { a } = stage
      await a.queue('q')
      await a.link.write(Buffer.concat([publish, header(60, 4)]))
      for (const octet of some) await a.link.write(frame(FRAME_BODY, 1, Buffer.from([octet])))
      await a.get('q', true)
    },
    'empty bodies between others': async ({ a }) => {
      await a.queue('q')
      const empty = frame(FRAME_BODY, 1, Buffer.alloc(0))
      const body = frame(FRAME_BODY, 1, some)
      await a.link.write(Buffer.concat([publish, header(60, 8), empty, body, empty, body]))
      await a.get('q', true)
    },
    'a method whose arguments are cut short': says(raw(50, 10, '0000057100')),
    'a method that nobody knows': says(raw(50, 99, '')),
    'a class that nobody knows': says(raw(99, 10, '')),
    'a method without its ids': says(frame(FRAME_METHOD, 1, Buffer.from([0, 50]))),
    'more body than was announced': takes(publish, header(60, 3), frame(FRAME_BODY, 1, some)),
    'more body than was announced, in two frames': takes(
      publish,
      header(60, 5),
      frame(FRAME_BODY, 1, some),
      frame(FRAME_BODY, 1, some),
    ),
    'a header whose properties are cut short': takes(
      publish,
      frame(FRAME_HEADER, 1, Buffer.from('003c0000000000000000000080000a41', 'hex')),
    ),
    'a header that is cut short': says(
      publish,
      frame(FRAME_HEADER, 1, Buffer.from('003c00000000', 'hex')),
    ),
    'a method whose table is malformed': says(raw(50, 10, '0000017100000000050141740100')),
    'a name that is not UTF-8': says(raw(50, 10, '0000 02c328 00 00000000'.replaceAll(' ', ''))),
    'channels whose frames are interleaved': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.open()
      const other = encodeMethodFrame(2, method(BASIC_PUBLISH, { routingKey: 'q' }))
      await a.link.write(
        Buffer.concat([
          publish,
          other,
          header(60, 4),
          encodeContentHeaderFrame(2, 4, {}),
          frame(FRAME_BODY, 2, Buffer.from('two!')),
          frame(FRAME_BODY, 1, Buffer.from('one!')),
        ]),
      )
      await a.holds('q', 2)
    },
  },
}
