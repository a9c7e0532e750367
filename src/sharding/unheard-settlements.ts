import { Fifo } from '../base/fifo.ts'
import type { Settlement } from './wire/front-words.ts'

/** What becomes of messages of one queue. */
export interface QueueSettlement {
  readonly settlement: Settlement
  readonly queue: number
  readonly places: readonly number[]
}

interface OpenSettlement extends QueueSettlement {
  readonly places: number[]
}

/** As much of a link as it takes to know what has arrived. */
export interface SettlementLink {
  readonly sentBytes: number
  readonly receivedBytes: number
}

interface Sent {
  /** What the link had been given with them. */
  readonly bytes: number
  readonly settlements: readonly OpenSettlement[]
}

/**
 * What was settled on this node, and the owner of the queues may not have heard: nobody could be told, or it is
 * on its way. If there is another owner by then, these places are claimed, and it is told.
 *
 *     late ─ there is an owner ─▶ said ─ end of the turn ─▶ sent ─ received ─▶ forgotten
 *      ▲                           │                         │
 *      └────── the link is no more ┴─────────────────────────┘
 */
export class UnheardSettlements {
  #late: OpenSettlement[] = []
  #said: OpenSettlement[] = []
  readonly #sent = new Fifo<Sent>()

  /** Nobody can be told now. */
  addLate(settlement: Settlement, queue: number, places: readonly number[]): void {
    append(this.#late, settlement, queue, places)
  }

  /** It is in the batch that is sent next. */
  said(settlement: Settlement, queue: number, places: readonly number[]): void {
    // What others are about is back in its queue when nobody claims it.
    if (isFinal(settlement)) append(this.#said, settlement, queue, places)
  }

  /** What was said is on its way. */
  sent(link: SettlementLink): void {
    this.received(link)
    if (this.#said.length === 0) return
    this.#sent.push({ bytes: link.sentBytes, settlements: this.#said })
    this.#said = []
  }

  /** Forgets what has arrived. */
  received({ receivedBytes }: SettlementLink): void {
    for (let sent = this.#sent.peek(); sent !== undefined; sent = this.#sent.peek()) {
      if (sent.bytes > receivedBytes) return
      this.#sent.shift()
    }
  }

  /** The link is no more, and the next owner is to be told all of it. */
  linkEnded(): void {
    const sent = [...this.#sent].flatMap(({ settlements }) => settlements)
    this.#late = [...sent, ...this.#said, ...this.#late]
    this.#sent.clear()
    this.#said = []
  }

  /** These are not this node's any more: what comes to be in their places is not to be settled. */
  lost(queue: number, places: readonly number[]): void {
    const lost = new Set(places)
    this.#late = this.#late.flatMap((late) => {
      if (late.queue !== queue) return [late]
      const left = late.places.filter((place) => !lost.has(place))
      return left.length === 0 ? [] : [{ ...late, places: left }]
    })
  }

  /** What nobody could be told, in its order. */
  get late(): readonly QueueSettlement[] {
    return this.#late
  }

  /** The same, to be told now. */
  takeLate(): readonly QueueSettlement[] {
    const late = this.#late
    this.#late = []
    return late
  }

  /** Nobody is to be told. */
  clear(): void {
    this.#late = []
    this.#said = []
    this.#sent.clear()
  }
}

/** One message after the other is acknowledged: together they take a number each. */
function append(
  settlements: OpenSettlement[],
  settlement: Settlement,
  queue: number,
  places: readonly number[],
): void {
  const last = settlements.at(-1)
  if (last?.queue !== queue || last.settlement !== settlement) {
    settlements.push({ settlement, queue, places: [...places] })
    return
  }
  for (const place of places) last.places.push(place)
}

const isFinal = (settlement: Settlement): boolean =>
  settlement === 'acknowledge' || settlement === 'reject' || settlement === 'deliver'
