import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const DIGITS = 16

/**
 * Up to which position the journal is truncated, in a file of its own, since only whole segments can
 * be removed. The file has its room from the start: when a disk is full, truncation must still work.
 *
 * It is not flushed. What comes back after a loss of power was next to what was still there.
 */
export class TruncationMark {
  readonly #handle: FileHandle
  position: number

  static async open(path: string): Promise<TruncationMark> {
    const created = await open(path, 'a', 0o600)
    await created.close()
    const handle = await open(path, 'r+')
    const digits = await handle.readFile('latin1')
    const mark = new TruncationMark(handle, /^\d{16}\n$/.test(digits) ? Number(digits) : 0)
    mark.store()
    return mark
  }

  private constructor(handle: FileHandle, position: number) {
    this.#handle = handle
    this.position = position
  }

  /** So small a write takes less here and now than to wait for another thread. */
  store(): void {
    writeSync(this.#handle.fd, `${String(this.position).padStart(DIGITS, '0')}\n`, 0, 'latin1')
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
