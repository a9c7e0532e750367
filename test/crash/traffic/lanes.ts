import type { Connection } from '../ledger/connection.ts'
import type { Entry } from '../ledger/copy.ts'
import type { Lane } from '../ledger/lane.ts'
import type { Transaction } from '../ledger/transaction.ts'
import type { Draft } from './publishing.ts'

/** What a channel publishes: a lane for each priority, since queues keep the order only in each. */
export class Lanes {
  readonly #account: Connection
  readonly #byPriority = new Map<number, Lane>()

  constructor(account: Connection) {
    this.#account = account
  }

  publish({ route, isPersistent, priority = 0 }: Draft, transaction?: Transaction): Entry {
    const lane = this.#byPriority.get(priority) ?? this.#account.lane()
    this.#byPriority.set(priority, lane)
    const publish = { queues: route.queues, isPersistent }
    return lane.publish(transaction === undefined ? publish : { ...publish, transaction })
  }
}
