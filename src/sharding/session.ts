import { Fifo } from '../base/fifo.ts'
import type { TurnTask } from '../base/turn.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import { readUint48 } from '../message/big-endian.ts'
import type { Message } from '../message/message.ts'
import type { Engine } from './engine.ts'
import type { FrontRecord } from './front-record.ts'
import { HeldPlaces } from './held-places.ts'
import type { LinkSender } from './link/link-sender.ts'
import type { HostedSession, SessionHost } from './session-host.ts'
import { heldBy, SessionWork } from './session-work.ts'
import type { Sight } from './sights.ts'
import { type FrontListener, FrontReader, type Greeting } from './wire/front-words.ts'
import { OwnerWriter } from './wire/owner-words.ts'

/** So much may wait to be sent to a front before its consumers get nothing more. */
const ROOM_BYTES = 4 * 1024 * 1024
/** Of queues that are no more, and are still spoken of. */
const MOST_UNKNOWN = 10_000

/**
 * What the owner of a place has to do with one front: does what it says, and tells it what happens.
 *
 *     new ─ hello ─▶ claiming ─ ready, all have claimed ─▶ open ─ gone ─▶ closed: what it had goes back
 */
export class Session implements HostedSession, FrontListener, TurnTask {
  readonly linkId: string
  /** Whether it has to be told of all queues yet. */
  isNewcomer = true
  readonly #host: SessionHost
  readonly #reader = new FrontReader()
  readonly #writer = new OwnerWriter()
  readonly #work: SessionWork
  /** What it held in a session before this one, and has not claimed. */
  #before = new HeldPlaces()
  readonly #claims: Promise<void>[] = []
  /** What it claims and does not get. */
  readonly #lost: [queue: number, places: readonly number[]][] = []
  /** What has come and could not be looked at yet. */
  readonly #batches = new Fifo<Unread>()
  readonly #unknown = new Set<number>()
  #state: 'new' | 'claiming' | 'open' | 'closed' = 'new'
  #greeting: Greeting | undefined
  #record: FrontRecord | undefined
  #link: LinkSender | undefined
  #isWaiting = false
  #isScheduled = false
  #hasRoom = true
  #isListening = false
  /** Publishes up to there an owner before this one may have had. */
  #doubtfulUpTo = 0
  /** The front has been told, or is being told, that all up to there is safe. */
  #confirmed = 0
  /** How much had been said when the front was told so, as far as it is not known that it has heard it. */
  #said: { readonly upTo: number; readonly bytes: number } | undefined

  constructor(linkId: string, host: SessionHost) {
    this.linkId = linkId
    this.#host = host
    this.#work = new SessionWork({
      host,
      say: () => this.#say(),
      hasRoom: () => this.#hasRoom && this.#writer.bytes < ROOM_BYTES,
    })
  }

  get greeting(): Greeting | undefined {
    return this.#greeting
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get work(): SessionWork {
    if (this.#state !== 'open') throw new RangeError('it says more before it is welcome')
    return this.#work
  }

  onBatch(bytes: Buffer): void {
    this.#batches.push({ bytes, from: 0 })
    if (!this.#isWaiting) this.#goOn()
  }

  knows(queue: number): boolean {
    const isThere = this.#host.find(queue) ?? this.#host.delaysOf(queue)
    return isThere !== undefined || this.#unknown.has(queue)
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
      if (one !== undefined) this.#work.held.add(queue, place, heldBy(consumer, one))
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
    for (const [queue, places] of this.#lost) this.#say().lost(queue, places)
    this.#lost.length = 0
    this.#say().welcome(this.#record.applied)
    for (const number of this.#record.rejected) this.#writer.rejected(number)
    this.stored()
  }

  publish(queue: number, number: number, message: Message): void {
    const record = this.#recordFor(number)
    if (record === undefined) return
    const engine = this.#host.find(queue)
    const isAgain = number <= this.#doubtfulUpTo
    const outcome =
      (isAgain ? engine?.publishAgain(message) : engine?.queue.publish(message)) ?? ACCEPTED
    this.#published(record, number, outcome)
  }

  publishLater(queue: number, number: number, delayMs: number, message: Message): void {
    const record = this.#recordFor(number)
    if (record === undefined) return
    const outcome = this.#host.delaysOf(queue)?.delay(message, delayMs) ?? ACCEPTED
    this.#published(record, number, outcome)
  }

  doubtful(upTo: number): void {
    this.#doubtfulUpTo = upTo
  }

  atomic(): void {
    this.#host.log?.makeAtomic()
  }

  /** What was noted a while ago is safe. */
  stored(): void {
    this.#isListening = false
    const record = this.#record
    if (this.#state !== 'open' || record === undefined) return
    record.lookAt(this.#host.log)
    if (record.safe > this.#confirmed) this.#schedule()
    if (record.safe < record.applied) this.#listen()
  }

  /** What there is in a queue now. */
  seen(queue: number, sight: Sight): void {
    if (this.#state !== 'open') return
    const { activeConsumer: active } = sight
    const activeConsumer = active === null ? null : this.#work.numberOf(active)
    this.#say().seen(queue, { ...sight, activeConsumer })
  }

  endTurn(): void {
    this.#isScheduled = false
    const record = this.#record
    if (this.#state === 'closed' || record === undefined || this.#link === undefined) return
    if (this.#state === 'open') this.#sayConfirmed(record)
    if (this.#writer.bytes > 0) this.#link.send(this.#writer.take())
    this.#said ??= { upTo: this.#confirmed, bytes: this.#link.sentBytes }
    this.#lookForRoom()
  }

  /** There is room again on the way to the front. */
  drained(): void {
    this.#lookForRoom()
  }

  /** Its front has another session now, or none any more: gives what it had, and has no consumers. */
  close(): HeldPlaces {
    if (this.#state === 'closed') return new HeldPlaces()
    this.#stop()
    this.#work.end()
    this.#work.held.moveInto(this.#before)
    return this.#before
  }

  /** Ends it without a word, and without giving anything back: it is another's now. */
  abandon(): void {
    this.#stop()
    this.#work.abandon()
  }

  /** Back to their queues. */
  giveBack(held: HeldPlaces): void {
    for (const [queue, places] of held.takeAll()) {
      this.#host.find(queue)?.queue.requeue(places)
    }
  }

  /** Undefined for a publish that came before. Throws RangeError when none may come. */
  #recordFor(number: number): FrontRecord | undefined {
    const record = this.#record
    if (this.#state !== 'open' || record === undefined)
      throw new RangeError('it is not welcome yet')
    return number <= record.applied ? undefined : record
  }

  #published(record: FrontRecord, number: number, outcome: PublishOutcome): void {
    record.published(number, outcome)
    this.#host.noted()
    if (outcome === REJECTED) this.#writer.rejected(number)
    if (outcome > ACCEPTED) this.#listen()
    this.#schedule()
  }

  #stop(): void {
    this.#state = 'closed'
    this.#link?.close()
    this.#batches.clear()
  }

  #goOn(): void {
    for (let next = this.#batches.shift(); next !== undefined; next = this.#batches.shift()) {
      const at = this.#read(next)
      if (at === undefined) return
      if (at < next.bytes.length) {
        void this.#findOut({ bytes: next.bytes, from: at })
        return
      }
    }
  }

  /** Where it stopped; undefined when it makes no sense. */
  #read({ bytes, from }: Unread): number | undefined {
    try {
      return this.#reader.read(bytes, from, this)
    } catch (error) {
      this.#host.broken(this, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Whether there is that queue. What comes meanwhile waits, so that all is done in its order. */
  async #findOut(rest: Unread): Promise<void> {
    this.#isWaiting = true
    const queue = queueAt(rest)
    await this.#host.told()
    this.#isWaiting = false
    if (this.#state === 'closed') return
    if (!this.knows(queue)) this.#rememberUnknown(queue)
    const later = [...this.#batches]
    this.#batches.clear()
    for (const unread of [rest, ...later]) this.#batches.push(unread)
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
      const claimed = new HeldPlaces()
      const places = await engine.claim(numbers)
      for (const [index, place] of places.entries()) {
        if (place === undefined) continue
        claimed.add(queue, numbers[index] as number, heldBy(consumer, place))
      }
      const lost = numbers.filter((_, index) => places[index] === undefined)
      if (lost.length > 0) this.#lost.push([queue, lost])
      if (this.#state === 'closed') this.giveBack(claimed)
      else claimed.moveInto(this.#work.held)
    } catch (error) {
      this.#host.logger.error({ err: error, queue }, 'Cannot look up what a consumer holds')
      this.#lost.push([queue, numbers])
    }
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#host.log?.listen(this)
  }

  #sayConfirmed(record: FrontRecord): void {
    record.lookAt(this.#host.log)
    this.#forgetHeard(record)
    if (record.safe === this.#confirmed) return
    this.#confirmed = record.safe
    this.#writer.confirmed(record.safe)
  }

  #forgetHeard(record: FrontRecord): void {
    const said = this.#said
    if (said === undefined || this.#link === undefined) return
    if (this.#link.receivedBytes < said.bytes) return
    record.forgetHeard(said.upTo)
    this.#said = undefined
  }

  #lookForRoom(): void {
    const hadRoom = this.#hasRoom
    this.#hasRoom = this.#link?.hasRoom === true
    if (this.#hasRoom && !hadRoom && this.#state === 'open') this.#work.resume()
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

interface Unread {
  readonly bytes: Buffer
  readonly from: number
}

/** A word about a queue has its id behind the first octet. */
const queueAt = ({ bytes, from }: Unread): number => readUint48(bytes, from + 1)
