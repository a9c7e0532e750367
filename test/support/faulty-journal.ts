import type { Journal } from '../../src/store/journal.ts'
import { StoreError } from '../../src/store/store-error.ts'

/**
 * What can befall one append. `refuse`: nothing is stored. `tear`: a part is. `doubt`: all of it is,
 * and yet it is said to have failed. `delay`: it takes some turns, and so does what comes after it.
 */
export type Fault = 'refuse' | 'tear' | 'doubt' | 'delay'

/**
 * A journal whose appends go wrong as the test wants. It belongs below `CheckedJournal`, as the disk
 * that goes wrong does.
 */
export class FaultyJournal implements Journal {
  readonly #journal: Journal
  readonly #nextFault: () => Fault | undefined
  #delay: Promise<unknown> = Promise.resolve()

  /** Asks `nextFault` what befalls each append. */
  constructor(journal: Journal, nextFault: () => Fault | undefined) {
    this.#journal = journal
    this.#nextFault = nextFault
  }

  get bytes(): number {
    return this.#journal.bytes
  }

  recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    return this.#journal.recover(visit)
  }

  async append(parts: readonly Buffer[]): Promise<number> {
    const fault = this.#nextFault()
    if (fault === 'delay') this.#delay = this.#delay.then(someTurns)
    await this.#delay
    if (fault === 'refuse') throw new StoreError('the disk refuses')
    const position = await this.#journal.append(fault === 'tear' ? [torn(parts)] : parts)
    if (fault === 'tear' || fault === 'doubt') throw new StoreError('the disk is in doubt')
    return position
  }

  read(first: number, last: number): Promise<Buffer[]> {
    return this.#journal.read(first, last)
  }

  async truncate(upTo: number): Promise<void> {
    await this.#delay
    return this.#journal.truncate(upTo)
  }

  async close(): Promise<void> {
    await this.#delay
    await this.#journal.close()
  }
}

/** The first half, as a write that was cut short leaves it. */
function torn(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(parts)
  return whole.subarray(0, whole.length >> 1)
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
