import { INTERNAL_ERROR, NOT_FOUND, REPLY_CODES } from 'amqp-codec'
import { AmqpError } from '../errors.ts'
import type { Message } from '../message/message.ts'
import type { QueueConsumer, QueuedMessage, TakenPlace } from '../queue/queue.ts'
import type { Engine } from './engine.ts'
import { type HeldPlace, HeldPlaces } from './held-places.ts'
import { type ConsumerSession, SessionConsumer } from './session-consumer.ts'
import type { SessionHost } from './session-host.ts'
import type { ConsumeWord, QueueWords, Settlement } from './wire/front-words.ts'
import type { OwnerWriter, TakenMessage } from './wire/owner-words.ts'

export interface SessionWorkParts {
  readonly host: SessionHost
  /** What is written is sent at the end of the turn. */
  readonly say: () => OwnerWriter
  /** Whether there is room on the way to the front. */
  readonly hasRoom: () => boolean
}

/** What a front wants of an owner's queues: its consumers, and what these and others hold of them. */
export class SessionWork implements QueueWords, ConsumerSession {
  /** Places that the front's channels have, and have not settled. */
  readonly held: HeldPlaces = new HeldPlaces()
  readonly #parts: SessionWorkParts
  readonly #consumers = new Map<number, SessionConsumer>()
  #isEnded = false

  constructor(parts: SessionWorkParts) {
    this.#parts = parts
  }

  get hasRoom(): boolean {
    return !this.#isEnded && this.#parts.hasRoom()
  }

  /** By which number the front knows a consumer of its own; 0 for another's, and for nobody. */
  numberOf(consumer: QueueConsumer | undefined): number {
    if (!(consumer instanceof SessionConsumer)) return 0
    return this.#consumers.get(consumer.id) === consumer ? consumer.id : 0
  }

  settle(settlement: Settlement, queue: number, numbers: readonly number[]): void {
    const engine = this.#find(queue)
    const places = this.held.takeThose(queue, numbers)
    const consumers = new Set<SessionConsumer>()
    let last: SessionConsumer | null = null
    for (const { consumer } of places) {
      consumer?.settled()
      // Most are of one.
      if (consumer !== null && consumer !== last) consumers.add(consumer)
      last = consumer
    }
    if (engine === undefined || places.length === 0) return
    engine.settle(settlement, places)
    for (const consumer of consumers) engine.queue.resume(consumer)
  }

  consume(word: ConsumeWord): void {
    const engine = this.#find(word.queue)
    if (engine === undefined) {
      this.#parts.say().done(word.request, 0)
      this.#parts.say().cancelled(word.consumer)
      return
    }
    const consumer = new SessionConsumer(word, engine.queue.type, this)
    this.#consumers.set(consumer.id, consumer)
    this.held.adopt(word.queue, consumer)
    try {
      void engine.queue.consume(consumer, word.exclusive)
      this.#parts.say().done(word.request, engine.nextOffsetOf(consumer))
    } catch (error) {
      this.#consumers.delete(consumer.id)
      this.#fail(word.request, error)
    }
  }

  cancel(queue: number, id: number, request: number): void {
    const engine = this.#find(queue)
    const consumer = this.#consumers.get(id)
    this.#consumers.delete(id)
    if (consumer !== undefined) engine?.queue.cancel(consumer)
    // It was one in another session, from which it went without a word.
    else if (engine?.queue.consumerCount === 0) this.#parts.host.lastConsumerLeft(engine)
    this.#parts.say().done(request, 0)
  }

  credit(id: number, count: number, bytes: number): void {
    const consumer = this.#consumers.get(id)
    if (consumer === undefined) return
    consumer.credited(count, bytes)
    this.#find(consumer.queueId)?.queue.resume(consumer)
  }

  get(queue: number, request: number, noAck: boolean): void {
    void this.#get(queue, request, noAck)
  }

  purge(queue: number, request: number): void {
    try {
      const count = this.#find(queue)?.queue.purge() ?? 0
      this.#parts.say().done(request, count as number)
    } catch (error) {
      this.#fail(request, error)
    }
  }

  count(queue: number, request: number): void {
    const engine = this.#find(queue)?.queue
    if (engine === undefined) {
      // What it is called, only who asks knows.
      this.#parts.say().failed(request, NOT_FOUND, '')
      return
    }
    const { readyCount: ready, unackedCount: unacked, consumerCount: consumers } = engine
    this.#parts.say().counted(request, { ready, unacked, consumers })
  }

  touch(queue: number): void {
    this.#find(queue)?.queue.touch()
  }

  deliver(
    consumer: SessionConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
    sent: Message,
  ): void {
    const engine = this.#find(consumer.queueId) as Engine
    const held = { message, sequence, redelivered, consumerId: consumer.id, consumer }
    const number = engine.placeOf(held)
    const { counts } = engine.queue
    if (redelivered) counts.redelivered++
    if (consumer.isAutomatic) counts.deliveredNoAck++
    else counts.delivered++
    this.held.add(consumer.queueId, number, held)
    this.#parts.say().deliver(consumer.id, { place: number, redelivered, message: sent })
  }

  consumerCancelled(consumer: SessionConsumer): void {
    // Its front hears of the deletion as all nodes do.
    this.#consumers.delete(consumer.id)
  }

  /** There is room again. */
  resume(): void {
    for (const consumer of this.#consumers.values()) {
      this.#find(consumer.queueId)?.queue.resume(consumer)
    }
  }

  /** Its consumers are none any more. */
  end(): void {
    this.#isEnded = true
    const consumers = [...this.#consumers.values()]
    this.#consumers.clear()
    for (const consumer of consumers) this.#find(consumer.queueId)?.queue.cancel(consumer)
  }

  /** The queues are another's: they do not even hear of it. */
  abandon(): void {
    this.#isEnded = true
    this.#consumers.clear()
  }

  async #get(queue: number, request: number, noAck: boolean): Promise<void> {
    try {
      const engine = this.#find(queue)
      while (engine?.queue.isLoading && !this.#isEnded) await engine.queue.whenLoaded()
      if (this.#isEnded) return
      const taken = engine && this.#take(engine, queue, noAck)
      this.#parts.say().got(request, taken, engine?.queue.readyCount ?? 0)
    } catch (error) {
      this.#fail(request, error)
    }
  }

  #take(engine: Engine, queueId: number, noAck: boolean): TakenMessage | undefined {
    const { queue } = engine
    // What is not to be acknowledged is by its front, when it has come there.
    const taken = queue.get(false) as QueuedMessage | undefined
    const { counts } = queue
    if (taken === undefined) {
      counts.gotEmpty++
      return undefined
    }
    const { message, sequence, redelivered, sent } = taken
    const place = { message, sequence, redelivered }
    const number = engine.placeOf(place)
    if (redelivered) counts.redelivered++
    if (noAck) counts.gotNoAck++
    else counts.got++
    this.held.add(queueId, number, heldBy(0, place))
    return { place: number, redelivered, message: sent }
  }

  #fail(request: number, error: unknown): void {
    if (error instanceof AmqpError) {
      this.#parts.say().failed(request, error.replyCode, reasonOf(error))
      return
    }
    this.#parts.host.logger.error({ err: error }, 'What another node asked for failed')
    this.#parts.say().failed(request, INTERNAL_ERROR, '')
  }

  #find(queue: number): Engine | undefined {
    return this.#parts.host.find(queue)
  }
}

/** By a consumer that is yet to come, or by none. */
export const heldBy = (consumerId: number, place: TakenPlace): HeldPlace => ({
  ...place,
  consumerId,
  consumer: null,
})

/** Its text without the name of its code, which comes before it again when it is thrown elsewhere. */
function reasonOf({ replyCode, replyText }: AmqpError): string {
  return replyText.slice(`${REPLY_CODES.get(replyCode)?.name} - `.length)
}
