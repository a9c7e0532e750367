// What somebody does to a SegmentJournal, and what must then be in it: all that it has said it keeps
// and that was not truncated, in its order. What it has refused may be there as well.

import { expect } from 'vitest'
import { CheckedJournal } from '../../../../src/store/checked-journal.ts'
import { SegmentJournal } from '../../../../src/store/segments/segment-journal.ts'
import type { RandomNumber } from '../../../unit/sharding/link/simulated-traffic.ts'
import type { FailingDisk } from './failing-disk.ts'

/** How often something is tried while operations fail. */
const MOST_TRIES = 4
const FAILURE_RATE = 0.3

interface Kept {
  readonly position: number
  readonly content: string
}

export class JournalHistory {
  readonly #disk: FailingDisk
  readonly #random: RandomNumber
  #journal!: CheckedJournal
  #kept: Kept[] = []
  /** So many of them survive a loss of power. */
  #safeCount = 0
  #truncatedUpTo = 0
  #contentCount = 0

  static async begin(disk: FailingDisk, random: RandomNumber): Promise<JournalHistory> {
    const history = new JournalHistory(disk, random)
    await history.#open()
    return history
  }

  private constructor(disk: FailingDisk, random: RandomNumber) {
    this.#disk = disk
    this.#random = random
  }

  async step(): Promise<void> {
    this.#disk.failureRate = this.#random() < 0.5 ? 0 : FAILURE_RATE
    const choice = this.#below(10)
    if (choice < 6) await this.#append()
    else if (choice < 7) await this.#truncate()
    else if (choice < 9) await this.#read()
    else await this.#restart()
  }

  async end(): Promise<void> {
    this.#disk.failureRate = 0
    await this.#journal.close()
  }

  async #open(): Promise<void> {
    const engine = await SegmentJournal.open(this.#disk.path, 'disk', () => {})
    this.#journal = new CheckedJournal(engine, () => {})
    const found: Kept[] = []
    await this.#journal.recover((position, record) => {
      found.push({ position, content: record.toString('latin1') })
    })
    expectAll(this.#live, found)
    this.#kept = found
    this.#safeCount = found.length
    this.#truncatedUpTo = 0
  }

  get #live(): Kept[] {
    return this.#kept.filter(({ position }) => position > this.#truncatedUpTo)
  }

  /** Tries again what was refused, as the message log does. */
  async #append(): Promise<void> {
    const contents = Array.from({ length: 1 + this.#below(3) }, () =>
      `${this.#contentCount++} `.padEnd(8 + this.#below(5000), 'x'),
    )
    const isAwaited = this.#random() < 0.6
    for (let tries = 1; ; tries++) {
      if (tries > MOST_TRIES) this.#disk.failureRate = 0
      const appends = contents.map((content) =>
        this.#journal.append([Buffer.from(content)], isAwaited),
      )
      // In the same commit.
      const truncated = this.#random() < 0.2 ? this.#truncate() : undefined
      const results = await Promise.allSettled(appends)
      await truncated
      if (results.some(({ status }) => status === 'rejected')) continue
      const positions = await Promise.all(appends)
      for (const [index, content] of contents.entries()) {
        this.#kept.push({ position: positions[index] as number, content })
      }
      if (isAwaited) this.#safeCount = this.#kept.length
      return
    }
  }

  async #truncate(): Promise<void> {
    const kept = this.#kept[this.#below(this.#kept.length)]
    if (kept === undefined) return
    this.#truncatedUpTo = Math.max(this.#truncatedUpTo, kept.position)
    // The next one removes what this one has left.
    await this.#journal.truncate(kept.position).catch(() => {})
  }

  async #read(): Promise<void> {
    this.#disk.failureRate = 0
    const live = this.#live
    const from = this.#below(live.length)
    const wanted = live.slice(from, from + 1 + this.#below(live.length - from))
    const [first, last] = [wanted[0], wanted.at(-1)]
    if (first === undefined || last === undefined) return
    const records = await this.#journal.read(first.position, last.position)
    expectAll(
      wanted,
      records.map((record) => ({ content: record.toString('latin1') })),
    )
  }

  /** What was truncated may come back with power; what was not flushed may not. */
  async #restart(): Promise<void> {
    const before = this.#journal
    const choice = this.#random()
    if (choice < 0.3) await before.close().catch(() => {})
    this.#disk.failureRate = 0
    if (choice >= 0.5) {
      this.#kept = this.#kept.slice(0, this.#safeCount)
      this.#disk.losePower()
    } else if (choice >= 0.3) this.#disk.endProcess()
    if (choice >= 0.3) await before.close()
    await this.#open()
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }
}

function expectAll(wanted: readonly Kept[], found: readonly { readonly content: string }[]): void {
  let at = 0
  for (const { content } of found) if (content === wanted[at]?.content) at++
  expect(wanted[at]?.content.split(' ')[0], 'what is missing').toBeUndefined()
}
