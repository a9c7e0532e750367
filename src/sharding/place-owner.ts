import { after, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import type { DelayQueue } from '../delayed/delay-queue.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import type { Engine } from './engine.ts'
import { type DelaysOfExchange, ExchangeDelays } from './exchange-delays.ts'
import { FrontRecord } from './front-record.ts'
import { HeldPlaces } from './held-places.ts'
import type { BatchTraffic } from './link/batch-traffic.ts'
import { LinkReceivers } from './link/link-receivers.ts'
import { LinkSender } from './link/link-sender.ts'
import { Session } from './session.ts'
import type { HostedSession, SessionHost } from './session-host.ts'
import type { ShardedQueue } from './sharded-queue.ts'
import { Sights } from './sights.ts'
import { decodeStamp, encodeStamp } from './stamp.ts'
import { UnattendedQueues } from './unattended-queues.ts'
import { UnderWay } from './under-way.ts'
import type { Greeting } from './wire/front-words.ts'

/** Who is in the cluster, as sessions depend on it. */
export interface Members {
  readonly version: number
  readonly incarnations: ReadonlySet<string>
}

export interface PlaceOwnerOptions {
  /** Where fronts find it. */
  readonly address: string
  readonly traffic: BatchTraffic
  readonly turn: Turn
  readonly clock: Clock
  readonly logger: Logger
  /** Null when nothing of it outlives the process. */
  readonly log: MessageLog | null
  /** As another owner left it. */
  readonly stamp?: Buffer | undefined
  /** Makes the queue itself; others may claim what is in it before `Engine.begin`. */
  readonly createQueue: (queue: ShardedQueue, owner: PlaceOwner) => Engine
  readonly createDelays: (delays: DelaysOfExchange, owner: PlaceOwner) => DelayQueue
  readonly told: () => Promise<void>
  readonly members: Members
  /** That of this process, which is never gone. */
  readonly ownFront: number
  readonly onMalformed: () => void
}

/** How long the others have to say what their consumers hold, before that is given to somebody else. */
const CLAIM_MS = 1000
const LOOK_MS = 1000
const RETRY_MS = 250
/** A front that has not said who it is by then has died in the midst of it. */
const SILENCE_MS = 60_000
/** What was published by a front is remembered for so long after it was seen last. */
const REMEMBER_MS = 120_000

/**
 * The owner of a place: has its queues, and a session with each node that uses them.
 *
 *     claiming ─ every node has said what it holds, or had the time ─▶ serving ─ let go of, or lost ─▶ closed
 */
export class PlaceOwner implements SessionHost {
  readonly log: MessageLog | null
  readonly turn: Turn
  readonly logger: Logger
  readonly underWay: UnderWay = new UnderWay()
  readonly #options: PlaceOwnerOptions
  readonly #engines = new Map<number, Engine>()
  readonly #queues = new Map<number, ShardedQueue>()
  readonly #exchangeDelays: ExchangeDelays
  readonly #receivers: LinkReceivers
  readonly #sessions = new Map<string, Session>()
  readonly #byFront = new Map<number, Session>()
  /** Links whose fronts have not said who they are, and since when. */
  readonly #silent = new Map<string, number>()
  readonly #records: Map<number, FrontRecord>
  readonly #awaited: Set<string>
  readonly #ready = new Set<HostedSession>()
  readonly #sights = new Sights()
  readonly #unattended = new UnattendedQueues()
  readonly #stops: (() => void)[] = []
  #state: 'claiming' | 'serving' | 'closed' = 'claiming'
  #members: Members
  #isReplacing = false
  #isStampNew = false

  constructor(options: PlaceOwnerOptions) {
    const { address, traffic, log, turn, clock, logger, members } = options
    this.#options = options
    this.#members = members
    this.log = log
    this.turn = turn
    this.logger = logger
    this.#exchangeDelays = new ExchangeDelays((delays) => options.createDelays(delays, this))
    this.#records = decodeStamp(options.stamp)
    for (const record of this.#records.values()) record.leftMs = clock.now()
    // In the memory of this process nothing is claimed: it was never anywhere else.
    this.#awaited = log === null ? new Set() : new Set(members.incarnations)
    this.#receivers = new LinkReceivers({
      traffic,
      address,
      clock,
      onOpened: (linkId) => {
        this.#sessions.set(linkId, new Session(linkId, this))
        this.#silent.set(linkId, clock.now())
      },
      onBatch: (linkId, batch) => this.#sessions.get(linkId)?.onBatch(batch),
      onBroken: (linkId) => this.#end(this.#sessions.get(linkId)),
      onMalformed: options.onMalformed,
    })
    this.#stops.push(clock.every(LOOK_MS, () => this.#look()))
    if (this.#awaited.size === 0) this.#serve()
    else {
      const stop = clock.every(CLAIM_MS, () => {
        stop()
        this.#serve()
      })
      this.#stops.push(stop)
    }
  }

  get state(): 'claiming' | 'serving' | 'closed' {
    return this.#state
  }

  get queueCount(): number {
    return this.#engines.size
  }

  get sessionCount(): number {
    return this.#byFront.size
  }

  get messageCount(): number {
    let count = 0
    for (const { queue } of this.#engines.values()) count += queue.readyCount + queue.unackedCount
    return count
  }

  /** What is to be stored with what was noted: see `MessageLogOptions`. */
  takeStamp(): Buffer | undefined {
    if (!this.#isStampNew) return undefined
    this.#isStampNew = false
    return encodeStamp(this.#records)
  }

  find(queue: number): Engine | undefined {
    return this.#engines.get(queue)
  }

  delaysOf(id: number): DelayQueue | undefined {
    return this.#engines.get(id)?.delays ?? this.#exchangeDelays.find(id)
  }

  /** Delays messages of that exchange from now on. */
  addDelays(delays: DelaysOfExchange): void {
    if (this.#state !== 'closed') this.#exchangeDelays.add(delays)
  }

  removeDelays(id: number): void {
    this.#exchangeDelays.remove(id)
  }

  /** Has that queue from now on. */
  add(queue: ShardedQueue): void {
    if (this.#state === 'closed') return
    const engine = this.#options.createQueue(queue, this)
    this.#engines.set(queue.id, engine)
    this.#queues.set(queue.id, queue)
    if (queue.policy !== null) engine.queue.applyPolicy(queue.policy)
    engine.queue.isPaused = queue.isPaused
    queue.engine = engine.queue
    queue.ownDelays = () => engine.knownDelays
    if (this.#state === 'serving') engine.begin()
  }

  remove(queue: ShardedQueue): void {
    const engine = this.#engines.get(queue.id)
    this.#engines.delete(queue.id)
    this.#queues.delete(queue.id)
    this.#sights.forget(queue.id)
    queue.engine = null
    queue.ownDelays = null
    engine?.delete()
  }

  /** The queue itself has nobody who uses it any more, or is not used for too long. */
  isInUse(): boolean {
    return this.#state === 'serving' && !this.#isReplacing
  }

  follow(members: Members): void {
    this.#members = members
    for (const incarnation of this.#awaited) {
      if (!members.incarnations.has(incarnation)) this.#awaited.delete(incarnation)
    }
    for (const session of [...this.#byFront.values()]) {
      const { greeting } = session
      if (greeting === undefined || members.version < greeting.mapVersion) continue
      if (greeting.front === this.#options.ownFront) continue
      if (!members.incarnations.has(greeting.incarnation)) this.#end(session)
    }
    const unused = this.#unattended.takeUnused(this.#engines, members.incarnations)
    for (const engine of unused) this.lastConsumerLeft(engine)
    this.#serveIfReady()
  }

  /** While that cannot be found out, nothing may be taken for a queue that is no more. */
  async told(): Promise<void> {
    const { told, clock, logger } = this.#options
    while (this.#state !== 'closed') {
      try {
        return await told()
      } catch (error) {
        logger.warn({ err: error }, 'Cannot look whether there is a queue; this is tried again')
        await new Promise<void>((resolve) => after(clock, RETRY_MS, resolve))
      }
    }
  }

  greeted(
    { linkId }: HostedSession,
    greeting: Greeting,
  ): { record: FrontRecord; held: HeldPlaces } {
    const { front } = greeting
    this.#silent.delete(linkId)
    const before = this.#byFront.get(front)
    const held = before === undefined ? new HeldPlaces() : this.#replace(before)
    this.#byFront.set(front, this.#sessions.get(linkId) as Session)
    const record = this.#records.get(front) ?? new FrontRecord()
    record.leftMs = undefined
    this.#records.set(front, record)
    return { record, held }
  }

  openLink(session: HostedSession, address: string): LinkSender {
    const { traffic, clock } = this.#options
    return new LinkSender({
      traffic,
      address,
      clock,
      linkId: session.linkId,
      onDrained: () => session.drained(),
      onRefused: () => this.#end(this.#sessions.get(session.linkId)),
    })
  }

  ready(session: HostedSession): void {
    if (this.#state === 'serving') {
      session.welcome()
      return
    }
    this.#ready.add(session)
    this.#awaited.delete(session.greeting?.incarnation ?? '')
    this.#serveIfReady()
  }

  lastConsumerLeft({ queue }: Engine): void {
    for (const sharded of this.#queues.values()) {
      if (sharded.engine === queue) sharded.events.lastConsumerLeft(sharded)
    }
  }

  broken(session: HostedSession, reason: string): void {
    this.logger.error(
      { node: session.greeting?.node, reason },
      'Another node says what cannot be understood: its session has ended',
    )
    this.#end(this.#sessions.get(session.linkId))
  }

  /** Publishes have been noted. */
  noted(): void {
    this.#isStampNew = true
  }

  /** Nothing comes in or goes out any more, and nobody is told. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    for (const stop of this.#stops) stop()
    this.#receivers.close()
    for (const session of this.#sessions.values()) session.abandon()
    this.#sessions.clear()
    this.#byFront.clear()
    this.#silent.clear()
    for (const engine of this.#engines.values()) engine.abandon()
    for (const queue of this.#queues.values()) {
      queue.engine = null
      queue.ownDelays = null
    }
    this.#exchangeDelays.abandon()
    this.#engines.clear()
    this.#queues.clear()
  }

  #serveIfReady(): void {
    if (this.#state === 'claiming' && this.#awaited.size === 0) this.#serve()
  }

  #serve(): void {
    if (this.#state !== 'claiming') return
    this.#state = 'serving'
    for (const engine of this.#engines.values()) engine.begin()
    this.#exchangeDelays.begin()
    for (const session of this.#ready) session.welcome()
    this.#ready.clear()
  }

  /** It goes on in another session, and its consumers come again: nobody has left. */
  #replace(session: Session): HeldPlaces {
    this.#isReplacing = true
    try {
      this.#drop(session)
      return session.close()
    } finally {
      this.#isReplacing = false
    }
  }

  #end(session: Session | undefined): void {
    if (session === undefined || !this.#sessions.has(session.linkId)) return
    session.giveBack(this.#leave(session))
    const front = session.greeting?.front
    if (front === undefined || this.#byFront.get(front) !== session) return
    this.#byFront.delete(front)
    const record = this.#records.get(front)
    if (record !== undefined) record.leftMs = this.#options.clock.now()
  }

  /** Who is still one of the cluster may come again: its consumers are out of reach, and have not left. */
  #leave(session: Session): HeldPlaces {
    const { incarnation = '' } = session.greeting ?? {}
    if (this.#members.incarnations.has(incarnation)) {
      return this.#unattended.note(this.#engines, incarnation, () => this.#replace(session))
    }
    this.#drop(session)
    return session.close()
  }

  #drop(session: Session): void {
    this.#receivers.closeLink(session.linkId)
    this.#sessions.delete(session.linkId)
    this.#silent.delete(session.linkId)
    this.#ready.delete(session)
  }

  /** Tells everybody how much there is, and forgets who is gone. */
  #look(): void {
    this.#sights.tell(this.#engines, this.#byFront.values())
    const nowMs = this.#options.clock.now()
    for (const [linkId, sinceMs] of this.#silent) {
      if (nowMs - sinceMs > SILENCE_MS) this.#end(this.#sessions.get(linkId))
    }
    for (const [front, { leftMs }] of this.#records) {
      if (leftMs !== undefined && nowMs - leftMs > REMEMBER_MS) this.#records.delete(front)
    }
  }
}
