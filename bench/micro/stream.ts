// What a stream costs the broker a delivery, and a publish, with everything around it: a broker in a
// process of its own, sockets, acknowledgements. The figures are that process's CPU time.
//
//   npx tsx bench/micro/stream.ts [messages] [consumers]

import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_QOS,
  BASIC_QOS_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  FRAME_METHOD,
  fieldTableFromObject,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { LOAD_SIZE } from '../../src/load/link.ts'
import { makeReel, type Reel } from '../../src/load/reel.ts'
import { Session } from '../../src/load/session.ts'
import type { Target } from '../../src/load/traffic-load.ts'
import { readUint32, readUint64 } from '../../src/load/wire.ts'

const BODY_BYTES = 100
const PREFETCH = 2000
const ACK_EVERY = 200
/** So many publishes may be unconfirmed. */
const WINDOW = 10_000

interface CpuTime {
  readonly cpuUs: number
}

if (process.argv[2] === 'broker') await serve(process.argv[3] as string)
else await main(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 10))

/** The broker's process: says where it listens, and its CPU time whenever it is asked. */
async function serve(dataDir: string): Promise<void> {
  const { createBroker } = await import('../../src/index.ts')
  const broker = await createBroker({ port: 0, dataDir, durability: 'os' })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuUs: user + system } satisfies CpuTime)
  })
  process.on('disconnect', () => process.exit())
  process.send?.(broker.port)
}

async function main(messages: number, consumers: number): Promise<void> {
  for (const isStored of [true, false]) {
    const directory = mkdtempSync(join(tmpdir(), 'leveret-stream-'))
    const dataDir = isStored ? directory : 'none'
    const child = fork(fileURLToPath(import.meta.url), ['broker', dataDir])
    process.stdout.write(isStored ? 'with a data directory\n' : 'in memory\n')
    try {
      const port = await answerOf<number>(child)
      const target: Target = {
        host: '127.0.0.1',
        port,
        vhost: '/',
        user: 'guest',
        password: 'guest',
      }
      await measureAll(child, target, messages, consumers)
    } finally {
      child.disconnect()
      rmSync(directory, { recursive: true })
    }
  }
}

async function measureAll(
  child: ChildProcess,
  target: Target,
  messages: number,
  consumers: number,
): Promise<void> {
  await declare(target, 'classic')
  await declare(target, 'stream')
  await report(child, 'publish to a durable classic queue', messages, () =>
    publish(target, 'classic', messages),
  )
  await report(child, 'publish to a stream', messages, () => publish(target, 'stream', messages))
  await report(child, 'replay by one', messages, async () => {
    const one = await consume(target, 'stream', 'first', messages)
    await one.done
    await one.session.close()
  })
  const deliveries = messages * consumers
  await report(child, `replay by ${consumers}`, deliveries, async () => {
    const all = await consumeAll(target, consumers, 'first', messages)
    for (const { session } of all) await session.close()
  })
  await report(child, `publish to and follow by ${consumers}, a delivery`, deliveries, async () => {
    const followers = await Promise.all(
      Array.from({ length: consumers }, () => consume(target, 'stream', 'next', messages)),
    )
    await Promise.all([publish(target, 'stream', messages), ...followers.map(({ done }) => done)])
    for (const { session } of followers) await session.close()
  })
}

async function report(
  child: ChildProcess,
  name: string,
  operations: number,
  run: () => Promise<void>,
): Promise<void> {
  const before = await cpuTime(child)
  const startMs = performance.now()
  await run()
  const elapsedMs = performance.now() - startMs
  const ns = (((await cpuTime(child)) - before) * 1000) / operations
  const rate = Math.round(operations / elapsedMs)
  process.stdout.write(`${name.padEnd(58)} ${ns.toFixed(0).padStart(7)} ns  ${rate} k/s\n`)
}

async function cpuTime(child: ChildProcess): Promise<number> {
  const answer = answerOf<CpuTime>(child)
  child.send('cpu')
  return (await answer).cpuUs
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve) => child.once('message', (answer) => resolve(answer as Answer)))
}

async function declare(target: Target, name: 'classic' | 'stream'): Promise<void> {
  const session = await Session.open(target, LOAD_SIZE)
  await session.call(
    {
      id: QUEUE_DECLARE,
      ticket: 0,
      queue: name,
      passive: false,
      durable: true,
      exclusive: false,
      autoDelete: false,
      nowait: false,
      arguments: fieldTableFromObject({ 'x-queue-type': name }),
    },
    QUEUE_DECLARE_OK,
  )
  await session.close()
}

/** Resolves when all are confirmed. */
async function publish(target: Target, queue: string, count: number): Promise<void> {
  const session = await Session.open(target, LOAD_SIZE)
  await session.call({ id: CONFIRM_SELECT, nowait: false }, CONFIRM_SELECT_OK)
  const reel = makeReel({
    exchange: '',
    routes: [{ routingKey: queue, queue: 0 }],
    bodySizeBytes: BODY_BYTES,
    persistent: true,
    priorities: 0,
    frameMax: session.frameMax,
  })
  await new Promise<void>((resolve, reject) => {
    let sent = 0
    let confirmed = 0
    const send = (): void => {
      while (sent < count && sent - confirmed < WINDOW) {
        const batch = Math.min(count - sent, 100)
        session.link.socket.write(stretch(reel, batch))
        sent += batch
      }
    }
    session.onFailure = reject
    session.link.receiver = frames((bytes, start, end) => {
      if (readUint32(bytes, start) !== BASIC_ACK) return session.onMethod(bytes, start, end)
      confirmed = Math.max(confirmed, readUint64(bytes, start + 4))
      if (confirmed < count) send()
      else resolve()
    })
    send()
  })
  await session.close()
}

function stretch({ bytes, starts }: Reel, count: number): Buffer {
  return bytes.subarray(0, starts[count])
}

interface Consuming {
  readonly session: Session
  readonly done: Promise<void>
}

async function consumeAll(
  target: Target,
  consumers: number,
  offset: string,
  count: number,
): Promise<Consuming[]> {
  const all = await Promise.all(
    Array.from({ length: consumers }, () => consume(target, 'stream', offset, count)),
  )
  await Promise.all(all.map(({ done }) => done))
  return all
}

/** `done` resolves when so many were delivered; every now and then they are acknowledged together. */
async function consume(
  target: Target,
  queue: string,
  offset: string,
  count: number,
): Promise<Consuming> {
  const session = await Session.open(target, LOAD_SIZE)
  await session.call(
    { id: BASIC_QOS, prefetchSize: 0, prefetchCount: PREFETCH, global: false },
    BASIC_QOS_OK,
  )
  let received = 0
  const done = new Promise<void>((resolve, reject) => {
    session.onFailure = reject
    session.link.receiver = frames((bytes, start, end) => {
      if (readUint32(bytes, start) !== BASIC_DELIVER) return session.onMethod(bytes, start, end)
      received++
      if (received % ACK_EVERY === 0) {
        session.send(1, { id: BASIC_ACK, deliveryTag: received, multiple: true })
      }
      if (received === count) resolve()
    })
  })
  await session.call(
    {
      id: BASIC_CONSUME,
      ticket: 0,
      queue,
      consumerTag: 'c',
      noLocal: false,
      noAck: false,
      exclusive: false,
      nowait: false,
      arguments: fieldTableFromObject({ 'x-stream-offset': offset }),
    },
    BASIC_CONSUME_OK,
  )
  return { session, done }
}

/** Steps over frames, and gives the payloads of methods. */
function frames(onMethod: (bytes: Buffer, start: number, end: number) => void) {
  return (bytes: Buffer, start: number, end: number): number => {
    let at = start
    while (end - at >= 8) {
      const frameEnd = at + 8 + readUint32(bytes, at + 3)
      if (frameEnd > end) break
      if (bytes[at] === FRAME_METHOD) onMethod(bytes, at + 7, frameEnd - 1)
      at = frameEnd
    }
    return at
  }
}
