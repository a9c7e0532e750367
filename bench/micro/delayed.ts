// What it costs to delay messages: time, and memory while they are delayed.
//
//   npx tsx --expose-gc bench/micro/delayed.ts [messages]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { FieldValue } from 'amqp-codec'
import { DelayedMessages } from '../../src/delayed/delayed-messages.ts'
import { MessageBudget } from '../../src/queue/message-budget.ts'
import { memoryOnly, type QueueStorage } from '../../src/queue/queue-storage.ts'
import { Spill } from '../../src/queue/spill.ts'
import { SpillFile } from '../../src/store/spill/spill-file.ts'
import { sampleMessage } from '../../test/support/sample-message.ts'

const MESSAGES = Number(process.argv[2] ?? 1_000_000)
const MIB = 1024 * 1024
/** So many come in a millisecond. */
const RATE = 200
const START_MS = 1_790_000_000_000
const HOUR_MS = 3_600_000

/** When a message is due that comes at some time. */
const DUE: Readonly<Record<string, (nowMs: number) => number>> = {
  'within the hour': (nowMs) => nowMs + 1 + Math.floor(Math.random() * HOUR_MS),
  'each after 10 minutes': (nowMs) => nowMs + HOUR_MS / 6,
  'all in one millisecond': () => START_MS + HOUR_MS,
}

const delay: FieldValue = { type: 'I', value: 60_000 }
const message = sampleMessage('x'.repeat(100), {
  properties: { deliveryMode: 2, headers: new Map([['x-delay', delay]]) },
})

const memory = (): string => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return `${((heapUsed + external) / MIB).toFixed(0)} MiB`
}

async function measure(name: string, storage: QueueStorage): Promise<void> {
  const due = DUE[name] as (nowMs: number) => number
  let onLoaded = (): void => {}
  const delayed = new DelayedMessages(storage, () => onLoaded())
  let nowMs = START_MS
  const before = memory()
  const pushing = process.cpuUsage()
  for (let index = 0; index < MESSAGES; index++) {
    if (index % RATE === 0) nowMs++
    if (index % 2000 === 0) await turn()
    delayed.push(message, index, due(nowMs), nowMs)
  }
  const pushUs = microseconds(pushing)
  const between = memory()
  const taking = process.cpuUsage()
  for (let turns = 0, taken = 0; taken < MESSAGES; turns++) {
    while (delayed.nextMs === Number.POSITIVE_INFINITY) {
      await new Promise<void>((resolve) => {
        onLoaded = resolve
      })
    }
    nowMs = Math.max(nowMs, delayed.nextMs)
    delayed.advance(nowMs)
    for (let count = 0; count < 1000 && delayed.shift(nowMs) !== undefined; count++) taken++
    if (turns % 50 === 0) await turn()
  }
  const figures = `${pushUs} µs to delay, ${microseconds(taking)} µs to take`
  process.stdout.write(`${name.padEnd(24)} ${figures}, ${before} before, ${between} between\n`)
}

function microseconds(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since)
  return ((user + system) / MESSAGES).toFixed(2)
}

const directory = mkdtempSync(join(tmpdir(), 'leveret-delayed-'))
const spillFile = await SpillFile.open(join(directory, 'spill'))
const onDisk = { budget: new MessageBudget(8 * MIB), spill: new Spill(spillFile, () => {}) }
for (const [where, storage] of [
  ['in memory', memoryOnly()],
  ['8 MiB in memory, the others on disk', { ...memoryOnly(), ...onDisk }],
] as const) {
  process.stdout.write(`${MESSAGES} messages of 100 B, ${where}\n`)
  for (const name of Object.keys(DUE)) await measure(name, storage)
}
await spillFile.close()
rmSync(directory, { recursive: true })
