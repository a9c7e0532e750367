// A program that writes to a journal without end and says what was acknowledged, for a test to kill.
//
//     writer-process.ts <engine> <directory> <durability> <first number>

import type { Durability } from '../../src/store/journal.ts'
import { DirectoryLock } from '../../src/store/lmdb/directory-lock.ts'
import { DURABLE_ENGINES, type DurableEngine } from './durable-engines.ts'
import { numberedRecord } from './numbered-record.ts'

const [engine, directory, durability, first] = process.argv.slice(2) as [
  DurableEngine,
  string,
  Durability,
  string,
]
/** Appends that are under way at the same time. */
const WINDOW = 40
/** How many records stay when older ones are truncated. */
const KEPT = 300

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

await DirectoryLock.acquire(directory)
const journal = await DURABLE_ENGINES[engine](directory, durability, ({ position, reason }) =>
  say(`damage ${position} ${reason}`),
)
await journal.recover(() => {})

const stored: { readonly number: number; readonly position: number }[] = []
let next = Number(first)

async function writeOn(): Promise<void> {
  for (;;) {
    const number = next++
    stored.push({ number, position: await journal.append(numberedRecord(number)) })
    say(`stored ${number}`)
    await turn()
    if (stored.length < 2 * KEPT) continue
    const last = stored.splice(0, KEPT).at(-1)
    if (last === undefined) continue
    say(`truncating ${last.number}`)
    await journal.truncate(last.position)
  }
}

for (let writer = 0; writer < WINDOW; writer++) void writeOn()
