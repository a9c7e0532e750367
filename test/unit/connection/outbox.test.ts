import {
  BASIC_DELIVER,
  BASIC_GET_OK,
  CHANNEL_FLOW_OK,
  encodeMethodFrame,
  HEARTBEAT_FRAME,
} from 'amqp-codec'
import { describe, expect, it, vi } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Turn } from '../../../src/base/turn.ts'
import { Channel } from '../../../src/channel/channel.ts'
import { COMPAT_PROFILES } from '../../../src/config/compat.ts'
import { Outbox } from '../../../src/connection/outbox.ts'
import { SLAB_BYTES, SlabPool } from '../../../src/connection/slab-pool.ts'
import { ContentAssembler } from '../../../src/message/content-assembler.ts'
import type { Message } from '../../../src/message/message.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FakeSocket } from '../../support/fake-socket.ts'
import { method } from '../../support/raw-client-method.ts'
import { readContents } from '../../support/read-contents.ts'
import { addressOf, bodyOf, sampleMessage } from '../../support/sample-message.ts'

const LIMIT_BYTES = 64 * 1024
const CHANNEL = 5

class Fixture {
  readonly socket: FakeSocket = new FakeSocket()
  readonly turn: Turn = new Turn()
  readonly slabs: SlabPool = new SlabPool()
  readonly outbox: Outbox
  onRoom: () => void = () => {}

  constructor() {
    this.outbox = new Outbox({
      socket: this.socket.socket,
      turn: this.turn,
      slabs: this.slabs,
      limitBytes: LIMIT_BYTES,
      onRoom: () => this.onRoom(),
      onFault: (error) => {
        throw error
      },
    })
  }

  /** Ends the turn and writes, for as long as that brings more. */
  settle(): void {
    do {
      this.turn.run()
      this.socket.complete()
    } while (this.outbox.backlogBytes > 0)
  }
}

const FLOW_OK = method(CHANNEL_FLOW_OK, { active: true })

describe('the output of one turn', () => {
  it('leaves in one write when the turn ends', () => {
    const { outbox, socket, turn } = new Fixture()
    outbox.method(CHANNEL, FLOW_OK)
    outbox.method(CHANNEL, FLOW_OK)
    outbox.heartbeat()
    expect(socket.inFlightCount).toBe(0)
    turn.run()
    expect(socket.inFlightCount).toBe(1)
    socket.complete()
    const frame = encodeMethodFrame(CHANNEL, FLOW_OK)
    expect(socket.read()).toEqual(Buffer.concat([frame, frame, HEARTBEAT_FRAME]))
  })

  it('contains what listeners add when it is about to leave', () => {
    const { outbox, socket, turn } = new Fixture()
    outbox.beforeFlush({ beforeFlush: () => outbox.method(CHANNEL, FLOW_OK) })
    turn.run()
    socket.complete()
    expect(socket.read()).toEqual(encodeMethodFrame(CHANNEL, FLOW_OK))
    outbox.heartbeat()
    turn.run()
    socket.complete()
    expect(socket.read()).toEqual(HEARTBEAT_FRAME)
  })

  it('waits for the output before it, and leaves by itself after that', () => {
    const { outbox, socket, turn } = new Fixture()
    outbox.method(1, FLOW_OK)
    turn.run()
    for (let round = 0; round < 3; round++) {
      outbox.method(2, FLOW_OK)
      turn.run()
    }
    expect(socket.inFlightCount).toBe(1)
    socket.completeOnce()
    expect(socket.inFlightCount).toBe(1)
    socket.complete()
    const frames = [1, 2, 2, 2].map((channel) => encodeMethodFrame(channel, FLOW_OK))
    expect(socket.read()).toEqual(Buffer.concat(frames))
  })

  it('gives its slab back once it is written, and not before', () => {
    const { outbox, socket, turn, slabs } = new Fixture()
    const give = vi.spyOn(slabs, 'give')
    outbox.heartbeat()
    turn.run()
    expect(give).not.toHaveBeenCalled()
    socket.complete()
    expect(give).toHaveBeenCalledTimes(1)
    const [[slab] = []] = give.mock.calls
    expect(slabs.take()).toBe(slab)
  })

  it('counts as a sign of life', () => {
    const { outbox, turn } = new Fixture()
    expect(outbox.takeActivity()).toBe(false)
    outbox.heartbeat()
    turn.run()
    expect(outbox.takeActivity()).toBe(true)
    expect(outbox.takeActivity()).toBe(false)
  })
})

describe('a consumer that does not read', () => {
  /** A channel whose client consumes from `queue` and never acknowledges. */
  function consume(fixture: Fixture): Queue {
    const vhost = new Vhost('/')
    const queue = vhost.declareQueue(
      'q',
      { durable: false, exclusiveOwner: null, autoDelete: false, arguments: new Map() },
      {},
    )
    const channel = new Channel(CHANNEL, {
      vhost,
      access: Access.unrestricted('guest', '/'),
      profile: COMPAT_PROFILES.lenient,
      owner: {},
      link: { name: '' },
      output: fixture.outbox,
      maxMessageSize: 1024 * 1024,
      consumersPerChannel: 0,
      consumerTimeoutMs: 0,
      cancelNotify: true,
      dispatch() {},
      messageLog: null,
      isMemoryShort: () => false,
      wait() {},
      channelClosed() {},
    })
    fixture.onRoom = () => channel.consumers.resumeAll()
    const request = {
      consumerTag: 'c',
      noAck: true,
      exclusive: false,
      isQosGlobal: false,
      prefetchCount: 0,
    }
    const { consumer } = channel.consumers.add({
      ...request,
      queue: () => queue,
      arguments: new Map(),
    })
    channel.consumers.start(consumer)
    return queue
  }

  it.for([
    ['copied', 1024],
    ['referred to', 20_000],
  ] as const)('gets no more %s than the limit, and all when it reads', ([, bodyBytes]) => {
    const fixture = new Fixture()
    const { socket, turn, outbox } = fixture
    const queue = consume(fixture)
    const count = 300
    const bodies = Array.from({ length: count }, (_, n) => Buffer.alloc(bodyBytes, n))
    for (const body of bodies) {
      queue.publish(sampleMessage(body))
      turn.run()
      expect(outbox.backlogBytes).toBeLessThan(LIMIT_BYTES + SLAB_BYTES)
    }
    expect(socket.inFlightBytes).toBeLessThan(LIMIT_BYTES + SLAB_BYTES)
    const least = count - Math.ceil((LIMIT_BYTES + SLAB_BYTES) / bodyBytes)
    expect(queue.readyCount).toBeGreaterThanOrEqual(least)
    while (queue.readyCount > 0) {
      socket.completeOnce()
      turn.run()
      expect(outbox.backlogBytes).toBeLessThan(LIMIT_BYTES + SLAB_BYTES)
    }
    fixture.settle()
    const received = readContents(socket.read(), CHANNEL, 0)
    const isSame = received.map(({ body }, n) => body.equals(bodies[n] as Buffer))
    expect(isSame).toEqual(bodies.map(() => true))
  })

  it('is told of room only when half of the limit is written', () => {
    const fixture = new Fixture()
    const { outbox, socket, turn } = fixture
    let rooms = 0
    fixture.onRoom = () => rooms++
    const halfAndMore = Buffer.alloc(LIMIT_BYTES / 2 + 1)
    outbox.bytes(halfAndMore)
    turn.run()
    outbox.bytes(halfAndMore)
    expect(outbox.full).toBe(true)
    turn.run()
    socket.completeOnce()
    expect([rooms, outbox.full]).toEqual([0, true])
    socket.completeOnce()
    expect([rooms, outbox.full]).toEqual([1, false])
  })
})

describe('a content that is special', () => {
  const deliverPrefix = encodeMethodFrame(
    CHANNEL,
    method(BASIC_DELIVER, { consumerTag: 'c' }),
  ).subarray(0, 13)

  function received(message: Message): { header: Buffer; body: Buffer }[] {
    const fixture = new Fixture()
    fixture.outbox.deliver(deliverPrefix, 1, false, message)
    const getOk = encodeMethodFrame(CHANNEL, method(BASIC_GET_OK, { deliveryTag: 2 }))
    fixture.outbox.content(CHANNEL, getOk, message)
    fixture.settle()
    return readContents(fixture.socket.read(), CHANNEL, 0)
  }

  it('has a header larger than a slab', () => {
    const headers = new Map([['h', { type: 'S' as const, value: 'x'.repeat(2 * SLAB_BYTES) }]])
    const message = sampleMessage('body', { properties: { headers } })
    const contents = received(message)
    expect(contents.length).toBe(2)
    for (const { header, body } of contents) {
      const { buffer, headerStart, headerEnd } = message
      expect(header.equals(buffer.subarray(headerStart, headerEnd))).toBe(true)
      expect(body.toString()).toBe('body')
    }
    // Others get the same bytes.
    expect(message.buffer.readUInt16BE(message.start + 1)).toBe(1)
  })

  it('has two frames in its first run and in all as many bytes as if they were the whole body', () => {
    const first = sampleMessage(Buffer.alloc(4000 + 4145 + 8, 'a'), { frameMax: 4008 })
    const whole = first.buffer
    const headerFrameBytes = first.headerEnd + 1
    // One frame of 4000, one of 4145 and, in a buffer of its own, one of 8.
    const chunk = Buffer.alloc(headerFrameBytes + 4008 + 4153)
    whole.copy(chunk, 0, 0, headerFrameBytes)
    writeBodyFrame(chunk, headerFrameBytes, 4000, 'b')
    writeBodyFrame(chunk, headerFrameBytes + 4008, 4145, 'c')
    const rest = Buffer.alloc(16)
    writeBodyFrame(rest, 0, 8, 'd')
    const assembler = new ContentAssembler()
    assembler.begin(chunk, 7, headerFrameBytes - 1, 4000 + 4145 + 8)
    assembler.body(chunk, headerFrameBytes + 7, headerFrameBytes + 4007)
    assembler.body(chunk, headerFrameBytes + 4015, headerFrameBytes + 8160)
    assembler.body(rest, 7, 15)
    const message = assembler.finish(addressOf('', 'q'))
    for (const { body } of received(message)) expect(body.equals(bodyOf(message))).toBe(true)
  })

  function writeBodyFrame(target: Buffer, at: number, size: number, fill: string): void {
    target[at] = 3
    target.writeUInt16BE(1, at + 1)
    target.writeUInt32BE(size, at + 3)
    target.fill(fill, at + 7, at + 7 + size)
    target[at + 7 + size] = 0xce
  }
})
