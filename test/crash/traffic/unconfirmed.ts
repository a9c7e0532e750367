import { BASIC_ACK, type BasicAck, type BasicNack } from 'amqp-codec'
import type { Connection } from '../ledger/connection.ts'
import type { Entry } from '../ledger/copy.ts'

/** What a channel has published and waits for the confirms of. */
export class Unconfirmed {
  readonly #account: Connection
  /** By their tags, in order. */
  readonly #entries = new Map<number, Entry>()
  #lastTag = 0

  constructor(account: Connection) {
    this.#account = account
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many were published. */
  get lastTag(): number {
    return this.#lastTag
  }

  published(entry: Entry): void {
    this.#entries.set(++this.#lastTag, entry)
  }

  /** The broker says of how many what became of them. */
  settle({ id, deliveryTag, multiple }: BasicAck | BasicNack): number {
    const tags = multiple ? this.#tagsUpTo(deliveryTag) : [deliveryTag]
    for (const tag of tags) {
      const entry = this.#entries.get(tag)
      if (entry === undefined) throw new Error(`tag ${tag} is confirmed, and not unconfirmed`)
      this.#entries.delete(tag)
      if (id === BASIC_ACK) this.#account.confirmed(entry)
      else this.#account.refused(entry)
    }
    return tags.length
  }

  #tagsUpTo(last: number): number[] {
    const tags: number[] = []
    for (const tag of this.#entries.keys()) {
      if (tag > last) break
      tags.push(tag)
    }
    return tags
  }
}
