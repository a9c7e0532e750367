// Journals as the model tests use them: with faults, and found again as a process that ended left them.

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CheckedJournal } from '../../../src/store/checked-journal.ts'
import type { Journal } from '../../../src/store/journal.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../../src/store/memory/memory-journal.ts'
import { SegmentJournal } from '../../../src/store/segments/segment-journal.ts'
import { type Fault, FaultyJournal } from '../../support/faulty-journal.ts'
import { ManualJournal, microtasks } from '../../unit/message-log/manual-journal.ts'
import type { Outcome } from './log-operations.ts'

export interface TestJournal {
  readonly journal: Journal
  /** Lets a record be stored, or what else may befall it. */
  advance(outcome: Outcome): Promise<void>
  /** Lets whatever is under way go on, and nothing befalls it. */
  wait(): Promise<void>
  /** Whether records are removed when that is asked, or the request fails. */
  setTruncates(truncates: boolean): void
  /** The journal as the next process finds it. `isThere`: with the record that is being written. */
  reopened(isThere: boolean): Promise<TestJournal>
}

/** Nothing happens in it but what the test wants, and at once. */
export class ManualTestJournal implements TestJournal {
  readonly journal: ManualJournal

  constructor(journal: ManualJournal = new ManualJournal()) {
    this.journal = journal
  }

  async advance(outcome: Outcome): Promise<void> {
    // What is torn is left out when it is read, and so as good as refused.
    if (outcome !== 'delay') await this.journal.settle(outcome === 'tear' ? 'refuse' : outcome)
    await microtasks()
  }

  wait(): Promise<void> {
    return this.advance('store')
  }

  setTruncates(truncates: boolean): void {
    this.journal.truncates = truncates
  }

  async reopened(isThere: boolean): Promise<TestJournal> {
    // Seen from the next process it makes no difference whether this one still heard of it.
    if (isThere) await this.journal.settle('doubt')
    return new ManualTestJournal(this.journal.reopened())
  }
}

/** One of the engines, at its own pace, below which the disk goes wrong. */
export class EngineTestJournal implements TestJournal {
  readonly journal: Journal
  readonly #reopen: () => Promise<TestJournal>
  #fault: Fault | undefined

  constructor(engine: Journal, reopen: () => Promise<TestJournal>) {
    const faulty = new FaultyJournal(engine, () => {
      const fault = this.#fault
      this.#fault = undefined
      return fault
    })
    this.journal = new CheckedJournal(faulty, () => {})
    this.#reopen = reopen
  }

  async advance(outcome: Outcome): Promise<void> {
    this.#fault = outcome === 'store' ? undefined : outcome
    await new Promise((resolve) => setImmediate(resolve))
  }

  async wait(): Promise<void> {
    this.#fault = undefined
    await setTimeout(1)
  }

  setTruncates(): void {}

  reopened(): Promise<TestJournal> {
    return this.#reopen()
  }
}

/** In memory, on a disk that keeps only what was flushed. */
export function memoryTestJournal(disk: MemoryDisk = new MemoryDisk()): TestJournal {
  const engine = new MemoryJournal(disk, 'disk')
  return new EngineTestJournal(engine, async () => memoryTestJournal(disk.afterPowerLoss()))
}

/** In a directory below another, in which each process begins with a copy of what the last one had. */
export async function segmentTestJournal(directory: string, number = 0): Promise<TestJournal> {
  const path = join(directory, String(number))
  const engine = await SegmentJournal.open(path, 'os', () => {})
  return new EngineTestJournal(engine, async () => {
    cpSync(path, join(directory, String(number + 1)), { recursive: true })
    await engine.close()
    return segmentTestJournal(directory, number + 1)
  })
}
