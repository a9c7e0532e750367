import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import { storedBytes } from '../message/stored-message.ts'
import { MAX_RECORD_BYTES } from '../message-log/record-format.ts'
import { type TicketSource, whenAllKnown } from '../message-log/ticket-source.ts'
import { transactionTooLarge } from '../reasons.ts'
import type { Delivery } from './delivery.ts'
import type { PreparedPublish, Publisher } from './publisher.ts'
import type { Settlement } from './settlement.ts'
import type { UnackedList } from './unacked-list.ts'

/** The channel, as its transaction sees it. */
export interface TransactionScope {
  readonly publisher: Publisher
  readonly unacked: UnackedList
  readonly messageLog: TicketSource | null
  settle(deliveries: readonly Delivery[], settlement: Settlement): void
}

interface HeldSettlement {
  readonly deliveries: readonly Delivery[]
  readonly settlement: Settlement
}

/** How large its messages may be together. Places, and what else is stored with it, find room too. */
const MAX_BYTES = (MAX_RECORD_BYTES / 3) * 2

/**
 * What a transactional channel holds back until it commits. Spec §1.8: publishes and settlements are
 * covered; consuming, declaring and everything else takes effect at once.
 */
export class Transaction {
  #publishes: PreparedPublish[] = []
  #settlements: HeldSettlement[] = []
  #bytes = 0
  readonly #maxBytes: number

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Publishes that it holds back. */
  get publishCount(): number {
    return this.#publishes.length
  }

  /** Deliveries that were settled, as far as the client knows. */
  get settled(): readonly Delivery[] {
    return this.#settlements.flatMap(({ deliveries }) => deliveries)
  }

  /** Throws 406. */
  publish(publish: PreparedPublish): void {
    this.#bytes += storedBytes(publish.message)
    if (this.#bytes > this.#maxBytes) throw transactionTooLarge(this.#bytes, this.#maxBytes)
    this.#publishes.push(publish)
  }

  settle(deliveries: readonly Delivery[], settlement: Settlement): void {
    this.#settlements.push({ deliveries, settlement })
  }

  /**
   * Does all of it, as one where it is stored. `answer` is called when all that will be stored is
   * noted, and before what the settlements bring the client if none of it is; it is told what becomes of the
   * publishes, when all of it is safe.
   */
  commit(
    channel: TransactionScope,
    answer: (outcome: PublishOutcome | Promise<PublishOutcome>) => void,
  ): void {
    const publishes = this.#publishes
    const settlements = this.#settlements
    this.#clear()
    // What others note in this turn is drawn in, so it is not asked for in vain.
    if (publishes.length + settlements.length > 0) channel.messageLog?.makeAtomic()
    const outcomes = new Set<PublishOutcome>()
    for (const publish of publishes) outcomes.add(channel.publisher.deliver(publish))
    const isStored =
      [...outcomes].some((outcome) => outcome > ACCEPTED) ||
      settlements.some(({ deliveries }) => deliveries.some(isDurable))
    const isAtOnce = !isStored && !outcomes.has(REJECTED)
    if (isAtOnce) answer(ACCEPTED)
    for (const held of settlements) channel.settle(held.deliveries, held.settlement)
    if (!isAtOnce) answer(whenAllKnown(channel.messageLog, outcomes))
  }

  /** Publishes are forgotten; what was settled is unacknowledged as before. */
  rollback(channel: TransactionScope): void {
    const { settled } = this
    this.#clear()
    channel.unacked.putBack(settled)
  }

  #clear(): void {
    this.#publishes = []
    this.#settlements = []
    this.#bytes = 0
  }
}

function isDurable({ queue }: Delivery): boolean {
  return queue.durable
}
