import { BASIC_ACK, BASIC_NACK, BASIC_REJECT } from 'amqp-codec'
import type { Client } from '../client/client.ts'
import type { Copy } from '../ledger/copy.ts'

/** A delivery that is not settled. Of a message that should not have come there is no copy. */
export interface Holding {
  readonly tag: number
  readonly copy: Copy | undefined
}

/** What a channel holds, in the order of the tags, and the ways of settling it. */
export class Holdings {
  readonly #client: Client
  readonly #channel: number
  readonly #all = new Map<number, Holding>()

  constructor(client: Client, channel: number) {
    this.#client = client
    this.#channel = channel
  }

  add(holding: Holding): void {
    this.#all.set(holding.tag, holding)
  }

  ack(tag: number): void {
    this.#client.send(this.#channel, BASIC_ACK, { deliveryTag: tag })
    for (const { copy } of this.#take(tag, false)) copy?.holder?.ack(copy)
  }

  ackUpTo(tag: number): void {
    this.#client.send(this.#channel, BASIC_ACK, { deliveryTag: tag, multiple: true })
    for (const { copy } of this.#take(tag, true)) copy?.holder?.ack(copy)
  }

  requeue(tag: number): void {
    this.#client.send(this.#channel, BASIC_REJECT, { deliveryTag: tag, requeue: true })
    this.#giveBack(this.#take(tag, false))
  }

  requeueUpTo(tag: number): void {
    const fields = { deliveryTag: tag, multiple: true, requeue: true }
    this.#client.send(this.#channel, BASIC_NACK, fields)
    this.#giveBack(this.#take(tag, true))
  }

  /** All of it is given back, or goes with the channel. */
  clear(): void {
    this.#all.clear()
  }

  get tags(): Iterable<number> {
    return this.#all.keys()
  }

  #giveBack(holdings: readonly Holding[]): void {
    for (const { copy } of holdings) copy?.holder?.requeue(copy)
  }

  #take(last: number, multiple: boolean): Holding[] {
    const taken: Holding[] = []
    if (!multiple) {
      const holding = this.#all.get(last)
      if (holding !== undefined) taken.push(holding)
    } else {
      for (const holding of this.#all.values()) {
        if (holding.tag > last) break
        taken.push(holding)
      }
    }
    for (const { tag } of taken) this.#all.delete(tag)
    return taken
  }
}
