import type { Clock } from '../base/clock.ts'
import { ACCEPTED, type QueueDestination, REJECTED } from '../exchange/destination.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { copyKeys } from '../message/copy-keys.ts'
import { diedIn, withoutDeaths } from '../message/death.ts'
import type { Message } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import { readdressed } from '../message/rewritten.ts'
import type { Ticket } from '../message-log/queue-log.ts'
import { type TicketSource, whenKnown } from '../message-log/ticket-source.ts'
import type { BrowsedMessage } from '../queue/browsing.ts'
import type { Queue } from '../queue/queue.ts'
import type { Vhost } from './vhost.ts'

/** Where messages are to go, if not back to where they came from. */
export interface MoveTarget {
  readonly exchange: Exchange
  /** Undefined for those that they came with. */
  readonly routingKey: string | undefined
  /** Whether whoever moves them may publish there with that key. */
  readonly mayUse: (routingKey: string) => boolean
}

export interface MoveOptions {
  readonly vhost: Vhost
  readonly queue: Queue
  /** Undefined for the queue where each of them died. */
  readonly target: MoveTarget | undefined
  readonly clock: Clock
  /** By which it is known what has become of what was published; null where all is in one log. */
  readonly tickets: TicketSource | null
  /** Resolves when what was moved with these tickets is safe, and others have had their turn. */
  readonly stored: (tickets: ReadonlySet<Ticket>) => Promise<void>
}

export interface MoveResult {
  readonly moved: number
  /** How many were to go, and stayed: there was nowhere for them to go. */
  readonly kept: number
}

/** So much is one record of the journal at the most. */
const AT_ONCE = { count: 500, bytes: 1024 * 1024 }

/** No turn is much longer. */
const TURN_MS = 20

interface Arrival {
  readonly message: Message
  readonly queues: readonly QueueDestination[]
}

/**
 * Brings messages from a queue to others. Each leaves where it was only by arriving, both in one record of the
 * journal: none is lost, and none is in two places. Where queues are on many nodes, one leaves after it has
 * arrived: none is lost, but one may be in two places when a node dies meanwhile.
 */
export class MessageMove {
  readonly #options: MoveOptions
  /** Of what is on its way to other nodes. */
  #tickets = new Set<Ticket>()
  #moved = 0
  #kept = 0
  #turnBeganMs: number
  /** The last one's address: mostly the next one has the same. */
  #address = PublishAddress.of('', '')

  constructor(options: MoveOptions) {
    this.#options = options
    this.#turnBeganMs = options.clock.now()
  }

  /** As many as are there now, or fewer; those that cannot go do not count. */
  async all(atMost: number): Promise<MoveResult> {
    const browser = this.#options.queue.browser()
    for await (const batch of browser.walk(AT_ONCE)) {
      for (const browsed of batch) {
        if (this.#moved >= atMost) break
        this.#move(browsed)
        if (this.#isTurnOver()) await this.#stored()
      }
      await this.#stored()
      if (this.#moved >= atMost) break
    }
    return { moved: this.#moved, kept: this.#kept }
  }

  /** Those that are still there. */
  async some(ids: readonly string[]): Promise<MoveResult> {
    const browser = this.#options.queue.browser()
    for (const [index, id] of ids.entries()) {
      const browsed = await browser.find(id)
      if (browsed !== undefined) this.#move(browsed)
      const isMuch = (index + 1) % AT_ONCE.count === 0
      if (isMuch || this.#isTurnOver()) await this.#stored()
    }
    await this.#stored()
    return { moved: this.#moved, kept: this.#kept }
  }

  async #stored(): Promise<void> {
    const tickets = this.#tickets
    this.#tickets = new Set()
    await this.#options.stored(tickets)
  }

  /** Whether it is others' turn: to take out what others stand around may take its time. */
  #isTurnOver(): boolean {
    const nowMs = this.#options.clock.now()
    if (nowMs - this.#turnBeganMs < TURN_MS) return false
    this.#turnBeganMs = nowMs
    return true
  }

  #move(browsed: BrowsedMessage): void {
    const { vhost, queue, tickets } = this.#options
    const arrival = this.#arrivalOf(browsed.message)
    if (arrival === undefined) {
      this.#kept++
      return
    }
    if (tickets !== null) {
      this.#moveBetweenNodes(browsed, arrival, tickets)
      return
    }
    const isMoved = queue.browser().takeOut(browsed, () => {
      const isHeld = vhost.deadLetters.hold()
      try {
        for (const target of arrival.queues) target.publish(arrival.message)
      } finally {
        if (isHeld) vhost.deadLetters.release()
      }
    })
    // Else somebody has taken it meanwhile: it was not kept.
    if (isMoved) this.#moved++
  }

  /** It counts as moved until a queue refuses it. */
  #moveBetweenNodes(
    browsed: BrowsedMessage,
    { queues, message }: Arrival,
    tickets: TicketSource,
  ): void {
    const { vhost, queue } = this.#options
    const held = queue.browser().hold(browsed)
    if (held === undefined) return
    this.#moved++
    const outcome = vhost.deadLetters.deliver(queues, message)
    if (outcome > ACCEPTED) this.#tickets.add(outcome)
    void Promise.resolve(whenKnown(tickets, outcome)).then((known) => {
      if (known !== REJECTED) {
        held.gone()
        return
      }
      held.back()
      this.#moved--
      this.#kept++
    })
  }

  /** None when there is no queue that takes it. One that is full is not tried: it might pass on a copy. */
  #arrivalOf(browsed: Message): Arrival | undefined {
    const route = this.#routeOf(browsed)
    if (route === undefined) return undefined
    const { message } = route
    const queues = route.queues.filter((queue) => !queue.refuses(message))
    return queues.length === 0 ? undefined : { message, queues }
  }

  /** None when nobody knows where it came from, or that is no more. */
  #routeOf(message: Message): Arrival | undefined {
    const { vhost, target } = this.#options
    if (target === undefined) {
      const queue = vhost.queues.find(diedIn(message.headers) ?? '')
      if (queue === undefined) return undefined
      const address = this.#addressOf('', queue.name)
      return { message: withoutDeaths(message, address), queues: [queue] }
    }
    const { exchange, routingKey = message.address.routingKey, mayUse } = target
    const address =
      target.routingKey === undefined
        ? message.address.at(exchange.name)
        : this.#addressOf(exchange.name, routingKey)
    const { headers } = message
    const keys = [routingKey, ...copyKeys(headers)]
    if (!keys.every(mayUse)) return undefined
    const moved = readdressed(message, address)
    return { message: moved, queues: vhost.route(exchange, keys, headers, moved).queues }
  }

  #addressOf(exchange: string, routingKey: string): PublishAddress {
    const last = this.#address
    if (last.exchange !== exchange || last.routingKey !== routingKey) {
      this.#address = PublishAddress.of(exchange, routingKey)
    }
    return this.#address
  }
}
