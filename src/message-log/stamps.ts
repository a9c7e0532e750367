import type { Block } from './block-chain.ts'

/** What the owner of a log has to say of all that was noted until now; undefined if that is nothing new. */
export type NextStamp = () => Buffer | undefined

/**
 * What is stored with batches beside their messages, of which the last one counts. A stamp speaks of what
 * was noted before it, and stands behind all of that: so none claims what is not stored. The last one keeps
 * its records from being removed, as a message would.
 */
export class Stamps {
  readonly #next: NextStamp
  #last: Buffer | null = null
  /** Where the last one is that is stored. */
  #block: Block | null = null
  #isDue = false

  constructor(next: NextStamp) {
    this.#next = next
  }

  /** The last one, be it stored or on its way. */
  get last(): Buffer | undefined {
    return this.#last ?? undefined
  }

  /** Whether it has to be stored once more. */
  get isDue(): boolean {
    return this.#isDue
  }

  /** Of a batch that is going to be stored: what is to be stored with it. */
  take(): Buffer | null {
    const next = this.#next()
    const isDue = this.#isDue || next !== undefined
    this.#isDue = false
    this.#last = next ?? this.#last
    return isDue ? this.#last : null
  }

  /** It is in that block, in a record that is safe. */
  stored(block: Block): void {
    if (this.#block !== null) this.#block.isStamped = false
    block.isStamped = true
    this.#block = block
  }

  /** One was found, behind all others so far. */
  recover(stamp: Buffer, block: Block): void {
    this.#last = stamp
    this.stored(block)
  }

  /** The block is to be removed: whether what it has has to be stored once more. */
  leave(block: Block): boolean {
    if (block === this.#block) this.#isDue = true
    return block === this.#block
  }
}
