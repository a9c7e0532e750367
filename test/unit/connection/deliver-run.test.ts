import { describe, expect, it } from 'vitest'
import { Turn } from '../../../src/base/turn.ts'
import { Outbox } from '../../../src/connection/outbox.ts'
import { SLAB_BYTES, SlabPool } from '../../../src/connection/slab-pool.ts'
import type { Message } from '../../../src/message/message.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const FRAME_MAX = 4096

interface Sent {
  readonly bytes: Buffer
  readonly count: number
}

/** What leaves of an outbox that is given that to send; it says how many deliveries that were. */
function sent(deliver: (outbox: Outbox) => number, limitBytes = 64 * SLAB_BYTES): Sent {
  const socket = new FakeSocket()
  const turn = new Turn()
  const onFault = (error: unknown): void => {
    throw error
  }
  const slabs = new SlabPool()
  const outbox = new Outbox({
    socket: socket.socket,
    turn,
    slabs,
    limitBytes,
    onRoom() {},
    onFault,
  })
  outbox.frameMax = FRAME_MAX
  const count = deliver(outbox)
  do {
    turn.run()
    socket.complete()
  } while (outbox.backlogBytes > 0)
  return { bytes: socket.read(), count }
}

/** A `basic.deliver` up to the consumer tag. */
function prefixOf(channel: number, consumerTag: string): Buffer {
  const head = Buffer.from([1, channel >> 8, channel, 0, 0, 0, 0, 0, 60, 0, 60, consumerTag.length])
  return Buffer.concat([head, Buffer.from(consumerTag)])
}

class Run {
  readonly messages: Message[]
  wire: object | null = null

  constructor(messages: Message[]) {
    this.messages = messages
  }

  sequenceAt(index: number): number {
    return index
  }
}

/** Messages of many sizes, with and without bodies and properties. */
function samples(count: number, bodyBytes: (index: number) => number): Message[] {
  return Array.from({ length: count }, (_, index) =>
    sampleMessage(Buffer.alloc(bodyBytes(index), index), {
      exchange: index % 3 === 0 ? 'amq.topic' : '',
      routingKey: `key ${index}`,
      properties: index % 2 === 0 ? { contentType: 'text/plain', deliveryMode: 2 } : {},
    }),
  )
}

const small = (index: number): number => (index * 7) % 300

/** The same, one by one. */
function oneByOne(run: Run, prefix: Buffer, firstTag: number, from: number, to: number): Sent {
  return sent((outbox) => {
    for (let index = from; index < to; index++) {
      outbox.deliver(prefix, firstTag + index - from, false, run.messages[index] as Message)
    }
    return to - from
  })
}

describe('a run of deliveries', () => {
  it('is, byte by byte, what its messages are one by one, for each channel, tag and place', () => {
    const run = new Run(samples(3000, small))
    const consumers = [
      prefixOf(1, 'a'),
      prefixOf(0x1234, 'b'),
      prefixOf(2, 'another'),
      prefixOf(3, ''),
    ]
    for (const [at, prefix] of consumers.entries()) {
      const firstTag = 0xffff_ff00 + at
      for (const [from, to] of [
        [0, 3000],
        [17, 2900],
        [2999, 3000],
        [5, 5],
      ] as const) {
        const together = sent((outbox) => outbox.deliverRun(prefix, firstTag, run, from, to))
        expect(together.count).toBe(to - from)
        const expected = oneByOne(run, prefix, firstTag, from, to)
        expect(together.bytes.equals(expected.bytes)).toBe(true)
      }
    }
  })

  it('goes on with messages that were added to it', () => {
    const run = new Run(samples(10, small))
    const prefix = prefixOf(1, 'tag')
    sent((outbox) => outbox.deliverRun(prefix, 1, run, 0, 10))
    run.messages.push(...samples(50, small))
    const together = sent((outbox) => outbox.deliverRun(prefix, 11, run, 10, 60))
    expect(together.bytes.equals(oneByOne(run, prefix, 11, 10, 60).bytes)).toBe(true)
  })

  it('has messages that are too large for a frame, or to be copied, among others', () => {
    for (const large of [FRAME_MAX, 9000, 200_000]) {
      const run = new Run(samples(30, (index) => (index === 12 ? large : index)))
      const prefix = prefixOf(1, 'tag')
      const together = sent((outbox) => outbox.deliverRun(prefix, 1, run, 0, 30))
      expect(together.bytes.equals(oneByOne(run, prefix, 1, 0, 30).bytes)).toBe(true)
    }
  })

  it('ends where the outbox is full', () => {
    const run = new Run(samples(5000, () => 100))
    const { count, bytes } = sent(
      (outbox) => outbox.deliverRun(prefixOf(1, 't'), 1, run, 0, 5000),
      1000,
    )
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(5000)
    expect(bytes.length).toBeLessThanOrEqual(SLAB_BYTES)
    expect(bytes.equals(oneByOne(run, prefixOf(1, 't'), 1, 0, count).bytes)).toBe(true)
  })
})
