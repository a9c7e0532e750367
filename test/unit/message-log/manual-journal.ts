import type { Journal } from '../../../src/store/journal.ts'
import { JournalLostError } from '../../../src/store/store-error.ts'

export interface StoredRecord {
  readonly position: number
  readonly bytes: Buffer
}

/** `doubt`: it is stored, and yet said to have failed. `lose`: the journal is another's now. */
export type Outcome = 'store' | 'refuse' | 'doubt' | 'lose'

interface Append {
  readonly parts: readonly Buffer[]
  readonly given: Buffer
  readonly resolve: (position: number) => void
  readonly reject: (error: Error) => void
}

/** A journal in which nothing is stored until the test says so. */
export class ManualJournal implements Journal {
  records: StoredRecord[]
  /** Every record that was ever asked to be stored, retries included. */
  readonly asked: Buffer[] = []
  /** Which records were asked for. */
  readonly reads: [first: number, last: number][] = []
  /** Whether records are removed when that is asked, or the request fails. */
  truncates = true
  /** Whether records can be read. */
  isReadable = true
  #pending: Append[] = []
  #last = 0
  #endOfReads: Promise<void> = Promise.resolve()

  constructor(records: readonly StoredRecord[] = []) {
    this.records = [...records]
    this.#last = records.at(-1)?.position ?? 0
  }

  /** As it is found after the process has ended. */
  reopened(): ManualJournal {
    return new ManualJournal(this.records)
  }

  get bytes(): number {
    return this.records.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  get pendingCount(): number {
    return this.#pending.length
  }

  recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    for (const { position, bytes } of this.records) {
      const lent = Buffer.from(bytes)
      visit(position, lent)
      lent.fill(0)
    }
    return Promise.resolve()
  }

  append(parts: readonly Buffer[]): Promise<number> {
    const given = Buffer.concat(parts)
    this.asked.push(given)
    return new Promise((resolve, reject) => this.#pending.push({ parts, given, resolve, reject }))
  }

  /** Ends the first append that is under way, and lets those who wait for it go on. */
  async settle(outcome: Outcome): Promise<void> {
    const append = this.#pending.shift()
    if (append === undefined) return
    const bytes = Buffer.concat(append.parts)
    if (!bytes.equals(append.given)) throw new Error('a record changed while it was being stored')
    this.#last += 3
    const isStored = outcome === 'store' || outcome === 'doubt'
    if (isStored) this.records.push({ position: this.#last, bytes })
    if (outcome === 'store') append.resolve(this.#last)
    else if (outcome === 'lose') append.reject(new JournalLostError('another has the journal'))
    else append.reject(new Error('no space'))
    await microtasks()
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    this.reads.push([first, last])
    const positions = this.records.map(({ position }) => position)
    if (!positions.includes(first) || !positions.includes(last)) throw new Error('it is not there')
    const records = this.records.filter(({ position }) => position >= first && position <= last)
    await this.#endOfReads
    if (!this.isReadable) throw new Error('the disk is broken')
    return records.map(({ bytes }) => Buffer.from(bytes))
  }

  /** Reads take until the function is called that this gives. */
  holdReads(): () => Promise<void> {
    let release = (): void => {}
    this.#endOfReads = new Promise((resolve) => {
      release = resolve
    })
    return () => {
      release()
      return microtasks()
    }
  }

  truncate(upTo: number): Promise<void> {
    if (!this.truncates) return Promise.reject(new Error('no space'))
    this.records = this.records.filter(({ position }) => position > upTo)
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Long enough for whatever waits for nothing but promises that are settled. */
export async function microtasks(): Promise<void> {
  for (let step = 0; step < 50; step++) await Promise.resolve()
}
