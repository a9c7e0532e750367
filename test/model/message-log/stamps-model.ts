import { expect } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'

/** Says with batches how much has been noted until then, and what is found of that in the next process. */
export class StampsModel {
  /** What was given with which batch, or 0 when there was nothing to say. */
  readonly #given: { readonly ticket: Ticket; readonly stamp: number }[] = []
  readonly #before: number
  readonly #least: number

  /** It says nothing new before so much more has been noted; never, if that is 0. */
  constructor(least: number, before = 0) {
    this.#least = least
    this.#before = before
  }

  next(ticket: Ticket, noteCount: number): Buffer | undefined {
    const last = this.#given.at(-1)?.stamp ?? this.#before
    if (this.#least === 0 || noteCount < last + this.#least) return undefined
    this.#given.push({ ticket, stamp: noteCount })
    return Buffer.from(String(noteCount))
  }

  /** It is the last one that was told to be stored, or the one that was on its way. */
  expectFound(stamp: number, storedTicket: Ticket): void {
    const told = this.#given.findLast(({ ticket }) => ticket <= storedTicket)?.stamp
    const next = this.#given.find(({ ticket }) => ticket === storedTicket + 1)?.stamp
    expect([told ?? this.#before, next]).toContain(stamp)
  }
}

export const stampOf = (found: Buffer | undefined): number => Number(found?.toString() ?? 0)
