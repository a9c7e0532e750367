import { NOT_FOUND } from 'amqp-codec'
import { after, type Clock } from '../base/clock.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import { AmqpError } from '../errors.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import { noQueue } from '../reasons.ts'
import { FrontConsumer } from './front-consumer.ts'
import { type LinkId, newLinkId } from './link/datagram.ts'
import type { LinkSender } from './link/link-sender.ts'
import type { NodeTickets } from './node-tickets.ts'
import { type PendingPublish, PendingPublishes } from './pending-publishes.ts'
import { type Answer, type Ask, Requests } from './requests.ts'
import type { QueueLine, ShardedQueue } from './sharded-queue.ts'
import { FrontWriter, type Greeting, type Settlement } from './wire/front-words.ts'
import {
  type OwnerListener,
  OwnerReader,
  type QueueNumbers,
  type QueueSight,
  type TakenMessage,
} from './wire/owner-words.ts'

/** Where the owner of a place is now, as the map has it. */
export interface Target {
  readonly address: string
  /** Grows by one with each owner; always 0 where there is only ever one. */
  readonly epoch: number
  readonly greeting: Greeting
}

export interface ConversationOptions {
  readonly tickets: NodeTickets
  readonly turn: Turn
  readonly clock: Clock
  readonly openLink: (address: string, linkId: LinkId, listener: LinkListener) => LinkSender
  /** More waits for the owner than should, or no longer. */
  readonly onBehind: (isBehind: boolean) => void
  /** A place that has had no owner for so long has none any more; others are waited for. */
  readonly goneAfterMs?: number | undefined
  /** Nobody needs it any more. */
  readonly onOver: () => void
}

export interface LinkListener {
  readonly onDrained: () => void
  readonly onRefused: () => void
}

interface LateSettlement {
  readonly settlement: Settlement
  readonly queue: number
  readonly places: readonly number[]
}

const BEHIND_BYTES = 16 * 1024 * 1024
const PLACES_A_CLAIM = 10_000
/** How long an owner is left alone that does not know us any more. */
const AGAIN_MS = 25

/**
 * What this node has to do with the owner of one place, whoever that is.
 *
 *     seeking ─ the map names an owner ─▶ greeting ─ welcome ─▶ open
 *        │ ▲                                 │                    │
 *        │ └── another one, or it does not know us any more ──────┘
 *        └─ there will be none ─▶ gone: nothing is waited for
 *
 * What must outlive an owner is here: publishes that it has not confirmed, the consumers, what they
 * hold, and what was asked. Whoever comes next is told of it.
 */
export class Conversation implements QueueLine, TurnTask, OwnerListener {
  readonly #options: ConversationOptions
  readonly #writer = new FrontWriter()
  readonly #reader = new OwnerReader()
  readonly #queues = new Map<number, ShardedQueue>()
  readonly #consumers = new Map<number, FrontConsumer>()
  readonly #byQueue = new Map<ShardedQueue, Set<FrontConsumer>>()
  readonly #byConsumer = new Map<QueueConsumer, FrontConsumer>()
  readonly #requests: Requests
  readonly #pending: PendingPublishes
  /** What was settled while nobody could be told. */
  #late: LateSettlement[] = []
  #target: Target | null = null
  #state: 'seeking' | 'greeting' | 'open' | 'gone' = 'seeking'
  #link: LinkSender | undefined
  #stopWaiting: () => void = () => {}
  /** While there is nobody, and that may be for good. */
  #stopWatching: (() => void) | undefined
  #lastConsumer = 0
  /** Of the last owner who knew us. */
  #welcomedEpoch = 0
  #isScheduled = false
  #isBehind = false
  #isAtomic = false

  constructor(options: ConversationOptions) {
    this.#options = options
    this.#pending = new PendingPublishes(options.tickets)
    this.#requests = new Requests(options.clock)
  }

  /** Whether nobody needs it any more. */
  get isOver(): boolean {
    return this.#state === 'gone' && this.#queues.size === 0
  }

  add(queue: ShardedQueue): void {
    this.#queues.set(queue.id, queue)
  }

  /** The queue is no more, and neither are its consumers. */
  remove(queue: ShardedQueue): void {
    this.#queues.delete(queue.id)
    for (const one of [...(this.#byQueue.get(queue) ?? [])]) {
      this.#forget(one)
      if (!one.isCancelled) one.consumer.cancelled()
    }
    // There may never be anybody who could be talked to, and names of such places can be made up.
    const mayBeForNobody = this.#target === null && this.#options.goneAfterMs !== undefined
    if (mayBeForNobody && this.#queues.size === 0) this.#endForGood()
  }

  /** Talks to that owner from now on; null while there is none. */
  follow(target: Target | null): void {
    const before = this.#target
    this.#target = target
    const isSame =
      before?.address === target?.address &&
      before?.greeting.incarnation === target?.greeting.incarnation
    if (before?.address !== target?.address) this.#pending.ownerChanged()
    if (!isSame) this.#restart()
    this.#watchForNobody()
  }

  /** What the owner says. It comes in order, and belongs to the link of now. */
  onBatch(batch: Buffer): void {
    this.#reader.read(batch, this)
    this.#checkBehind()
  }

  publish(queue: ShardedQueue, message: Message): PublishOutcome {
    if (this.#state === 'gone') return ACCEPTED
    return this.#publish(this.#pending.add(queue.id, message, queue.mayReject))
  }

  publishLater(id: number, message: Message, delayMs: number): PublishOutcome {
    if (this.#state === 'gone') return ACCEPTED
    const dueMs = this.#options.clock.now() + delayMs
    return this.#publish(this.#pending.add(id, message, false, dueMs))
  }

  settle(settlement: Settlement, queue: ShardedQueue, places: readonly number[]): void {
    if (this.#state === 'open') this.#say().settle(settlement, queue.id, places)
    else if (this.#state !== 'gone') this.#late.push({ settlement, queue: queue.id, places })
  }

  touch(queue: ShardedQueue): void {
    if (this.#state === 'open') this.#say().touch(queue.id)
  }

  async consume(queue: ShardedQueue, consumer: QueueConsumer, exclusive: boolean): Promise<void> {
    const id = ++this.#lastConsumer
    const front = new FrontConsumer(id, queue, consumer, exclusive, (count, bytes) => {
      if (this.#state === 'open') this.#say().credit(id, count, bytes)
    })
    this.#remember(front)
    try {
      await this.#ask((request) => this.#sayConsume(front, request))
    } catch (error) {
      this.#forget(front)
      throw error
    }
    front.isAttached = true
  }

  cancel(consumer: QueueConsumer): void {
    const front = this.#byConsumer.get(consumer)
    if (front === undefined || front.isCancelled) return
    front.isCancelled = true
    this.#byConsumer.delete(consumer)
    for (const taken of front.takeWaiting()) this.#giveBack(front, taken)
    this.#ask((request) => this.#say().cancel(front.queue.id, front.id, request)).then(
      () => this.#forget(front),
      () => this.#forget(front),
    )
  }

  resume(consumer: QueueConsumer): void {
    this.#byConsumer.get(consumer)?.resume()
  }

  async get(queue: ShardedQueue, noAck: boolean): Promise<TakenMessage | undefined> {
    const answer = await this.#ask((request) => this.#say().get(queue.id, request, noAck))
    queue.seeReady(answer.count)
    if (answer.taken !== undefined && !noAck) queue.hold(answer.taken.place)
    return answer.taken
  }

  async purge(queue: ShardedQueue): Promise<number> {
    const { count } = await this.#ask((request) => this.#say().purge(queue.id, request))
    return count
  }

  async count(queue: ShardedQueue): Promise<void> {
    try {
      const { numbers } = await this.#ask((request) => this.#say().count(queue.id, request))
      if (numbers !== undefined) queue.seeNumbers(numbers)
    } catch (error) {
      const isUnknown = error instanceof AmqpError && error.replyCode === NOT_FOUND
      throw isUnknown ? noQueue(queue.name, queue.vhostName) : error
    }
  }

  /** What is said until the end of this turn is stored as one. */
  makeAtomic(): void {
    this.#isAtomic = true
    this.#schedule()
  }

  endTurn(): void {
    this.#isScheduled = false
    this.#isAtomic = false
    this.#pending.endTicket()
    if (this.#state !== 'seeking' && this.#writer.bytes > 0) {
      if (this.#link?.hasRoom) this.#link.send(this.#writer.take())
    }
  }

  lost(queue: number, places: readonly number[]): void {
    const held = this.#queues.get(queue)?.held
    for (const place of places) held?.delete(place)
  }

  welcome(upTo: number): void {
    if (this.#state !== 'greeting') return
    this.#state = 'open'
    this.#requests.resume()
    this.#welcomedEpoch = this.#target?.epoch ?? 0
    const writer = this.#say()
    const askAgain = this.#requests.allOfNow()
    for (const front of this.#consumers.values()) {
      // What is being attached is among the requests.
      if (front.isAttached && !front.isCancelled) this.#attachAgain(front)
    }
    const { doubtfulUpTo } = this.#pending
    if (doubtfulUpTo > upTo) writer.doubtful(doubtfulUpTo)
    for (const pending of this.#pending.after(upTo)) this.#sayPublish(pending)
    const late = this.#late
    this.#late = []
    for (const { settlement, queue, places } of late) writer.settle(settlement, queue, places)
    askAgain()
  }

  confirmed(upTo: number): void {
    this.#pending.confirmed(upTo)
  }

  rejected(number: number): void {
    this.#pending.rejected(number)
  }

  deliver(consumer: number, taken: TakenMessage): void {
    const front = this.#consumers.get(consumer)
    if (front === undefined) return
    const { noAck } = front.consumer
    if (!noAck) front.queue.hold(taken.place, consumer)
    if (front.isCancelled) this.#giveBack(front, taken)
    else front.deliver(taken)
  }

  cancelled(consumer: number): void {
    const front = this.#consumers.get(consumer)
    if (front === undefined) return
    this.#forget(front)
    if (!front.isCancelled) front.consumer.cancelled()
  }

  done(request: number, count: number): void {
    this.#requests.answer(request, { count })
  }

  failed(request: number, replyCode: number, reason: string): void {
    this.#requests.fail(request, replyCode, reason)
  }

  got(request: number, taken: TakenMessage | undefined, ready: number): void {
    this.#requests.answer(request, { count: ready, taken })
  }

  counted(request: number, numbers: QueueNumbers): void {
    this.#requests.answer(request, { count: 0, numbers })
  }

  seen(queue: number, sight: QueueSight): void {
    this.#queues.get(queue)?.see(sight)
  }

  /** What the owner says makes no sense: perhaps it does from the beginning. */
  startAgain(): void {
    this.#restart()
  }

  /** Ends it: what is asked is never answered. */
  close(): void {
    this.#target = null
    this.#restart()
    this.#requests.resume()
    this.#stopWatching?.()
  }

  #restart(): void {
    this.#stopWaiting()
    this.#link?.close()
    this.#link = undefined
    this.#state = 'seeking'
    this.#requests.pause()
    this.#writer.take()
    for (const front of this.#consumers.values()) front.restart()
    if (this.#target !== null) this.#greet(this.#target)
  }

  #watchForNobody(): void {
    const { goneAfterMs, clock } = this.#options
    if (this.#target !== null) {
      this.#stopWatching?.()
      this.#stopWatching = undefined
    } else if (goneAfterMs !== undefined) {
      this.#stopWatching ??= after(clock, goneAfterMs, () => this.#endForGood())
    }
  }

  /** What was in the memory of another node has gone with it. */
  #endForGood(): void {
    this.#state = 'gone'
    this.#late = []
    this.#pending.giveUp()
    this.#checkBehind()
    this.#requests.failAll(NOT_FOUND)
    this.#stopWatching?.()
    if (this.isOver) this.#options.onOver()
  }

  #greet({ address, epoch, greeting }: Target): void {
    this.#state = 'greeting'
    if (epoch > this.#welcomedEpoch + 1) this.#forgetHeld()
    this.#link = this.#options.openLink(address, newLinkId(), {
      onDrained: () => this.endTurn(),
      // It may be that the map is going to name another one soon.
      onRefused: () => {
        this.#state = 'seeking'
        this.#stopWaiting = after(this.#options.clock, AGAIN_MS, () => this.#restart())
      },
    })
    const writer = this.#say()
    writer.hello(greeting)
    for (const queue of this.#queues.values()) {
      for (const [consumer, places] of byConsumer(queue.held))
        this.#claim(queue.id, consumer, places)
    }
    for (const { queue, places } of this.#late) this.#claim(queue, 0, places)
    writer.ready()
  }

  #publish(pending: PendingPublish): PublishOutcome {
    if (this.#state === 'open') this.#sayPublish(pending)
    else this.#schedule()
    this.#checkBehind()
    return pending.ticket
  }

  #sayPublish({ queue, number, message, dueMs }: PendingPublish): void {
    this.#pending.sent(number)
    if (dueMs === undefined) {
      this.#say().publish(queue, number, message)
      return
    }
    // Some of the time may have passed with another owner, or without one.
    const delayMs = Math.max(0, Math.ceil(dueMs - this.#options.clock.now()))
    this.#say().publishLater(queue, number, delayMs, message)
  }

  /**
   * There was an owner in between who did not know what is held here: other messages may be in these places
   * now, or the same ones with somebody else.
   */
  #forgetHeld(): void {
    for (const queue of this.#queues.values()) queue.held.clear()
    this.#late = []
  }

  #claim(queue: number, consumer: number, places: readonly number[]): void {
    for (let at = 0; at < places.length; at += PLACES_A_CLAIM) {
      this.#writer.claim(queue, consumer, places.slice(at, at + PLACES_A_CLAIM))
    }
  }

  #attachAgain(front: FrontConsumer): void {
    // Until it is answered, it is asked for as what is attached for the first time.
    front.isAttached = false
    this.#ask((request) => this.#sayConsume(front, request)).then(
      () => {
        front.isAttached = true
      },
      // Somebody else has the queue alone now, or it is gone.
      () => {
        this.#forget(front)
        if (!front.isCancelled) front.consumer.cancelled()
      },
    )
  }

  #sayConsume(front: FrontConsumer, request: number): void {
    const { id, queue, consumer, exclusive } = front
    const { noAck, priority, prefetchCount } = consumer
    const rest = { noAck, exclusive, priority, prefetchCount, arguments: front.arguments }
    this.#say().consume({ queue: queue.id, consumer: id, request, ...rest })
  }

  /** What a consumer does not want any more goes back to its queue. */
  #giveBack({ queue, consumer }: FrontConsumer, { place, message }: TakenMessage): void {
    if (consumer.noAck) this.publish(queue, message)
    else queue.giveBack(place)
  }

  #remember(front: FrontConsumer): void {
    const { id, queue, consumer } = front
    this.#consumers.set(id, front)
    this.#byConsumer.set(consumer, front)
    const others = this.#byQueue.get(queue)
    if (others === undefined) this.#byQueue.set(queue, new Set([front]))
    else others.add(front)
  }

  #forget(front: FrontConsumer): void {
    this.#consumers.delete(front.id)
    const others = this.#byQueue.get(front.queue)
    others?.delete(front)
    if (others?.size === 0) this.#byQueue.delete(front.queue)
    if (this.#byConsumer.get(front.consumer) === front) this.#byConsumer.delete(front.consumer)
  }

  #ask(ask: Ask): Promise<Answer> {
    if (this.#state === 'gone') return Promise.reject(new AmqpError(NOT_FOUND, ''))
    return this.#requests.add(ask, this.#state === 'open')
  }

  /** What is written is sent at the end of the turn. */
  #say(): FrontWriter {
    this.#schedule()
    if (this.#isAtomic) {
      this.#isAtomic = false
      this.#writer.atomic()
    }
    return this.#writer
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#options.turn.schedule(this)
  }

  #checkBehind(): void {
    const bytes = this.#pending.bytes
    const isBehind = this.#isBehind ? bytes > BEHIND_BYTES / 2 : bytes > BEHIND_BYTES
    if (isBehind === this.#isBehind) return
    this.#isBehind = isBehind
    this.#options.onBehind(isBehind)
  }
}

function byConsumer(held: ReadonlyMap<number, number>): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>()
  for (const [place, consumer] of held) {
    const others = places.get(consumer)
    if (others === undefined) places.set(consumer, [place])
    else others.push(place)
  }
  return places
}
