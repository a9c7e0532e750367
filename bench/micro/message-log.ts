// What the message log costs a persistent message: noted, made into records, found to be stored.
//
//   npx tsx bench/micro/message-log.ts

import { setImmediate as turnOver } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { Turn } from '../../src/base/turn.ts'
import { Message, NO_MORE_RUNS } from '../../src/message/message.ts'
import { PublishAddress } from '../../src/message/publish-address.ts'
import { MessageLog } from '../../src/message-log/message-log.ts'
import type { Journal } from '../../src/store/journal.ts'
import { makeReel } from '../load/reel.ts'
import { formatNumber } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'

const BATCH = 500
const SAMPLE_BATCHES = 400
const SAMPLES = 9

/** Takes everything and keeps nothing: what is left is the log's own work. */
class NullJournal implements Journal {
  bytes = 0
  #position = 0

  recover(): Promise<void> {
    return Promise.resolve()
  }

  append(parts: readonly Buffer[]): Promise<number> {
    for (const part of parts) this.bytes += part.length
    return Promise.resolve(++this.#position)
  }

  read(): Promise<Buffer> {
    return Promise.reject(new Error('nothing is kept'))
  }

  truncate(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Messages as a socket read brings them, new ones each time. */
function messageSource(bodySizeBytes: number): () => Message[] {
  const { bytes, starts, bodies } = makeReel({
    exchange: '',
    routes: [{ routingKey: 'a-queue', queue: 0 }],
    bodySizeBytes,
    persistent: true,
    frameMax: 131072,
  })
  const methodEnd = starts[0]! + 8 + bytes.readUInt32BE(starts[0]! + 3)
  const contentBytes = starts[1]! - methodEnd
  const address = new PublishAddress('', 'a-queue', Buffer.from('\0\x07a-queue'), 0, 9)
  return () =>
    Array.from({ length: BATCH }, (_, i) => {
      const start = starts[i % bodies.length]! + methodEnd
      return new Message(address, bytes, start, start + contentBytes, NO_MORE_RUNS)
    })
}

async function measure(name: string, batch: () => void): Promise<void> {
  const samples: number[] = []
  for (let sample = -2; sample < SAMPLES; sample++) {
    const start = performance.now()
    for (let i = 0; i < SAMPLE_BATCHES; i++) {
      batch()
      await turnOver()
    }
    const nanoseconds = ((performance.now() - start) / (SAMPLE_BATCHES * BATCH)) * 1e6
    if (sample >= 0) samples.push(nanoseconds)
  }
  const { median, min, max } = spreadOf(samples)
  const range = `(${formatNumber(min)} … ${formatNumber(max)})`
  process.stdout.write(`${name.padEnd(58)} ${formatNumber(median).padStart(7)} ns  ${range}\n`)
}

for (const bodySizeBytes of [16, 1024]) {
  const journal = new NullJournal()
  const log = new MessageLog({
    journal,
    turn: new Turn(),
    clock: systemClock,
    logger: silentLogger,
    onFailing() {},
  })
  const queue = log.queueLog(1)
  const newMessages = messageSource(bodySizeBytes)
  let sequence = 0
  let held: Message[] = []

  await measure(`${bodySizeBytes} B: messages alone, without a log`, () => {
    held = newMessages()
  })
  held = []
  await measure(`${bodySizeBytes} B: enqueue, deliver; settle after it was stored`, () => {
    const messages = newMessages()
    for (const message of messages) queue.enqueue(message, sequence++)
    for (let i = 0; i < BATCH; i++) queue.deliver(messages[i]!, sequence - BATCH + i)
    const settledFrom = sequence - BATCH - held.length
    for (let i = 0; i < held.length; i++) queue.settle(held[i]!, settledFrom + i)
    held = messages
  })
  if (journal.bytes === 0) throw new Error('nothing was stored')
  held = []
  await measure(`${bodySizeBytes} B: enqueue, deliver, settle before it is stored`, () => {
    const messages = newMessages()
    for (const message of messages) queue.enqueue(message, sequence++)
    for (let i = 0; i < BATCH; i++) queue.deliver(messages[i]!, sequence - BATCH + i)
    for (let i = 0; i < BATCH; i++) queue.settle(messages[i]!, sequence - BATCH + i)
  })
}
