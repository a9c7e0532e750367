import { after, type Clock } from '../base/clock.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import { noQueue } from '../reasons.ts'
import { claimHeld } from './claim-held.ts'
import { FrontConsumer } from './front-consumer.ts'
import { FrontConsumers } from './front-consumers.ts'
import { type LinkId, newLinkId } from './link/datagram.ts'
import type { LinkSender } from './link/link-sender.ts'
import type { NodeTickets } from './node-tickets.ts'
import { type PendingPublish, PendingPublishes } from './pending-publishes.ts'
import { type Answer, type Question, Requests } from './requests.ts'
import type { QueueLine, ShardedQueue } from './sharded-queue.ts'
import { SilentOwner } from './silent-owner.ts'
import { UnheardSettlements } from './unheard-settlements.ts'
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
  readonly #consumers = new FrontConsumers()
  readonly #requests: Requests
  readonly #pending: PendingPublishes
  /** Those who have given something in this turn to clients that do not acknowledge. */
  readonly #delivering: FrontConsumer[] = []
  readonly #unheard = new UnheardSettlements()
  readonly #silent = new SilentOwner()
  #target: Target | null = null
  #state: 'seeking' | 'greeting' | 'open' | 'gone' = 'seeking'
  #link: LinkSender | undefined
  #stopWaiting: () => void = () => {}
  /** While there is nobody, and that may be for good. */
  #stopWatching: (() => void) | undefined
  /** Of the last owner who knew us. */
  #welcomedEpoch = 0
  #isScheduled = false
  #isAtomic = false

  constructor(options: ConversationOptions) {
    this.#options = options
    this.#pending = new PendingPublishes(options.tickets, options.onBehind)
    this.#requests = new Requests(options.clock)
  }

  /** Whether nobody needs it any more. */
  get isOver(): boolean {
    return this.#state === 'gone' && this.#queues.size === 0
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  add(queue: ShardedQueue): void {
    this.#queues.set(queue.id, queue)
  }

  /** The queue is no more, and neither are its consumers. */
  remove(queue: ShardedQueue): void {
    this.#queues.delete(queue.id)
    for (const one of this.#consumers.onQueue(queue)) this.#end(one)
    this.#requests.failAll(queue)
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
    if (!isSame) {
      // An owner that has taken this node for dead may have forgotten what it was sent.
      this.#pending.ownerChanged()
      this.#restart()
    }
    this.#watchForNobody()
  }

  /** What the owner says. It comes in order, and belongs to the link of now. */
  onBatch(batch: Buffer): void {
    this.#silent.heard()
    this.#reader.read(batch, this)
  }

  /** Called each second, to see whether the owner still knows us. */
  look(): void {
    const isExpected = !this.#consumers.isEmpty || !this.#requests.isEmpty || !this.#pending.isEmpty
    if (this.#link !== undefined) this.#silent.look(this.#link, isExpected)
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
    if (this.#state === 'open') this.#saySettled(settlement, queue.id, places)
    else if (this.#state !== 'gone') this.#unheard.addLate(settlement, queue.id, places)
  }

  touch(queue: ShardedQueue): void {
    if (this.#state === 'open') this.#say().touch(queue.id)
  }

  async consume(queue: ShardedQueue, consumer: QueueConsumer, exclusive: boolean): Promise<void> {
    const id = this.#consumers.newId()
    const front = new FrontConsumer(id, queue, consumer, exclusive, {
      credit: (count, bytes) => {
        if (this.#state === 'open') this.#say().credit(id, count, bytes)
      },
      schedule: () => {
        this.#delivering.push(front)
        this.#schedule()
      },
    })
    this.#consumers.add(front)
    try {
      await this.#attach(front, true)
    } catch (error) {
      if (!front.isCancelled) this.#consumers.forget(front)
      throw error
    }
  }

  cancel(consumer: QueueConsumer): void {
    const front = this.#consumers.of(consumer)
    if (front !== undefined) this.#leave(front)
  }

  resume(consumer: QueueConsumer): void {
    this.#consumers.of(consumer)?.resume()
  }

  async get(queue: ShardedQueue, noAck: boolean): Promise<TakenMessage | undefined> {
    const { count, taken } = await this.#ask({
      queue,
      isAwaited: true,
      ask: (request) => this.#say().get(queue.id, request, noAck),
      onLate: (late) => {
        if (late.taken !== undefined) queue.putBack([late.taken])
      },
    })
    queue.seeReady(count)
    if (taken !== undefined) {
      if (noAck) queue.delivered([taken.place])
      else queue.hold(taken.place, taken.message)
    }
    return taken
  }

  async purge(queue: ShardedQueue): Promise<number> {
    const ask = (request: number): void => this.#say().purge(queue.id, request)
    return (await this.#ask({ queue, ask, isAwaited: true })).count
  }

  async count(queue: ShardedQueue): Promise<void> {
    const ask = (request: number): void => this.#say().count(queue.id, request)
    const { numbers } = await this.#ask({ queue, ask, isAwaited: true })
    if (numbers !== undefined) queue.seeNumbers(numbers)
  }

  /** What is said until the end of this turn is stored as one. */
  makeAtomic(): void {
    this.#isAtomic = true
    this.#schedule()
  }

  endTurn(): void {
    this.#endDeliveries()
    this.#isScheduled = false
    this.#isAtomic = false
    this.#pending.endTicket()
    const link = this.#link
    if (this.#state === 'seeking' || this.#writer.bytes === 0 || !link?.hasRoom) return
    link.send(this.#writer.take())
    this.#unheard.sent(link)
  }

  lost(queue: number, places: readonly number[]): void {
    const held = this.#queues.get(queue)?.held
    for (const place of places) held?.take(place)
    this.#unheard.lost(queue, places)
  }

  welcome(upTo: number): void {
    if (this.#state !== 'greeting') return
    this.#state = 'open'
    this.#welcomedEpoch = this.#target?.epoch ?? 0
    const writer = this.#say()
    const askAgain = this.#requests.allOfNow()
    for (const front of this.#consumers.values()) {
      // What is being attached is among the requests.
      if (!front.isAttached || front.isCancelled) continue
      // Somebody else may have the queue alone now, or it may be gone.
      this.#attach(front, false).catch(() => this.#end(front))
    }
    const { doubtfulUpTo } = this.#pending
    if (doubtfulUpTo > upTo) writer.doubtful(doubtfulUpTo)
    for (const pending of this.#pending.after(upTo)) this.#sayPublish(pending)
    for (const { settlement, queue, places } of this.#unheard.takeLate()) {
      if (this.#queues.has(queue)) this.#saySettled(settlement, queue, places)
    }
    askAgain()
  }

  confirmed(upTo: number): void {
    this.#pending.confirmed(upTo)
  }

  rejected(number: number): void {
    this.#pending.rejected(number)
  }

  deliver(consumer: number, taken: TakenMessage): void {
    const front = this.#consumers.find(consumer)
    if (front === undefined) return
    if (front.isCancelled) {
      front.queue.putBack([taken])
      return
    }
    if (!front.consumer.noAck) front.queue.hold(taken.place, taken.message, consumer)
    front.deliver(taken)
  }

  cancelled(consumer: number): void {
    const front = this.#consumers.find(consumer)
    if (front !== undefined) this.#end(front)
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
    const { activeConsumer: active } = sight
    const consumer = active === null ? null : this.#consumers.find(active)?.consumer
    this.#queues.get(queue)?.see(sight, consumer)
  }

  /** What the owner says makes no sense: perhaps it does from the beginning. */
  startAgain(): void {
    this.#restart()
  }

  /** Ends it: what is asked is never answered. */
  close(): void {
    this.#target = null
    this.#restart()
    this.#requests.close()
    this.#stopWatching?.()
  }

  #restart(): void {
    this.#stopWaiting()
    this.#endLink()
    this.#state = 'seeking'
    // The next owner is to be told, too.
    this.#endDeliveries()
    this.#requests.ownerChanged()
    this.#writer.take()
    if (this.#target !== null) this.#greet(this.#target)
  }

  #endLink(): void {
    const link = this.#link
    if (link === undefined) return
    this.#unheard.received(link)
    this.#unheard.linkEnded()
    link.close()
    this.#link = undefined
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
    this.#unheard.clear()
    this.#pending.giveUp()
    this.#requests.failAll()
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
    claimHeld(writer, this.#queues, this.#unheard.late)
    writer.ready()
  }

  #publish(pending: PendingPublish): PublishOutcome {
    if (this.#state === 'open') this.#sayPublish(pending)
    else this.#schedule()
    return pending.ticket
  }

  #saySettled(settlement: Settlement, queue: number, places: readonly number[]): void {
    this.#say().settle(settlement, queue, places)
    this.#unheard.said(settlement, queue, places)
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
    this.#unheard.clear()
  }

  /** Until it is answered, it is asked for as what is attached for the first time. */
  async #attach(front: FrontConsumer, isAwaited: boolean): Promise<void> {
    front.isAttached = false
    const { count } = await this.#ask({
      queue: front.queue,
      isAwaited,
      ask: (request) => this.#sayConsume(front, request),
      onGivenUp: () => {
        if (!front.isCancelled) this.#leave(front)
      },
    })
    front.attached(count)
  }

  #sayConsume(front: FrontConsumer, request: number): void {
    const { id, queue, consumer, exclusive } = front
    const { noAck, priority, prefetchCount } = consumer
    const rest = { noAck, exclusive, priority, prefetchCount, arguments: front.arguments }
    const window = front.openWindow()
    this.#say().consume({ queue: queue.id, consumer: id, request, window, ...rest })
  }

  /** The client has given it up. */
  #leave(front: FrontConsumer): void {
    const { queue, id } = front
    this.#consumers.cancel(front)
    front.putBackWaiting()
    const ask = (request: number): void => this.#say().cancel(queue.id, id, request)
    const forget = (): void => this.#consumers.forget(front)
    this.#ask({ queue, ask, isAwaited: false }).then(forget, forget)
  }

  /** It is none any more, without the client's having given it up. */
  #end(front: FrontConsumer): void {
    this.#consumers.forget(front)
    if (front.isCancelled) return
    front.isCancelled = true
    front.putBackWaiting()
    front.consumer.cancelled()
  }

  #ask(question: Question): Promise<Answer> {
    const { name, vhostName } = question.queue
    if (this.#state === 'gone') return Promise.reject(noQueue(name, vhostName))
    return this.#requests.add(question, this.#state === 'open')
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

  #endDeliveries(): void {
    for (const front of this.#delivering.splice(0)) front.endTurn()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#options.turn.schedule(this)
  }
}
