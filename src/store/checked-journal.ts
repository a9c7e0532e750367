import { crc32 } from 'node:zlib'
import type { DamageListener, Journal } from './journal.ts'

/**
 * Puts every record into an envelope, and opens only what is whole: written once, for all engines.
 *
 *     0         1                    5
 *     | version | CRC-32 of the rest | the record …
 */
export class CheckedJournal implements Journal {
  readonly #journal: Journal
  readonly #onDamage: DamageListener

  constructor(journal: Journal, onDamage: DamageListener) {
    this.#journal = journal
    this.#onDamage = onDamage
  }

  get bytes(): number {
    return this.#journal.bytes
  }

  recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    return this.#journal.recover((position, stored) => {
      const reason = damageOf(stored)
      if (reason === undefined) visit(position, stored.subarray(ENVELOPE_BYTES))
      else this.#onDamage({ position, reason })
    })
  }

  append(parts: readonly Buffer[], isAwaited?: boolean): Promise<number> {
    return this.#journal.append([envelopeOf(parts), ...parts], isAwaited)
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    const records: Buffer[] = []
    for (const [index, stored] of (await this.#journal.read(first, last)).entries()) {
      const reason = damageOf(stored)
      if (reason === undefined) records.push(stored.subarray(ENVELOPE_BYTES))
      else this.#onDamage({ position: first, reason: reasonAfter(index, reason) })
    }
    return records
  }

  truncate(upTo: number): Promise<void> {
    return this.#journal.truncate(upTo)
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}

const VERSION = 1
const ENVELOPE_BYTES = 5

function envelopeOf(parts: readonly Buffer[]): Buffer {
  let checksum = 0
  for (const part of parts) checksum = crc32(part, checksum)
  const envelope = Buffer.allocUnsafe(ENVELOPE_BYTES)
  envelope[0] = VERSION
  envelope.writeUInt32LE(checksum, 1)
  return envelope
}

/** Where in a stretch it is, of which only the first position is known; the next start knows all. */
function reasonAfter(index: number, reason: string): string {
  return index === 0 ? reason : `of the record ${index} after it ${reason}`
}

function damageOf(stored: Buffer): string | undefined {
  if (stored.length < ENVELOPE_BYTES) return `it has only ${stored.length} bytes`
  if (stored[0] !== VERSION) return `it has version ${stored[0]} and not ${VERSION}`
  const isWhole = crc32(stored.subarray(ENVELOPE_BYTES)) === stored.readUInt32LE(1)
  return isWhole ? undefined : 'its checksum is wrong'
}
