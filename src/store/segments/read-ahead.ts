/** Fills a buffer from an address on as far as there is something, and resolves with how much. */
type Read = (target: Buffer, address: number) => Promise<number>

const CHUNK_BYTES = 1 << 20

/**
 * Reads on in another thread while what was read is worked on.
 *
 * What is left of a chunk, since it goes on in the next one, is put before that, for which there is
 * room before each:
 *
 *     | … the rest of the last chunk | chunk |
 */
export class ReadAhead {
  /** The one that was given last, and the one that is read into. */
  #buffers: [Buffer, Buffer] = [
    Buffer.allocUnsafeSlow(2 * CHUNK_BYTES),
    Buffer.allocUnsafeSlow(2 * CHUNK_BYTES),
  ]
  #read: Read = async () => 0
  #address = 0
  #until = 0
  #loading: Promise<number> = Promise.resolve(0)

  /** Begins at an address, and goes up to another or to where there is no more. */
  start(address: number, until: number, read: Read): void {
    this.#read = read
    this.#address = address
    this.#until = until
    this.#load()
  }

  /** What was left of the last chunk and what follows it, nothing at the end. Valid until the next. */
  async next(rest: Buffer): Promise<Buffer> {
    const loaded = await this.#loading
    const [other, buffer] = this.#buffers
    this.#buffers = [buffer, other]
    const chunk = buffer.subarray(CHUNK_BYTES, CHUNK_BYTES + loaded)
    this.#address += loaded
    const joined = rest.length > CHUNK_BYTES ? await this.#double(rest, chunk) : undefined
    if (joined === undefined) rest.copy(buffer, CHUNK_BYTES - rest.length)
    this.#load()
    return joined ?? buffer.subarray(CHUNK_BYTES - rest.length, CHUNK_BYTES + loaded)
  }

  #load(): void {
    this.#loading = this.#fill(this.#buffers[1].subarray(CHUNK_BYTES))
    // It may be that nobody asks for it any more.
    this.#loading.catch(() => {})
  }

  async #fill(target: Buffer): Promise<number> {
    const length = Math.min(target.length, this.#until - this.#address)
    return length <= 0 ? 0 : this.#read(target.subarray(0, length), this.#address)
  }

  /** For something much larger than a chunk, which is read in steps that get larger too. */
  async #double(rest: Buffer, chunk: Buffer): Promise<Buffer> {
    const start = rest.length + chunk.length
    const buffer = Buffer.allocUnsafeSlow(2 * start)
    rest.copy(buffer)
    chunk.copy(buffer, rest.length)
    const loaded = await this.#fill(buffer.subarray(start))
    this.#address += loaded
    return buffer.subarray(0, start + loaded)
  }
}
