import type { BasicProperties } from 'amqp-codec'
import { AmqpError } from '../../../src/errors.ts'
import { REJECTED } from '../../../src/exchange/destination.ts'
import type { Message } from '../../../src/message/message.ts'
import type { QueueBrowser } from '../../../src/queue/browsing.ts'
import type { ClaimId } from '../../../src/queue/claims.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import type { LogOfPriority } from '../../../src/queue/classic-queue-parts.ts'
import type { QueueConsumer, QueuedMessage, TakenPlace } from '../../../src/queue/queue.ts'
import { memoryOnly, type QueueStorage } from '../../../src/queue/queue-storage.ts'
import { QuorumQueue } from '../../../src/queue/quorum-queue.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import {
  argumentsOf,
  type ConsumerSketch,
  type Counts,
  cancelled,
  delivered,
  died,
  EMPTY,
  GETTER,
  LAST_LEFT,
  type MessageSketch,
  notTaken,
  purged,
  type QueueSketch,
  type QueueSystem,
  refused,
  type Settlement,
} from './queue-system.ts'

/** So large that messages do not stay in the chunk they came in. */
const CHUNK_BYTES = 4096

interface Holding extends TakenPlace {
  readonly holder: Consumer | undefined
}

class Consumer implements QueueConsumer {
  readonly name: string
  readonly noAck: boolean
  readonly priority: number
  readonly prefetchCount: number
  readonly arguments = new Map()
  readonly link: number
  credit: number
  started = false
  readonly #system: QueueUnderTest

  constructor(system: QueueUnderTest, sketch: ConsumerSketch) {
    this.#system = system
    this.name = sketch.name
    this.noAck = sketch.noAck
    this.priority = sketch.priority
    this.prefetchCount = sketch.prefetchCount
    this.link = sketch.link
    const limited = !sketch.noAck && sketch.prefetchCount > 0
    this.credit = limited ? sketch.prefetchCount : Number.POSITIVE_INFINITY
  }

  canTake(): boolean {
    return this.started && this.credit > 0 && this.#system.hasRoom(this.link)
  }

  deliver(message: Message, sequence: number, redelivered: boolean, sent = message): void {
    this.credit--
    this.#system.onDelivery({ holder: this, message, sequence, redelivered }, this.noAck, sent)
  }

  cancelled(): void {
    this.#system.onCancelled(this)
  }
}

/** What the queue is made with, what is published to it, and who is told of its events at once. */
export interface QueueParts {
  readonly sketch?: QueueSketch
  readonly clock?: FakeClock
  readonly storage?: QueueStorage
  /** Given for a durable queue. */
  readonly logOf?: LogOfPriority
  readonly messageOf?: (body: string, sketch: MessageSketch) => Message
  readonly onEvent?: (event: string) => void
  readonly awaitsClaims?: boolean
}

/** The real queue engine, with consumers that behave as a channel's do. */
export class QueueUnderTest implements QueueSystem {
  readonly events: string[] = []
  readonly #messageOf: (body: string, sketch: MessageSketch) => Message
  readonly #clock: FakeClock
  readonly #onEvent: (event: string) => void
  readonly #queue: ClassicQueue
  readonly #consumers = new Map<string, Consumer>()
  readonly #withoutRoom = new Set<number>()
  #holdings: Holding[] = []
  #heldBack: string[] | null = null

  constructor({
    sketch = {},
    clock = new FakeClock(),
    storage = { ...memoryOnly(), clock },
    logOf,
    messageOf = messageInChunk,
    onEvent = () => {},
    awaitsClaims = false,
  }: QueueParts = {}) {
    this.#messageOf = messageOf
    this.#clock = clock
    this.#onEvent = onEvent
    const Type = sketch.deliveryLimit === undefined ? ClassicQueue : QuorumQueue
    this.#queue = new Type({
      name: 'q',
      vhostName: '/',
      properties: {
        durable: logOf !== undefined,
        exclusiveOwner: null,
        autoDelete: false,
        arguments: argumentsOf(sketch),
      },
      events: {
        lastConsumerLeft: () => this.#tell(LAST_LEFT),
        expired() {},
        deadLetter: (letter) => {
          this.#tell(died(textOf(letter.message), letter.reason))
          letter.arrived()
        },
      },
      storage,
      logOf: logOf ?? (() => null),
      awaitsClaims,
    })
  }

  get held(): string[] {
    return this.#holdings.map(
      ({ holder, message }) => `${holder?.name ?? GETTER}: ${textOf(message)}`,
    )
  }

  get counts(): Counts {
    const { readyCount, unackedCount, consumerCount } = this.#queue
    return { ready: readyCount, unacked: unackedCount, consumers: consumerCount }
  }

  get browser(): QueueBrowser {
    return this.#queue.browser()
  }

  get isLoading(): boolean {
    return this.#queue.isLoading
  }

  /** Who could take a message now. */
  get takers(): string[] {
    const able = [...this.#consumers.values()].filter((consumer) => consumer.canTake())
    return able.map(({ name }) => name)
  }

  publish(body: string, sketch: MessageSketch = {}): void {
    const outcome = this.#queue.publish(this.#messageOf(body, sketch))
    if (outcome === REJECTED) this.#tell(notTaken(body))
  }

  consume(sketch: ConsumerSketch): void {
    const consumer = new Consumer(this, sketch)
    try {
      this.#queue.consume(consumer, sketch.exclusive)
    } catch (error) {
      if (!(error instanceof AmqpError && error.replyCode === 403)) throw error
      this.#tell(refused(sketch.name))
      return
    }
    this.#consumers.set(sketch.name, consumer)
  }

  start(name: string): void {
    const consumer = this.#consumers.get(name)
    if (consumer === undefined) return
    consumer.started = true
    this.#queue.resume(consumer)
  }

  cancel(name: string): void {
    const consumer = this.#consumers.get(name)
    if (consumer === undefined) return
    this.#consumers.delete(name)
    this.#queue.cancel(consumer)
  }

  get(noAck: boolean): void {
    // What is dropped because it is at the head now is told of when somebody has seen what was taken.
    this.#heldBack = []
    const taken = this.#get(noAck)
    const after = this.#heldBack
    this.#heldBack = null
    if (taken === null) this.#tell(refused(GETTER))
    else if (taken === undefined) this.#tell(EMPTY)
    else this.onDelivery({ ...taken, holder: undefined }, noAck, taken.sent)
    for (const event of after) this.#tell(event)
  }

  /** Null when it is not allowed. */
  #get(noAck: boolean): QueuedMessage | undefined | null {
    try {
      return this.#queue.get(noAck)
    } catch (error) {
      if (error instanceof AmqpError && error.replyCode === 405) return null
      throw error
    }
  }

  settle(positions: readonly number[], settlement: Settlement): void {
    const settled = positions.map((position) => this.#holdings[position] as Holding)
    this.#holdings = this.#holdings.filter((holding) => !settled.includes(holding))
    for (const { holder } of settled) if (holder !== undefined) holder.credit++
    if (settlement === 'acknowledge') this.#queue.acknowledge(settled)
    else this.#queue[settlement](settled)
    for (const holder of new Set(settled.map((holding) => holding.holder))) {
      if (holder !== undefined) this.#queue.resume(holder)
    }
  }

  /** What is held, as other processes know it, and what it is. */
  get heldIds(): readonly (readonly [id: ClaimId, body: string])[] {
    return this.#holdings.map(({ message, sequence }) => {
      return [{ priority: this.#queue.priorityOf(message), sequence }, textOf(message)]
    })
  }

  /** Holds what it gets of these, and says what that is. */
  async claim(ids: readonly ClaimId[]): Promise<readonly string[]> {
    const places = await this.#queue.claim(ids)
    const claimed = places.filter((place) => place !== undefined)
    for (const place of claimed) {
      this.#holdings.push({ ...place, redelivered: true, holder: undefined })
    }
    return claimed.map(({ message }) => textOf(message))
  }

  begin(): void {
    this.#queue.begin()
  }

  setRoom(link: number, hasRoom: boolean): void {
    if (!hasRoom) {
      this.#withoutRoom.add(link)
      return
    }
    this.#withoutRoom.delete(link)
    for (const consumer of this.#consumers.values()) {
      if (consumer.link === link) this.#queue.resume(consumer)
    }
  }

  purge(): void {
    this.#tell(purged(this.#queue.purge()))
  }

  delete(): void {
    this.#queue.delete()
  }

  advance(ms: number): void {
    this.#clock.advance(ms)
  }

  hasRoom(link: number): boolean {
    return !this.#withoutRoom.has(link)
  }

  onDelivery(holding: Holding, noAck: boolean, sent: Message): void {
    const name = holding.holder?.name ?? GETTER
    if (!noAck) this.#holdings.push(holding)
    const count = sent.headers?.get('x-delivery-count')?.value
    const times = count === undefined ? undefined : Number(count)
    this.#tell(delivered(name, textOf(holding.message), holding.redelivered, times))
  }

  onCancelled(consumer: Consumer): void {
    this.#consumers.delete(consumer.name)
    this.#tell(cancelled(consumer.name))
  }

  #tell(event: string): void {
    if (this.#heldBack !== null) {
      this.#heldBack.push(event)
      return
    }
    this.events.push(event)
    this.#onEvent(event)
  }
}

const messageInChunk = (body: string, sketch: MessageSketch): Message =>
  sampleMessage(body, { properties: propertiesOf(sketch), chunkBytes: CHUNK_BYTES })

export const propertiesOf = ({ priority, expirationMs }: MessageSketch): BasicProperties => ({
  ...(priority !== undefined && { priority }),
  ...(expirationMs !== undefined && { expiration: `${expirationMs}` }),
})

/** A body may be made longer than its text with dots. */
export const textOf = (message: Message): string =>
  bodyOf(message).toString().split('.')[0] as string
