import type { Message } from '../message/message.ts'
import { Chunk } from './chunk.ts'
import type { ChunkCache } from './chunk-cache.ts'

/** A chunk of this size gets no more. */
const CHUNK_BYTES = 256 * 1024

/**
 * What was published last: it waits here until it is stored, and then goes to the chunks in memory if
 * somebody follows, so that it need not be read back.
 */
export class Tail {
  readonly #cache: ChunkCache
  #messages: Message[] = []
  #times: number[] = []
  #from = 0
  #chunk: Chunk | null = null

  constructor(cache: ChunkCache) {
    this.#cache = cache
  }

  /** Where what is near the end begins: who reads from here on follows. */
  get from(): number {
    return this.#isContinued() ? (this.#chunk as Chunk).from : this.#from
  }

  push(message: Message, offset: number, timeMs: number): void {
    if (this.#messages.length === 0) this.#from = offset
    this.#messages.push(message)
    this.#times.push(timeMs)
  }

  /** What is before that offset is stored. */
  stored(endOffset: number, isFollowed: boolean): void {
    const count = Math.min(this.#messages.length, endOffset - this.#from)
    if (count <= 0) return
    if (isFollowed) for (let index = 0; index < count; index++) this.#keep(index)
    this.#from += count
    if (count === this.#messages.length) {
      this.#messages = []
      this.#times = []
    } else {
      this.#messages.splice(0, count)
      this.#times.splice(0, count)
    }
  }

  /** Nobody is there to follow. */
  clear(): void {
    this.#messages = []
    this.#times = []
    this.#chunk = null
  }

  #keep(index: number): void {
    const offset = this.#from + index
    const chunk = this.#chunkFor(offset)
    const before = chunk.bytes
    chunk.add(this.#messages[index] as Message, offset, this.#times[index] as number)
    if (chunk === this.#chunk) this.#cache.grown(chunk, chunk.bytes - before)
    else this.#cache.add(chunk)
    this.#chunk = chunk
  }

  #chunkFor(offset: number): Chunk {
    const chunk = this.#chunk
    if (chunk !== null && chunk.end === offset && chunk.bytes < CHUNK_BYTES) {
      if (this.#cache.has(chunk)) return chunk
    }
    return new Chunk(offset)
  }

  #isContinued(): boolean {
    return this.#chunk !== null && this.#chunk.end === this.#from && this.#cache.has(this.#chunk)
  }
}
