import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Damage, Durability } from '../../src/store/journal.ts'
import { DirectoryLock } from '../../src/store/lmdb/directory-lock.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { DURABLE_ENGINES, type DurableEngine } from './durable-engines.ts'
import { numberOf } from './numbered-record.ts'

const WRITER = fileURLToPath(new URL('writer-process.ts', import.meta.url))
const ROUNDS = 2

interface Writer {
  readonly engine: DurableEngine
  readonly directory: string
  readonly durability: Durability
}

describe('a process that writes to a journal and is killed', () => {
  it.each<[DurableEngine, Durability]>([
    ['SegmentJournal', 'disk'],
    ['SegmentJournal', 'os'],
    ['LmdbJournal', 'disk'],
  ])('leaves all that was acknowledged, with %s and %s', async (engine, durability) => {
    const writer = { engine, directory: temporaryDirectory(), durability }
    let next = 1
    for (let round = 0; round < ROUNDS; round++) {
      const said = await writeAndKill(writer, next, 100 + Math.floor(Math.random() * 1500))
      const { numbers, damages } = await reopen(writer)
      const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0]
      expect(numbers).toEqual(numbers.map((_, index) => first + index))
      expect(first).toBeLessThanOrEqual((said.truncating.at(-1) ?? next - 1) + 1)
      expect(last).toBeGreaterThanOrEqual(said.stored.at(-1) as number)
      // What was being written when the process died may be half there, which nobody relies on.
      expect(damages.length).toBeLessThanOrEqual(1)
      next = last + 1
    }
  })
})

/** What the process said until it was killed, after so many acknowledged records. */
async function writeAndKill(writer: Writer, first: number, count: number) {
  const { engine, directory, durability } = writer
  const args = ['--import', 'tsx', WRITER, engine, directory, durability, String(first)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: Record<string, number[]> = { stored: [], truncating: [] }
  for await (const line of createInterface(child.stdout)) {
    const [word, number] = line.split(' ') as [string, string]
    said[word]?.push(Number(number))
    if (word === 'stored' && said['stored']?.length === count) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return said as { stored: number[]; truncating: number[] }
}

async function reopen({ engine, directory, durability }: Writer) {
  const lock = await DirectoryLock.acquire(directory)
  const numbers: number[] = []
  const damages: Damage[] = []
  const onDamage = (damage: Damage): void => void damages.push(damage)
  const journal = await DURABLE_ENGINES[engine](directory, durability, onDamage)
  await journal.recover((_, record) => numbers.push(numberOf(record)))
  await journal.close()
  await lock.release()
  return { numbers, damages }
}
