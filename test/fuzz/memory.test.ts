// What hostile clients cannot do to the broker's memory.

import {
  BASIC_GET,
  BASIC_PUBLISH,
  CHANNEL_FLOW,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_METHOD,
  PROTOCOL_HEADER,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { method } from '../support/raw-client-method.ts'
import { frame, frameHeader } from '../support/raw-client-wire.ts'
import { Arena, memoryInUse } from './arena.ts'

const MIB = 1024 * 1024
/** What a hundred clients may leave behind: less than five KiB each, where one costs many times more. */
const TOLERANCE = MIB / 2

describe('memory does not stay', () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open()
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  type Attack = (connection: RawConnection) => unknown
  const strangers: [string, Attack][] = [
    ['that never say anything', () => {}],
    [
      'that stop within the protocol header',
      ({ wire }) => wire.write(PROTOCOL_HEADER.subarray(0, 4)),
    ],
    ['that stop after the protocol header', (it) => it.start()],
    [
      'that cannot log in',
      async (it) => {
        await it.start()
        it.sendStartOk({ mechanism: 'RIDDLE' })
      },
    ],
    [
      'that stop within their properties',
      async ({ wire }) => wire.write(PROTOCOL_HEADER).write(frameHeader(FRAME_METHOD, 0, 4096)),
    ],
  ]
  const members: [string, Attack][] = [
    ['that stop within a frame', ({ wire }) => wire.write(frameHeader(FRAME_BODY, 1, 131_064))],
    [
      'that stop before a large body',
      (it) =>
        it
          .on(1)
          .send(BASIC_PUBLISH)
          .sendHeader(100 * MIB),
    ],
    [
      'that stop within a large body',
      (it) =>
        it
          .on(1)
          .send(BASIC_PUBLISH)
          .sendHeader(100 * MIB)
          .sendBody('x'.repeat(100_000)),
    ],
    ['that send empty bodies', (it) => emptyBodies(it)],
    [
      'that publish to nobody',
      (it) => it.on(1).publishAll('nobody', Array(100).fill('x'.repeat(1000))),
    ],
    ['that ask and do not read', (it) => askAndDoNotRead(it)],
    ['that leave consumers and messages behind', (it) => leaveMuchBehind(it)],
    ['that open all channels', (it) => openAllChannels(it)],
    ['that make a mistake on a channel', (it) => it.on(1).send(BASIC_GET, { queue: 'nowhere' })],
    ['that make a fatal mistake', (it) => it.on(1).sendBody('x')],
  ]

  const enterAnd = (attack: Attack) => async () => {
    const connection = await arena.enter()
    await attack(connection)
    await connection.wire.hangUp()
  }
  const dialAnd = (attack: Attack) => async () => {
    const connection = await arena.dial()
    await attack(connection)
    await connection.wire.hangUp()
  }

  test.for([
    ...strangers.map(([what, attack]) => [what, dialAnd(attack)] as const),
    ...members.map(([what, attack]) => [what, enterAnd(attack)] as const),
  ])('of clients %s', async ([, attack]) => {
    const attackTimes = async (count: number) => {
      for (let n = 0; n < count; n++) await attack()
      await arena.expectPeace()
      arena.reset()
    }
    // The first attacks fill what is kept on purpose: pools, caches, compiled code.
    await attackTimes(50)
    const before = await memoryInUse()
    await attackTimes(100)
    // Sockets go some time after they are closed; what stays, stays.
    const growth = async () => (await memoryInUse()) - before
    await vi.waitFor(async () => expect(await growth()).toBeLessThan(TOLERANCE), {
      timeout: 30_000,
    })
  })
})

async function emptyBodies(connection: RawConnection): Promise<void> {
  const channel = connection.on(1).send(BASIC_PUBLISH).sendHeader(1)
  connection.wire.write(Buffer.concat(Array(5000).fill(frame(FRAME_BODY, 1, Buffer.alloc(0)))))
  await channel.wire.flushed()
}

async function askAndDoNotRead({ wire }: RawConnection): Promise<void> {
  wire.pause()
  const question = encodeMethodFrame(1, method(CHANNEL_FLOW, { active: true }))
  wire.write(Buffer.concat(Array(5000).fill(question)))
  wire.resume()
}

async function leaveMuchBehind(connection: RawConnection): Promise<void> {
  const channel = connection.on(2)
  const queue = await channel.declareQueue()
  await channel.bind({ queue, exchange: 'amq.topic', routingKey: 'a.*.#' })
  await channel.consume(queue)
  await channel.publishAll(queue, Array(50).fill('x'.repeat(1000))).deliveries(50)
  channel.send(TX_SELECT).publishAll(queue, Array(50).fill('y'.repeat(1000)))
  await channel.expect(TX_SELECT_OK)
}

async function openAllChannels(connection: RawConnection): Promise<void> {
  for (let number = 3; number <= 2047; number++) connection.on(number).send(CHANNEL_OPEN)
  await connection.on(2047).expect(CHANNEL_OPEN_OK)
}
