import { INTERNAL_ERROR, REPLY_CODES } from 'amqp-codec'
import { Fifo } from '../base/fifo.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import { AmqpError } from '../errors.ts'
import { ACCEPTED, REJECTED } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { Place, QueuedMessage } from '../queue/queue.ts'
import type { Engine } from './engine.ts'
import type { FrontRecord } from './front-record.ts'
import { type HeldPlace, HeldPlaces } from './held-places.ts'
import type { LinkSender } from './link/link-sender.ts'
import { type ConsumerSession, SessionConsumer } from './session-consumer.ts'
import {
  type ConsumeWord,
  type FrontListener,
  FrontReader,
  type Greeting,
  type Settlement,
} from './wire/front-words.ts'
import { OwnerWriter, type QueueSight, type TakenMessage } from './wire/owner-words.ts'

/** The owner of a place, as its sessions know it. */
export interface SessionHost {
  readonly log: TicketSource | null
  readonly turn: Turn
  readonly logger: Logger
  find(queue: number): Engine | undefined
  /** Resolves when the queue is known here if it is anywhere. */
  told(): Promise<void>
  /** The session says who it is: gives what is known of its publishes, and what it had in another session. */
  greeted(session: Session, greeting: Greeting): { record: FrontRecord; held: HeldPlaces }
  openLink(session: Session, address: string): LinkSender
  /** It has claimed what it has: `welcome` is to be called when all have. */
  ready(session: Session): void
  /** Whose consumers left while it was away: nobody told the queue so. */
  lastConsumerLeft(engine: Engine): void
  broken(session: Session, reason: string): void
  /** What is known of publishes has changed. */
  noted(): void
}

/** So much may be on its way to a front before its consumers wait. */
const ROOM_BYTES = 4 * 1024 * 1024

/**
 * What the owner of a place has to do with one front: does what it says, and tells it what happens.
 *
 *     new ─ hello ─▶ claiming ─ ready, all have claimed ─▶ open ─ gone ─▶ closed: what it had goes back
 */
export class Session implements FrontListener, ConsumerSession, TurnTask {
  readonly linkId: string
  /** Whether it has to be told of all queues yet. */
  isNewcomer = true
  readonly #host: SessionHost
  readonly #reader = new FrontReader()
  readonly #writer = new OwnerWriter()
  readonly #consumers = new Map<number, SessionConsumer>()
  /** Places that the front's channels have, and have not settled. */
  #held = new HeldPlaces()
  #before = new HeldPlaces()
  readonly #claims: Promise<void>[] = []
  /** What has come and could not be looked at yet. */
  readonly #batches = new Fifo<{ readonly bytes: Buffer; readonly from: number }>()
  readonly #unknown = new Set<number>()
  #state: 'new' | 'claiming' | 'open' | 'closed' = 'new'
  #greeting: Greeting | undefined
  #record: FrontRecord | undefined
  #link: LinkSender | undefined
  #isWaiting = false
  #isScheduled = false
  #hadRoom = true
  #isListening = false
  /** The front has been told, or is being told, that all up to there is safe. */
  #confirmed = 0

  constructor(linkId: string, host: SessionHost) {
    this.linkId = linkId
    this.#host = host
  }

  get greeting(): Greeting | undefined {
    return this.#greeting
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get hasRoom(): boolean {
    return this.#hadRoom
  }

  onBatch(bytes: Buffer): void {
    this.#batches.push({ bytes, from: 0 })
    if (!this.#isWaiting) this.#goOn()
  }

  knows(queue: number): boolean {
    return this.#host.find(queue) !== undefined || this.#unknown.has(queue)
  }

  hello(greeting: Greeting): void {
    if (this.#state !== 'new') throw new RangeError('it says hello twice')
    this.#state = 'claiming'
    this.#greeting = greeting
    const { record, held } = this.#host.greeted(this, greeting)
    this.#record = record
    this.#before = held
    this.#link = this.#host.openLink(this, greeting.address)
  }

  claim(queue: number, consumer: number, places: readonly number[]): void {
    const engine = this.#host.find(queue)
    if (engine === undefined) return
    const left = places.filter((place) => {
      const one = this.#before.take(queue, place)
      if (one !== undefined) this.#held.add(queue, place, heldBy(consumer, one.place))
      return one === undefined
    })
    if (left.length > 0) this.#claims.push(this.#claim(engine, queue, consumer, left))
  }

  ready(): void {
    // Until it has been welcomed it has nothing more to say.
    void Promise.all(this.#claims).then(() => {
      if (this.#state !== 'claiming') return
      this.giveBack(this.#before)
      this.#host.ready(this)
    })
  }

  /** It can begin now. */
  welcome(): void {
    if (this.#state !== 'claiming' || this.#record === undefined) return
    this.#state = 'open'
    this.#say().welcome(this.#record.applied)
    for (const number of this.#record.rejected) this.#writer.rejected(number)
    this.stored()
    this.#listen()
  }

  publish(queue: number, number: number, message: Message): void {
    const record = this.#assertOpen()
    if (number <= record.applied) return
    const outcome = this.#host.find(queue)?.queue.publish(message) ?? ACCEPTED
    record.published(number, outcome)
    this.#host.noted()
    if (outcome === REJECTED) this.#say().rejected(number)
    if (outcome > ACCEPTED) this.#listen()
    this.#schedule()
  }

  /** What was noted a while ago is safe. */
  stored(): void {
    this.#isListening = false
    if (this.#state !== 'open' || this.#record === undefined) return
    const before = this.#record.safe
    this.#record.lookAt(this.#host.log)
    if (this.#record.safe > before) this.#schedule()
    if (this.#record.safe < this.#record.applied) this.#listen()
  }

  settle(settlement: Settlement, queue: number, numbers: readonly number[]): void {
    this.#assertOpen()
    const engine = this.#host.find(queue)?.queue
    const places: Place[] = []
    const consumers = new Set<SessionConsumer>()
    for (const number of numbers) {
      const held = this.#held.take(queue, number)
      if (held === undefined) continue
      places.push(held.place)
      held.consumer?.settled()
      if (held.consumer !== null) consumers.add(held.consumer)
    }
    if (engine === undefined || places.length === 0) return
    if (settlement === 'acknowledge') engine.counts.acknowledged += places.length
    engine[settlement](places)
    for (const consumer of consumers) engine.resume(consumer)
  }

  consume(word: ConsumeWord): void {
    this.#assertOpen()
    const engine = this.#host.find(word.queue)
    const consumer = new SessionConsumer(word, this)
    this.#consumers.set(consumer.id, consumer)
    this.#try(word.request, () => {
      if (engine === undefined) this.#consumers.delete(consumer.id)
      this.#held.adopt(word.queue, consumer)
      engine?.queue.consume(consumer, word.exclusive)
      this.#say().done(word.request, 0)
      if (engine === undefined) this.#writer.cancelled(consumer.id)
    })
  }

  cancel(queue: number, id: number, request: number): void {
    this.#assertOpen()
    const engine = this.#host.find(queue)
    const consumer = this.#consumers.get(id)
    this.#consumers.delete(id)
    if (consumer !== undefined) engine?.queue.cancel(consumer)
    // It was one in another session, from which it went without a word.
    else if (engine?.queue.consumerCount === 0) this.#host.lastConsumerLeft(engine)
    this.#say().done(request, 0)
  }

  credit(id: number, count: number, bytes: number): void {
    const consumer = this.#consumers.get(id)
    if (consumer === undefined) return
    consumer.taken(count, bytes)
    this.#host.find(consumer.queueId)?.queue.resume(consumer)
  }

  get(queue: number, request: number, noAck: boolean): void {
    this.#assertOpen()
    void this.#get(queue, request, noAck)
  }

  purge(queue: number, request: number): void {
    this.#assertOpen()
    this.#try(request, () => {
      const count = this.#host.find(queue)?.queue.purge() ?? 0
      this.#say().done(request, count as number)
    })
  }

  count(queue: number, request: number): void {
    this.#assertOpen()
    const engine = this.#host.find(queue)?.queue
    const ready = engine?.readyCount ?? 0
    const unacked = engine?.unackedCount ?? 0
    this.#say().counted(request, { ready, unacked, consumers: engine?.consumerCount ?? 0 })
  }

  touch(queue: number): void {
    this.#host.find(queue)?.queue.touch()
  }

  atomic(): void {
    this.#host.log?.makeAtomic()
  }

  deliver(
    consumer: SessionConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
    sent: Message,
  ): void {
    const engine = this.#host.find(consumer.queueId) as Engine
    const place = { message, sequence }
    const number = engine.placeOf(place)
    const { counts } = engine.queue
    if (redelivered) counts.redelivered++
    if (consumer.noAck) counts.deliveredNoAck++
    else {
      counts.delivered++
      this.#held.add(consumer.queueId, number, { place, consumerId: consumer.id, consumer })
    }
    this.#say().deliver(consumer.id, { place: number, redelivered, message: sent })
    this.#checkRoom()
  }

  consumerCancelled(consumer: SessionConsumer): void {
    this.#consumers.delete(consumer.id)
    if (this.#state !== 'closed') this.#say().cancelled(consumer.id)
  }

  /** What there is in a queue now. */
  seen(queue: number, sight: QueueSight): void {
    if (this.#state === 'open') this.#say().seen(queue, sight)
  }

  endTurn(): void {
    this.#isScheduled = false
    const record = this.#record
    if (this.#state === 'closed' || record === undefined || this.#link === undefined) return
    if (this.#state === 'open') {
      record.lookAt(this.#host.log)
      this.#sayConfirmed(record)
    }
    if (this.#writer.bytes > 0) this.#link.send(this.#writer.take())
    this.#checkRoom()
  }

  /** There is room again on the way to the front. */
  drained(): void {
    this.#checkRoom()
    if (!this.#hadRoom || this.#state !== 'open') return
    for (const consumer of this.#consumers.values()) {
      this.#host.find(consumer.queueId)?.queue.resume(consumer)
    }
  }

  /** Its front has another session now, or none any more: gives what it had, and has no consumers. */
  close(): HeldPlaces {
    if (this.#state === 'closed') return new HeldPlaces()
    this.#state = 'closed'
    this.#hadRoom = false
    this.#link?.close()
    this.#batches.clear()
    const consumers = [...this.#consumers.values()]
    this.#consumers.clear()
    for (const consumer of consumers) this.#host.find(consumer.queueId)?.queue.cancel(consumer)
    const held = this.#held
    this.#held = new HeldPlaces()
    held.moveInto(this.#before)
    return this.#before
  }

  /** Ends it without a word, and without giving anything back: it is another's now. */
  abandon(): void {
    this.#state = 'closed'
    this.#hadRoom = false
    this.#link?.close()
    this.#batches.clear()
    this.#consumers.clear()
  }

  /** Back to their queues. */
  giveBack(held: HeldPlaces): void {
    for (const [queue, places] of held.takeAll()) {
      this.#host.find(queue)?.queue.requeue(places.map(({ place }) => place))
    }
  }

  #goOn(): void {
    for (let next = this.#batches.shift(); next !== undefined; next = this.#batches.shift()) {
      const stopped = this.#read(next.bytes, next.from)
      if (stopped === undefined) return
      if (stopped < next.bytes.length) {
        void this.#findOut(next.bytes, stopped)
        return
      }
    }
  }

  #read(bytes: Buffer, from: number): number | undefined {
    try {
      return this.#reader.read(bytes, from, this)
    } catch (error) {
      this.#host.broken(this, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** What comes meanwhile waits, so that all is done in its order. */
  async #findOut(bytes: Buffer, from: number): Promise<void> {
    this.#isWaiting = true
    const rest = [...this.#batches]
    this.#batches.clear()
    this.#batches.push({ bytes, from })
    for (const one of rest) this.#batches.push(one)
    const queue = queueAt(bytes, from)
    await this.#host.told()
    this.#isWaiting = false
    if (this.#state === 'closed') return
    if (this.#host.find(queue) === undefined) this.#rememberUnknown(queue)
    this.#goOn()
  }

  #rememberUnknown(queue: number): void {
    if (this.#unknown.size >= MOST_UNKNOWN) this.#unknown.clear()
    this.#unknown.add(queue)
  }

  async #claim(
    engine: Engine,
    queue: number,
    consumer: number,
    numbers: readonly number[],
  ): Promise<void> {
    try {
      const places = await engine.claim(numbers)
      const claimed = new HeldPlaces()
      for (const [index, place] of places.entries()) {
        if (place !== undefined)
          claimed.add(queue, numbers[index] as number, heldBy(consumer, place))
      }
      if (this.#state === 'closed') this.giveBack(claimed)
      else claimed.moveInto(this.#held)
    } catch (error) {
      this.#host.logger.error({ err: error, queue }, 'Cannot look up what a consumer holds')
    }
  }

  async #get(queue: number, request: number, noAck: boolean): Promise<void> {
    try {
      const engine = this.#host.find(queue)
      while (engine?.queue.isLoading && this.#state === 'open') await engine.queue.whenLoaded()
      if (this.#state !== 'open') return
      const taken = engine && this.#take(engine, queue, noAck)
      this.#say().got(request, taken, engine?.queue.readyCount ?? 0)
    } catch (error) {
      this.#fail(request, error)
    }
  }

  #take(engine: Engine, queueId: number, noAck: boolean): TakenMessage | undefined {
    const { queue } = engine
    const taken = queue.get(noAck) as QueuedMessage | undefined
    const { counts } = queue
    if (taken === undefined) {
      counts.gotEmpty++
      return undefined
    }
    const { message, sequence, redelivered, sent } = taken
    const place = { message, sequence }
    const number = engine.placeOf(place)
    if (redelivered) counts.redelivered++
    if (noAck) counts.gotNoAck++
    else {
      counts.got++
      this.#held.add(queueId, number, heldBy(0, place))
    }
    return { place: number, redelivered, message: sent }
  }

  #try(request: number, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail(request, error)
    }
  }

  #fail(request: number, error: unknown): void {
    if (error instanceof AmqpError) {
      this.#say().failed(request, error.replyCode, reasonOf(error))
      return
    }
    this.#host.logger.error({ err: error }, 'What another node asked for failed')
    this.#say().failed(request, INTERNAL_ERROR, '')
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#host.log?.listen(this)
  }

  #assertOpen(): FrontRecord {
    if (this.#state !== 'open' || this.#record === undefined) {
      throw new RangeError('it says more before it is welcome')
    }
    return this.#record
  }

  #sayConfirmed({ safe }: FrontRecord): void {
    // Nothing is on its way to the front: it has heard of what was rejected.
    if (this.#link?.pendingBytes === 0 && this.#writer.bytes === 0)
      this.#record?.forgetHeard(this.#confirmed)
    if (safe === this.#confirmed) return
    this.#confirmed = safe
    this.#writer.confirmed(safe)
  }

  #checkRoom(): void {
    const bytes = (this.#link?.pendingBytes ?? 0) + this.#writer.bytes
    this.#hadRoom = bytes < ROOM_BYTES
  }

  #say(): OwnerWriter {
    this.#schedule()
    return this.#writer
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#host.turn.schedule(this)
  }
}

/** Of queues that are no more, and are still spoken of. */
const MOST_UNKNOWN = 10_000

/** Its text without the name of its code, which comes before it again when it is thrown elsewhere. */
function reasonOf({ replyCode, replyText }: AmqpError): string {
  return replyText.slice(`${REPLY_CODES.get(replyCode)?.name} - `.length)
}

const heldBy = (consumerId: number, place: Place): HeldPlace => ({
  place,
  consumerId,
  consumer: null,
})

/** A word about a queue has its id behind the first octet. */
const queueAt = (bytes: Buffer, from: number): number => bytes.readUInt32BE(from + 1)
