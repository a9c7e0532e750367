import type { Delivery } from './delivery.ts'
import type { PreparedPublish, Publisher } from './publisher.ts'
import type { Settlement } from './settlement.ts'
import type { UnackedList } from './unacked-list.ts'

/** The channel, as its transaction sees it. */
export interface TransactionScope {
  readonly publisher: Publisher
  readonly unacked: UnackedList
  settle(deliveries: readonly Delivery[], settlement: Settlement): void
}

interface HeldSettlement {
  readonly deliveries: readonly Delivery[]
  readonly settlement: Settlement
}

/**
 * What a transactional channel holds back until it commits. Spec §1.8: publishes and settlements are
 * covered; consuming, declaring and everything else takes effect at once.
 */
export class Transaction {
  #publishes: PreparedPublish[] = []
  #settlements: HeldSettlement[] = []

  publish(publish: PreparedPublish): void {
    this.#publishes.push(publish)
  }

  settle(deliveries: readonly Delivery[], settlement: Settlement): void {
    this.#settlements.push({ deliveries, settlement })
  }

  /** `done` is called when the client may be told, before what the settlements bring it. */
  commit(channel: TransactionScope, done: () => void): void {
    const publishes = this.#publishes
    const settlements = this.#settlements
    this.#clear()
    for (const publish of publishes) channel.publisher.deliver(publish)
    done()
    for (const held of settlements) channel.settle(held.deliveries, held.settlement)
  }

  /** Publishes are forgotten; what was settled is unacknowledged as before. */
  rollback(channel: TransactionScope): void {
    const settlements = this.#settlements
    this.#clear()
    channel.unacked.putBack(settlements.flatMap((held) => held.deliveries))
  }

  #clear(): void {
    this.#publishes = []
    this.#settlements = []
  }
}
