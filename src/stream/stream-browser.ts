import { ByteArena } from '../message/byte-arena.ts'
import type { Message } from '../message/message.ts'
import type { StoredMessage } from '../message-log/queue-log.ts'
import type { BrowsedMessage, BrowseLimits, QueueBrowser } from '../queue/browsing.ts'
import type { StreamStore } from './stream-store.ts'
import { withOffset } from './with-offset.ts'

/** From the oldest message on that is still there, up to the newest one. */
interface Offsets {
  readonly firstOffset: number
  readonly nextOffset: number
}

/** A message's id is its offset, by which anybody reads a stream: nothing is ever taken out of one. */
export class StreamBrowser implements QueueBrowser {
  readonly #store: StreamStore
  readonly #offsets: Offsets

  constructor(store: StreamStore, offsets: Offsets) {
    this.#store = store
    this.#offsets = offsets
  }

  async read(from: number, limits: BrowseLimits): Promise<readonly BrowsedMessage[]> {
    const { firstOffset, nextOffset } = this.#offsets
    return (await this.#read(firstOffset + from, nextOffset, limits)).messages
  }

  async *walk(limits: BrowseLimits): AsyncGenerator<readonly BrowsedMessage[]> {
    const { firstOffset, nextOffset } = this.#offsets
    for (let at = firstOffset; at < nextOffset; ) {
      const { messages, next } = await this.#read(at, nextOffset, limits)
      if (messages.length > 0) yield messages
      at = next
    }
  }

  async find(id: string): Promise<BrowsedMessage | undefined> {
    const offset = /^\d{1,15}$/.test(id) ? Number(id) : -1
    const { firstOffset, nextOffset } = this.#offsets
    if (offset < firstOffset || offset >= nextOffset) return undefined
    const { messages } = await this.#read(offset, offset + 1, { count: 1, bytes: 1 })
    return messages[0]
  }

  idOf(_message: Message, offset: number): string {
    return String(offset)
  }

  hold(): undefined {}

  takeOut(): boolean {
    return false
  }

  /** Those before `end`, without what retention has removed meanwhile; and where to go on. */
  async #read(
    from: number,
    end: number,
    limits: BrowseLimits,
  ): Promise<{ readonly messages: readonly BrowsedMessage[]; readonly next: number }> {
    const found: StoredMessage[] = []
    let bytes = 0
    let at = from
    while (at < end && found.length < limits.count && bytes < limits.bytes) {
      const { messages, next } = await this.#store.read(at, end - 1)
      at = next
      for (const stored of messages) {
        if (found.length >= limits.count || bytes >= limits.bytes) {
          at = stored.sequence
          break
        }
        found.push(stored)
        bytes += stored.message.bodySize
      }
    }
    const left = found.filter(({ sequence }) => sequence >= this.#offsets.firstOffset)
    return { messages: left.map(browsed), next: at }
  }
}

function browsed({ message, sequence }: StoredMessage): BrowsedMessage {
  const place = { message, sequence, expiresAt: 0, redelivered: false }
  const sent = withOffset(message, sequence, new ByteArena())
  return { ...place, id: String(sequence), sent, deliveryCount: undefined }
}
