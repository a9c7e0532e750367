import type { Socket } from 'node:net'

const SLAB_BYTES = 256 << 10

/** What goes out to one client: written once a turn, or when a slab is full. */
export class Outbox {
  readonly #socket: Socket
  #slab: Buffer = Buffer.allocUnsafe(SLAB_BYTES)
  #start = 0
  #end = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** More has been written than the client takes. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Room for so many bytes, in `bytes` from the position on that is given. */
  reserve(size: number): number {
    if (this.#end + size > this.#slab.length) {
      this.flush()
      this.#slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, size))
      this.#start = 0
      this.#end = 0
    }
    const at = this.#end
    this.#end += size
    return at
  }

  get bytes(): Buffer {
    return this.#slab
  }

  add(bytes: Buffer): void {
    const at = this.reserve(bytes.length)
    bytes.copy(this.bytes, at)
  }

  flush(): void {
    if (this.#end === this.#start) return
    this.#socket.write(this.#slab.subarray(this.#start, this.#end))
    this.#start = this.#end
    // What the system has taken at once can be overwritten.
    if (this.#socket.writableLength > 0) return
    this.#start = 0
    this.#end = 0
  }
}
