// A broker that is started, used and killed, over and over, on the same data.

import {
  BASIC_ACK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import type { FieldsOf } from '../support/raw-client-method.ts'
import type { CrashBroker, RunningBroker } from './broker/crash-broker.ts'
import { Fuse } from './fuse.ts'
import type { Happening } from './ledger/history.ts'
import { Ledger } from './ledger/ledger.ts'
import type { Violation } from './ledger/violation.ts'
import { Drainer } from './traffic/drainer.ts'
import { type Route, send } from './traffic/publishing.ts'
import { Random } from './traffic/random.ts'
import { Session } from './traffic/session.ts'

/** What is published there is looked at no sooner than by the next drain. */
const WITNESS: Route = { exchange: '', routingKey: 'witness', queues: ['witness'] }
const FANOUT = 'everywhere'

/** How a process of the broker ends. */
type End = 'killed' | 'stopped'

export interface Round {
  /** Opens connections and sets actors to work there. */
  readonly work: (open: () => Promise<Session>) => Promise<void>
  /**
   * After how many answers and deliveries the broker is killed. It is when nothing happens, too.
   * Without this, it is killed when the work is done.
   */
  readonly events?: number
  readonly end?: End
}

export interface CampaignQueues {
  /** They are declared once, and must be there from then on. */
  readonly queues: readonly string[]
  /** They come and go, and are declared again at each start. */
  readonly volatile?: readonly string[]
  /** With what those are declared that stay. */
  readonly queueArguments?: Readonly<Record<string, unknown>>
}

export class Campaign {
  readonly random: Random
  /** A way to each queue, and one to all of them. */
  readonly routes: readonly Route[]
  readonly #broker: CrashBroker
  readonly #ledger: Ledger
  readonly #queues: readonly string[]
  readonly #volatile: readonly string[]
  readonly #queueArguments: Readonly<Record<string, unknown>>
  #isDeclared = false

  constructor(
    broker: CrashBroker,
    seed: number,
    { queues, volatile = [], queueArguments = {} }: CampaignQueues,
  ) {
    this.#broker = broker
    this.#ledger = new Ledger(broker.storage)
    this.#queues = queues
    this.#volatile = volatile
    this.#queueArguments = queueArguments
    this.random = new Random(seed)
    const direct = queues.map((queue) => ({ exchange: '', routingKey: queue, queues: [queue] }))
    this.routes = [...direct, { exchange: FANOUT, routingKey: '', queues }]
  }

  /** Starts the broker, lets the actors work, and ends it in the middle of that. */
  async round({ work, events, end = 'killed' }: Round): Promise<void> {
    const broker = await this.#start()
    const sessions: Session[] = []
    let onGone = (gone: Promise<void>): void => void gone
    const gone = new Promise<void>((resolve) => {
      onGone = resolve
    })
    const fuse = new Fuse(events, () => onGone(this.#end(broker, sessions, end)))
    const open = async () => {
      const session = await this.#open(broker, () => fuse.event())
      sessions.push(session)
      void session.client.ended.then(() => {
        if (!fuse.isBlown) session.client.fail(new Error(`it ended of itself:\n${broker.output}`))
      })
      return session
    }
    // Whoever is still being set to work when the broker ends is none of our concern.
    const working = work(open).catch((error: unknown) => {
      if (!fuse.isBlown) throw new Error(`the broker says:\n${broker.output}`, { cause: error })
    })
    if (events === undefined)
      working.then(
        () => fuse.blow(),
        () => fuse.blow(),
      )
    await Promise.all([working, gone])
    await this.#ended(sessions, end)
  }

  /** Takes everything out of all queues, and has the broker store that it is out. */
  async drain(end: End = 'killed'): Promise<void> {
    const broker = await this.#start()
    const session = await this.#open(broker, () => {})
    const queues = [...this.#queues, ...this.#volatile, ...WITNESS.queues]
    await Promise.all(queues.map((queue) => Drainer.drain(session, queue)))
    this.#ledger.emptied()
    this.#check()
    await this.#witness(session)
    await this.#end(broker, [session], end)
    await this.#ended([session], end)
  }

  /** How often each thing happened. */
  get counts(): Partial<Record<Happening, number>> {
    return this.#ledger.counts
  }

  /** Begins to start the broker, and kills it before that is done. */
  async killWhileStarting(afterMs: number): Promise<void> {
    await this.#broker.startAndKill(afterMs)
  }

  async #start(): Promise<RunningBroker> {
    const broker = await this.#broker.start()
    const session = await this.#open(broker, () => {})
    await session.channel()
    if (!this.#isDeclared) await this.#declare(session)
    this.#isDeclared = true
    for (const queue of [...this.#queues, ...WITNESS.queues]) {
      await this.#count(session, { queue, passive: true })
    }
    for (const queue of this.#volatile) await this.#count(session, { queue, durable: true })
    session.client.destroy()
    await session.client.ended
    this.#check()
    return broker
  }

  async #count({ client }: Session, fields: FieldsOf<typeof QUEUE_DECLARE>): Promise<void> {
    const { queue, messageCount } = await client.call(1, QUEUE_DECLARE, fields, QUEUE_DECLARE_OK)
    this.#ledger.counted(queue, messageCount)
  }

  async #declare({ client }: Session): Promise<void> {
    const exchange = { exchange: FANOUT, type: 'fanout', durable: true }
    await client.call(1, EXCHANGE_DECLARE, exchange, EXCHANGE_DECLARE_OK)
    for (const queue of WITNESS.queues) {
      await client.call(1, QUEUE_DECLARE, { queue, durable: true }, QUEUE_DECLARE_OK)
    }
    for (const queue of this.#queues) {
      const fields = { queue, durable: true, arguments: this.#queueArguments }
      await client.call(1, QUEUE_DECLARE, fields, QUEUE_DECLARE_OK)
      await client.call(1, QUEUE_BIND, { exchange: FANOUT, queue }, QUEUE_BIND_OK)
    }
  }

  /** Everything that the connection sent is stored when this is done. */
  async #witness(session: Session): Promise<void> {
    const { client, account } = session
    const number = await session.channel()
    await client.call(number, CONFIRM_SELECT, {}, CONFIRM_SELECT_OK)
    const entry = account.lane().publish(WITNESS)
    send(client, number, entry, { route: WITNESS, isPersistent: true, bodyBytes: 100 })
    await client.answer(number, BASIC_ACK)
    account.confirmed(entry)
  }

  #open({ port }: RunningBroker, onEvent: () => void): Promise<Session> {
    return Session.open({ port, ledger: this.#ledger, random: this.random.fork(), onEvent })
  }

  #end(broker: RunningBroker, sessions: readonly Session[], end: End): Promise<void> {
    if (end === 'killed') {
      // What it says from now on it would not have said.
      if (broker.outlivesItsEnd) for (const { client } of sessions) client.destroy()
      return broker.kill()
    }
    // What one connection holds when it is closed, another gets that is not closed yet.
    for (const { client } of sessions) client.leave()
    return broker.stop()
  }

  async #ended(sessions: readonly Session[], end: End): Promise<void> {
    for (const { client } of sessions) {
      await client.ended
      if (client.failure !== undefined) throw client.failure
    }
    this.#ledger.restarted(end)
    this.#check()
  }

  #check(): void {
    const { violations } = this.#ledger
    if (violations.length > 0) throw new Error(violations.map(tell).join('\n'))
  }
}

function tell({ rule, text, story }: Violation): string {
  return [`${rule}: ${text}`, ...story].join('\n  ')
}
