import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const DIGITS = 16
/** So much may be behind the mark that the file does not know of. */
const LAG_BYTES = 256 << 10

/**
 * Up to which position the journal is truncated, in a file of its own, since only whole segments can
 * be removed. The file has its room from the start: when a disk is full, truncation must still work.
 *
 * It is not flushed, nor written each time. What comes back after a crash was next to what was still
 * there.
 */
export class TruncationMark {
  readonly #handle: FileHandle
  position: number
  #storedPosition = 0

  static async open(path: string): Promise<TruncationMark> {
    const created = await open(path, 'a', 0o600)
    await created.close()
    const handle = await open(path, 'r+')
    const digits = await handle.readFile('latin1')
    const mark = new TruncationMark(handle, /^\d{16}\n$/.test(digits) ? Number(digits) : 0)
    mark.#store()
    return mark
  }

  private constructor(handle: FileHandle, position: number) {
    this.#handle = handle
    this.position = position
  }

  storeIfBehind(): void {
    if (this.position - this.#storedPosition >= LAG_BYTES) this.#store()
  }

  async close(): Promise<void> {
    try {
      this.#store()
    } finally {
      await this.#handle.close()
    }
  }

  /** So small a write takes less here and now than to wait for another thread. */
  #store(): void {
    const digits = String(this.position).padStart(DIGITS, '0')
    writeSync(this.#handle.fd, `${digits}\n`, 0, 'latin1')
    this.#storedPosition = this.position
  }
}
