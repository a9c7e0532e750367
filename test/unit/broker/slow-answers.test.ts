// Queues that answer later, as those on other nodes do: nothing that comes meanwhile is lost, or handled
// before its time, whatever becomes of the channel.

import {
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import { describe, expect, it, vi } from 'vitest'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { queueInExclusiveUse } from '../../../src/reasons.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { eventually } from '../../support/eventually.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { SlowAnswers } from '../../support/slow-answers.ts'
import { RunningBroker } from './running-broker.ts'

const Q = { queue: 'q' }
const LIMIT_MS = 60_000

interface Scene {
  readonly running: RunningBroker
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly connection: RawConnection
  readonly channel: RawChannel
  /** Of another connection. */
  readonly other: RawChannel
}

/** With a queue `q` that has these messages. */
async function begin(...bodies: string[]): Promise<Scene> {
  const clock = new FakeClock()
  const logger = new RecordingLogger()
  const running = await RunningBroker.start({ clock, logger, consumerTimeoutMs: LIMIT_MS })
  const connection = await running.connect()
  const channel = await connection.channel()
  const other = await running.channel()
  await other.send(QUEUE_DECLARE, Q).expect(QUEUE_DECLARE_OK)
  await other.publishAll('q', bodies).counts('q')
  return { running, clock, logger, connection, channel, other }
}

const faultsOf = ({ logger }: Scene) => logger.take().filter(([level]) => level === 'error')

async function expectCounts(scene: Scene, messageCount: number, consumerCount = 0): Promise<void> {
  await eventually(async () => {
    expect(await scene.other.counts('q')).toMatchObject({ messageCount, consumerCount })
  })
  expect(faultsOf(scene)).toEqual([])
}

/** The connection goes without a word, and the broker knows. */
async function die({ running, connection }: Scene): Promise<void> {
  connection.wire.destroy()
  await eventually(() => expect(running.broker.connectionCount).toBe(1))
}

/** Holds a delivery for too long, while something else is waited for. */
async function outlast({ clock, channel }: Scene): Promise<void> {
  clock.advance(LIMIT_MS / 2)
  clock.advance(LIMIT_MS)
  expect((await channel.expect(CHANNEL_CLOSE)).replyCode).toBe(406)
}

/** Nothing has come since the close of the channel. */
async function reopen(channel: RawChannel): Promise<void> {
  await channel.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
}

describe('a consumer that the queue has not accepted yet', () => {
  it('holds back what comes behind it, and gets nothing before its consume-ok', async () => {
    const scene = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'consume')
    const { channel, other } = scene
    channel.send(BASIC_CONSUME, { ...Q, consumerTag: 'c' }).publishAll('q', ['b', 'c'])
    channel.send(QUEUE_DECLARE, { ...Q, passive: true })
    await slow.asked()
    // The publishes are not in the queue, though they were sent at once.
    expect((await other.counts('q')).messageCount).toBe(1)
    expect(channel.wire.takeAll()).toEqual([])
    slow.answer()
    await channel.expect(BASIC_CONSUME_OK)
    expect(await channel.bodies(3)).toEqual(['a', 'b', 'c'])
    await channel.expect(QUEUE_DECLARE_OK)
  })

  it('ends its channel when it is refused, and nothing else', async () => {
    const scene = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'consume')
    slow.refuse(queueInExclusiveUse('q', '/'))
    const { channel } = scene
    channel.send(BASIC_CONSUME, { ...Q, consumerTag: 'c' }).publishAll('q', ['b'])
    await slow.asked()
    slow.answer()
    const text = "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"
    await channel.expectClose(403, text, BASIC_CONSUME)
    // What came behind it went with the channel.
    await expectCounts(scene, 1)
  })

  it('is one no longer when its connection dies before', async () => {
    const scene = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'consume')
    scene.channel.send(BASIC_CONSUME, Q)
    await slow.asked()
    await die(scene)
    slow.answer()
    await expectCounts(scene, 1)
  })

  it.each([
    ['accepted', undefined],
    ['refused', queueInExclusiveUse('q', '/')],
  ])('is not heard of again when its channel ends before it is %s', async (_, refusal) => {
    const scene = await begin('a', 'b')
    const { channel } = scene
    await channel.get('q')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'consume')
    if (refusal !== undefined) slow.refuse(refusal)
    channel.send(BASIC_CONSUME, Q)
    await slow.asked()
    await outlast(scene)
    slow.answer()
    await reopen(channel)
    await expectCounts(scene, 2)
  })

  it('is cancelled after its consume-ok when the queue has gone before', async () => {
    const { channel, other } = await begin()
    const slow = new SlowAnswers(ClassicQueue.prototype, 'consume')
    channel.send(BASIC_CONSUME, { ...Q, consumerTag: 'c' })
    await slow.asked()
    await other.send(QUEUE_DELETE, Q).expect(QUEUE_DELETE_OK)
    slow.answer()
    await channel.expect(BASIC_CONSUME_OK)
    expect((await channel.expect(BASIC_CANCEL)).consumerTag).toBe('c')
    await channel.expectNothing()
  })
})

describe('a basic.get that the queue has not answered yet', () => {
  it('is answered in its order', async () => {
    const { channel } = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'get')
    channel.send(BASIC_GET, Q).send(BASIC_GET, Q)
    await slow.asked()
    slow.answer()
    expect((await channel.expectMessage(BASIC_GET_OK)).body).toBe('a')
    await slow.asked()
    slow.answer()
    await channel.expect(BASIC_GET_EMPTY)
  })

  it('gives back what comes after its connection has died', async () => {
    const scene = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'get')
    scene.channel.send(BASIC_GET, Q)
    await slow.asked()
    await die(scene)
    expect((await scene.other.counts('q')).messageCount).toBe(0)
    slow.answer()
    await expectCounts(scene, 1)
    await scene.other.consume('q')
    expect((await scene.other.expectMessage(BASIC_DELIVER)).redelivered).toBe(true)
  })

  it('loses what comes then without acknowledgement, as a consumer does', async () => {
    const scene = await begin('a')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'get')
    scene.channel.send(BASIC_GET, { ...Q, noAck: true })
    await slow.asked()
    await die(scene)
    slow.answer()
    await expectCounts(scene, 0)
  })

  it('gives back what comes after its channel was closed, and says nothing', async () => {
    const scene = await begin('a', 'b')
    const { channel } = scene
    await channel.get('q')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'get')
    channel.send(BASIC_GET, Q)
    await slow.asked()
    await outlast(scene)
    slow.answer()
    await reopen(channel)
    await expectCounts(scene, 2)
  })
})

describe('a queue that has not heard yet', () => {
  it('that a channel is closed is waited for with close-ok', async () => {
    const scene = await begin('a', 'b')
    const { channel } = scene
    await channel.get('q')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'whenTold')
    channel.send(CHANNEL_CLOSE, { replyCode: 200 }).send(CHANNEL_OPEN)
    await slow.asked()
    await expectCounts(scene, 2)
    expect(channel.wire.takeAll()).toEqual([])
    slow.answer()
    await channel.expect(CHANNEL_CLOSE_OK)
    await channel.expect(CHANNEL_OPEN_OK)
  })

  it('that a connection is closed is waited for with close-ok', async () => {
    const scene = await begin('a', 'b')
    const { channel, connection } = scene
    await channel.get('q')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'whenTold')
    connection.control.send(CONNECTION_CLOSE, { replyCode: 200 })
    await slow.asked()
    await expectCounts(scene, 2)
    expect(channel.wire.takeAll()).toEqual([])
    slow.answer()
    await connection.control.expect(CONNECTION_CLOSE_OK)
  })

  it('that a consumer is cancelled is waited for with cancel-ok', async () => {
    const { channel } = await begin()
    await channel.consume('q', { consumerTag: 'c' })
    const slow = new SlowAnswers(ClassicQueue.prototype, 'whenTold')
    channel.send(BASIC_CANCEL, { consumerTag: 'c' })
    await slow.asked()
    expect(channel.wire.takeAll()).toEqual([])
    slow.answer()
    await channel.expect(BASIC_CANCEL_OK)
  })

  it('that a channel is closed is no matter when its connection dies', async () => {
    const scene = await begin('a', 'b')
    await scene.channel.get('q')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'whenTold')
    scene.channel.send(CHANNEL_CLOSE, { replyCode: 200 })
    await slow.asked()
    await die(scene)
    slow.answer()
    await expectCounts(scene, 2)
  })
})

describe('what is told of a queue that has to be asked', () => {
  it('is how many messages were purged', async () => {
    const { channel } = await begin('a', 'b')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'purge')
    channel.send(QUEUE_PURGE, Q)
    await slow.asked()
    slow.answer()
    expect((await channel.expect(QUEUE_PURGE_OK)).messageCount).toBe(2)
  })

  it('is nothing when its connection dies before', async () => {
    const scene = await begin('a', 'b')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'purge')
    scene.channel.send(QUEUE_PURGE, Q)
    await slow.asked()
    await die(scene)
    slow.answer()
    await expectCounts(scene, 0)
  })

  it.each([
    ['a declaration', QUEUE_DECLARE, {}, QUEUE_DECLARE_OK],
    ['a passive one', QUEUE_DECLARE, { passive: true }, QUEUE_DECLARE_OK],
    ['a deletion', QUEUE_DELETE, {}, QUEUE_DELETE_OK],
  ] as const)('is in the answer of %s as it is then', async (_, id, fields, answer) => {
    const { channel, other } = await begin('a', 'b')
    const slow = new SlowAnswers(ClassicQueue.prototype, 'counted')
    channel.send(id, { ...Q, ...fields })
    await slow.asked()
    other.publishAll('q', ['c'])
    await other.expectNothing()
    slow.answer()
    expect(await channel.expect(answer)).toMatchObject({ messageCount: 3 })
  })

  it('decides whether it may be deleted', async () => {
    const { channel, other } = await begin()
    const slow = new SlowAnswers(ClassicQueue.prototype, 'counted')
    channel.send(QUEUE_DELETE, { ...Q, ifEmpty: true })
    await slow.asked()
    other.publishAll('q', ['a'])
    await other.expectNothing()
    slow.answer()
    const text = "PRECONDITION_FAILED - queue 'q' in vhost '/' not empty"
    await channel.expectClose(406, text, QUEUE_DELETE)
  })
})

describe('a declaration that another node was faster with', () => {
  /** Somebody else's queue or exchange takes the place of this one while that is being stored. */
  async function overtaken(method: 'queueStored' | 'exchangeStored', declare: () => void) {
    const slow = new SlowAnswers(Vhost.prototype, method)
    declare()
    await slow.asked()
    vi.restoreAllMocks()
    return slow
  }

  it.each([
    ['is that of the other one where they are the same', false],
    ['is refused where they are not', true],
  ])('%s: a queue', async (_, autoDelete) => {
    const { channel, other } = await begin()
    const mine = { queue: 'new', durable: true }
    const slow = await overtaken('queueStored', () => channel.send(QUEUE_DECLARE, mine))
    await other.send(QUEUE_DELETE, { queue: 'new' }).expect(QUEUE_DELETE_OK)
    await other.send(QUEUE_DECLARE, { ...mine, autoDelete }).expect(QUEUE_DECLARE_OK)
    await other.publishAll('new', ['a']).counts('new')
    slow.answer()
    if (!autoDelete) {
      expect((await channel.expect(QUEUE_DECLARE_OK)).messageCount).toBe(1)
      return
    }
    const text =
      "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue 'new' in vhost '/': received 'false' but current is 'true'"
    await channel.expectClose(406, text, QUEUE_DECLARE)
  })

  it.each([
    ['is that of the other one where they are the same', 'fanout'],
    ['is refused where they are not', 'topic'],
  ])('%s: an exchange', async (_, type) => {
    const { channel, other } = await begin()
    const named = { exchange: 'new', durable: true }
    const declare = () => channel.send(EXCHANGE_DECLARE, { ...named, type: 'fanout' })
    const slow = await overtaken('exchangeStored', declare)
    await other.send(EXCHANGE_DELETE, { exchange: 'new' }).expect(EXCHANGE_DELETE_OK)
    await other.send(EXCHANGE_DECLARE, { ...named, type }).expect(EXCHANGE_DECLARE_OK)
    slow.answer()
    if (type === 'fanout') {
      await channel.expect(EXCHANGE_DECLARE_OK)
      return
    }
    const text =
      "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'new' in vhost '/': received 'fanout' but current is 'topic'"
    await channel.expectClose(406, text, EXCHANGE_DECLARE)
  })
})
