import type { SpillSlot, SpillStore } from '../../../src/store/spill-store.ts'
import { microtasks } from '../message-log/manual-journal.ts'

interface Request<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

interface Write extends Request<SpillSlot> {
  readonly parts: readonly Buffer[]
  readonly given: Buffer
}

interface Read extends Request<Buffer | undefined> {
  readonly slot: SpillSlot
}

/** A store for pages in which nothing happens until the test says so. */
export class ManualSpillStore implements SpillStore {
  /** The pages that are not given up. */
  readonly pages: Map<SpillSlot, Buffer> = new Map()
  /** How many pages were ever given up. */
  freedCount = 0
  #writes: Write[] = []
  #reads: Read[] = []
  #offset = 0

  get bytes(): number {
    return [...this.pages.values()].reduce((sum, { length }) => sum + length, 0)
  }

  get writeCount(): number {
    return this.#writes.length
  }

  get readCount(): number {
    return this.#reads.length
  }

  write(parts: readonly Buffer[]): Promise<SpillSlot> {
    const given = Buffer.concat(parts)
    return new Promise((resolve, reject) => this.#writes.push({ parts, given, resolve, reject }))
  }

  read(slot: SpillSlot): Promise<Buffer | undefined> {
    if (!this.pages.has(slot)) return Promise.reject(new Error('a page is read that was given up'))
    return new Promise((resolve, reject) => this.#reads.push({ slot, resolve, reject }))
  }

  free(slot: SpillSlot): void {
    if (!this.pages.delete(slot)) throw new Error('a page is given up twice')
    this.freedCount++
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Ends the first write that is under way. */
  async endWrite(outcome: 'store' | 'refuse' = 'store'): Promise<void> {
    const write = this.#writes.shift()
    if (write === undefined) throw new Error('nothing is being written')
    const page = Buffer.concat(write.parts)
    if (!page.equals(write.given)) throw new Error('a page changed while it was being written')
    if (outcome === 'store') {
      const slot = { offset: this.#offset, size: page.length, checksum: 0 }
      this.#offset += page.length
      this.pages.set(slot, page)
      write.resolve(slot)
    } else write.reject(new Error('no space'))
    await microtasks()
  }

  /** Ends the first read that is under way. Who gives up a page meanwhile does not spoil it. */
  async endRead(outcome: 'give' | 'refuse' | 'spoil' = 'give'): Promise<void> {
    const read = this.#reads.shift()
    if (read === undefined) throw new Error('nothing is being read')
    const page = this.pages.get(read.slot) ?? Buffer.alloc(read.slot.size)
    if (outcome === 'give') read.resolve(Buffer.from(page))
    else if (outcome === 'spoil') read.resolve(undefined)
    else read.reject(new Error('the disk is broken'))
    await microtasks()
  }

  /** Ends all that is under way, and what comes of it. */
  async settle(): Promise<void> {
    await microtasks()
    while (this.writeCount + this.readCount > 0) {
      if (this.writeCount > 0) await this.endWrite()
      else await this.endRead()
    }
  }
}
