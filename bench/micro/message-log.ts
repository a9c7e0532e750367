// What the message log costs a persistent message: noted, made into records, found to be stored, and
// read back. The journal is a list in memory: what is left is the log's own work. What is given is
// processor time, of all threads.
//
//   npx tsx bench/micro/message-log.ts

import { setImmediate as turnOver } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { Turn } from '../../src/base/turn.ts'
import { makeReel } from '../../src/load/reel.ts'
import { Message, NO_MORE_RUNS } from '../../src/message/message.ts'
import { PublishAddress } from '../../src/message/publish-address.ts'
import { MessageLog } from '../../src/message-log/message-log.ts'
import type { QueueLog } from '../../src/message-log/queue-log.ts'
import type { Journal } from '../../src/store/journal.ts'
import { formatNumber } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'

const BATCH = 500
const SAMPLE_BATCHES = 400
const SAMPLES = 9
const BACKLOG_BATCHES = 100

/** Keeps records only when it is asked to. */
class ListJournal implements Journal {
  isKeeping = false
  readonly #records: Buffer[] = []
  #removed = 0

  get bytes(): number {
    return 0
  }

  async recover(): Promise<void> {}

  append(parts: readonly Buffer[]): Promise<number> {
    return Promise.resolve(this.#records.push(this.isKeeping ? Buffer.concat(parts) : EMPTY))
  }

  read(first: number, last: number): Promise<Buffer[]> {
    return Promise.resolve(this.#records.slice(first - 1, last))
  }

  truncate(upTo: number): Promise<void> {
    this.#records.fill(EMPTY, this.#removed, upTo)
    this.#removed = upTo
    return Promise.resolve()
  }

  async close(): Promise<void> {}
}

const EMPTY = Buffer.alloc(0)

/** Messages as a socket read brings them, new ones each time. */
function messageSource(bodySizeBytes: number): () => Message[] {
  const { bytes, starts, bodies } = makeReel({
    exchange: '',
    routes: [{ routingKey: 'a-queue', queue: 0 }],
    bodySizeBytes,
    persistent: true,
    priorities: 0,
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

/** Both do as many messages as they say. */
interface Work {
  /** Not measured. */
  readonly prepare?: () => Promise<void>
  readonly run: () => Promise<number>
}

async function measure(name: string, { prepare, run }: Work): Promise<void> {
  const samples: number[] = []
  for (let sample = -2; sample < SAMPLES; sample++) {
    await prepare?.()
    const start = process.cpuUsage()
    const count = await run()
    const { user, system } = process.cpuUsage(start)
    if (sample >= 0) samples.push(((user + system) / count) * 1e3)
  }
  const { median, min, max } = spreadOf(samples)
  const range = `(${formatNumber(min)} … ${formatNumber(max)})`
  process.stdout.write(`${name.padEnd(58)} ${formatNumber(median).padStart(7)} ns  ${range}\n`)
}

function inBatches(batch: () => void): Work {
  const run = async () => {
    for (let i = 0; i < SAMPLE_BATCHES; i++) {
      batch()
      await turnOver()
    }
    return SAMPLE_BATCHES * BATCH
  }
  return { run }
}

/** Reads a queue to its end, and does something with each message. */
async function readBack(
  queue: QueueLog,
  visit: (message: Message, sequence: number) => void,
): Promise<number> {
  let count = 0
  const to = queue.nextSequence - 1
  for (let from = 0; from <= to; ) {
    const { messages, next } = await queue.read(from, to)
    for (const { message, sequence } of messages) visit(message, sequence)
    count += messages.length
    from = next
  }
  if (count !== BACKLOG_BATCHES * BATCH) throw new Error(`${count} messages were read`)
  return count
}

for (const bodySizeBytes of [16, 100, 1024]) {
  const journal = new ListJournal()
  const log = new MessageLog({
    journal,
    turn: new Turn(),
    clock: systemClock,
    logger: silentLogger,
    onFailing() {},
    onBehind() {},
  })
  const queue = log.queueLog(1)
  const newMessages = messageSource(bodySizeBytes)
  let sequence = 0
  let held: Message[] = []

  const messagesAlone = inBatches(() => {
    held = newMessages()
  })
  await measure(`${bodySizeBytes} B: messages alone, without a log`, messagesAlone)
  held = []
  const settledAfter = inBatches(() => {
    const messages = newMessages()
    for (const message of messages) queue.enqueue(message, sequence++)
    for (let i = 0; i < BATCH; i++) queue.deliver(messages[i]!, sequence - BATCH + i)
    const settledFrom = sequence - BATCH - held.length
    for (let i = 0; i < held.length; i++) queue.settle(held[i]!, settledFrom + i)
    held = messages
  })
  await measure(`${bodySizeBytes} B: enqueue, deliver; settle after it was stored`, settledAfter)
  held = []
  const settledBefore = inBatches(() => {
    const messages = newMessages()
    for (const message of messages) queue.enqueue(message, sequence++)
    for (let i = 0; i < BATCH; i++) queue.deliver(messages[i]!, sequence - BATCH + i)
    for (let i = 0; i < BATCH; i++) queue.settle(messages[i]!, sequence - BATCH + i)
  })
  await measure(`${bodySizeBytes} B: enqueue, deliver, settle before it is stored`, settledBefore)

  let deep = queue
  let queueId = 1
  const prepare = async () => {
    journal.isKeeping = true
    deep.drop()
    deep = log.queueLog(++queueId)
    for (let batch = 0, at = 0; batch < BACKLOG_BATCHES; batch++) {
      for (const message of newMessages()) deep.enqueue(message, at++)
      await turnOver()
    }
    await log.settled()
  }
  const readOnly = () => readBack(deep, () => {})
  await measure(`${bodySizeBytes} B: read back`, { prepare, run: readOnly })
  const readAndSettle = () =>
    readBack(deep, (message, at) => {
      deep.deliver(message, at)
      deep.settle(message, at)
    })
  await measure(`${bodySizeBytes} B: read back, deliver, settle`, { prepare, run: readAndSettle })
}
