import { Fifo } from '../../base/fifo.ts'

interface Batch {
  readonly parts: readonly Buffer[]
  /** What of it has not been taken yet. */
  bytes: number
  part: number
  offset: number
}

/** Batches that wait to be sent. They are copied only when they are taken, piece by piece. */
export class UnsentBatches {
  readonly #batches = new Fifo<Batch>()

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** What the first batch still has. */
  get nextBytes(): number {
    return this.#batches.peek()?.bytes ?? 0
  }

  push(parts: readonly Buffer[], bytes: number): void {
    this.#batches.push({ parts, bytes, part: 0, offset: 0 })
  }

  /** Fills `target` from `start` with what comes next of the first batch; true when that has more. */
  take(target: Buffer, start: number): boolean {
    const batch = this.#batches.peek() as Batch
    let at = start
    while (at < target.length) {
      const part = batch.parts[batch.part] as Buffer
      const copied = part.copy(target, at, batch.offset)
      at += copied
      batch.offset += copied
      if (batch.offset < part.length) continue
      batch.part++
      batch.offset = 0
    }
    batch.bytes -= target.length - start
    if (batch.bytes > 0) return true
    this.#batches.shift()
    return false
  }

  clear(): void {
    this.#batches.clear()
  }
}
