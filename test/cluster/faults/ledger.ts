import type { CheckedJournal } from '../../../src/store/checked-journal.ts'
import { identify, RecordDigest } from './written-records.ts'

interface Takeover {
  readonly epoch: number
  readonly count: number
  readonly digest: string
}

/** What nodes have said of one shard, and whether what is stored agrees with it. */
export class Ledger {
  /** By epoch, the last record that was confirmed. */
  readonly #confirmed = new Map<number, number>()
  readonly #takeovers: Takeover[] = []
  /** How many records were confirmed, in all epochs. */
  confirmedCount = 0
  /** The longest time without a confirm since it was asked for last. */
  #longestGapMs = 0
  #lastMs = performance.now()

  took(epoch: number, count: number, digest: string): void {
    this.#takeovers.push({ epoch, count, digest })
  }

  confirmed(epoch: number, number: number): void {
    const before = this.#confirmed.get(epoch) ?? 0
    if (number !== before + 1) throw new Error(`${number} was confirmed after ${before}`)
    this.#confirmed.set(epoch, number)
    this.confirmedCount++
    const nowMs = performance.now()
    this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
  }

  takeLongestGapMs(): number {
    const gapMs = this.#longestGapMs
    this.#longestGapMs = 0
    return gapMs
  }

  /**
   * Reads everything. Of each epoch there must be the records from the first one on, in order, once
   * each and at least as many as were confirmed; and each owner must have found what is there still,
   * so that nothing came to be before it that it has not seen.
   */
  async check(journal: CheckedJournal): Promise<void> {
    const found = new Map<number, number>()
    const digest = new RecordDigest()
    const digests = [digest.value]
    await journal.recover((_, record) => {
      const { epoch, number } = identify(record)
      const before = found.get(epoch) ?? 0
      if (number !== before + 1) throw new Error(`epoch ${epoch} has ${number} after ${before}`)
      found.set(epoch, number)
      digest.add(record)
      digests.push(digest.value)
    })
    for (const [epoch, number] of this.#confirmed) {
      const stored = found.get(epoch) ?? 0
      if (stored < number) throw new Error(`epoch ${epoch} has ${stored} of ${number} confirmed`)
    }
    for (const { epoch, count, digest: seen } of this.#takeovers) {
      if (digests[count] !== seen) {
        throw new Error(`what the owner of epoch ${epoch} found is not what is there`)
      }
    }
  }
}
