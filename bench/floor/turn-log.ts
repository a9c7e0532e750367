import { fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs'

/** So much room is made with zeros at a time, since to flush a file that grows takes twice as long. */
const PREPARED_BYTES = 1 << 20
const FIRST_BYTES = 1 << 20
/** Up to which size a turn is flushed here and now. */
const SMALL_FLUSH_BYTES = 4096
const ACK_BYTES = 12

/** What turns want to keep, at the end of one file: a write and a flush for all that came since the last. */
export class TurnLog {
  readonly #fd: number
  readonly #isFlushed: boolean
  #filling: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #writing: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #size = 0
  #isWriting = false
  #end = 0
  #preparedEnd = 0

  constructor(file: string, isFlushed: boolean) {
    this.#fd = openSync(file, 'w')
    this.#isFlushed = isFlushed
  }

  /** All that was added is safe. */
  get isIdle(): boolean {
    return this.#size === 0 && !this.#isWriting
  }

  /** Whether something can be written now. */
  get isDue(): boolean {
    return this.#size > 0 && !this.#isWriting
  }

  addMessage(bytes: Buffer, start: number, end: number): void {
    const size = ACK_BYTES + end - start
    this.#makeRoom(size)
    copyBytes(bytes, start, end, this.#filling, this.#size + ACK_BYTES)
    this.#size += size
  }

  addAck(): void {
    this.#makeRoom(ACK_BYTES)
    this.#filling.fill(1, this.#size, this.#size + ACK_BYTES)
    this.#size += ACK_BYTES
  }

  /** To be called when it is due; says when it is safe. */
  write(onStored: () => void): void {
    const bytes = this.#filling
    const size = this.#size
    this.#filling = this.#writing
    this.#writing = bytes
    this.#size = 0
    this.#isWriting = true
    if (this.#end + size > this.#preparedEnd) {
      this.#preparedEnd = this.#end + size + PREPARED_BYTES
      writeSync(this.#fd, Buffer.alloc(PREPARED_BYTES), 0, PREPARED_BYTES, this.#end + size)
    }
    writeSync(this.#fd, bytes, 0, size, this.#end)
    this.#end += size
    const stored = (error: Error | null): void => {
      if (error !== null) throw error
      this.#isWriting = false
      onStored()
    }
    if (this.#isFlushed && size > SMALL_FLUSH_BYTES) {
      fdatasync(this.#fd, stored)
      return
    }
    if (this.#isFlushed) fdatasyncSync(this.#fd)
    stored(null)
  }

  #makeRoom(size: number): void {
    const needed = this.#size + size
    if (needed <= this.#filling.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#filling.length * 2))
    this.#filling.copy(larger, 0, 0, this.#size)
    this.#filling = larger
  }
}

/** Few bytes are copied faster one by one than by a call. */
export function copyBytes(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  at: number,
): void {
  if (end - start > 64) target.set(source.subarray(start, end), at)
  else for (let from = start, to = at; from < end; from++, to++) target[to] = source[from] as number
}
