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
    if (!this.#isContinued()) this.#chunk = null
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
    const message = this.#messages[index] as Message
    const timeMs = this.#times[index] as number
    const last = this.#chunk
    if (last !== null && last.bytes < CHUNK_BYTES) {
      const before = last.bytes
      last.add(message, offset, timeMs)
      this.#cache.grown(last, last.bytes - before)
    } else {
      this.#chunk = new Chunk(offset)
      this.#chunk.add(message, offset, timeMs)
      this.#cache.add(this.#chunk)
    }
  }

  /** Whether what is stored next follows what is in the last chunk, and that is in memory still. */
  #isContinued(): boolean {
    return this.#chunk !== null && this.#chunk.end === this.#from && this.#cache.has(this.#chunk)
  }
}
