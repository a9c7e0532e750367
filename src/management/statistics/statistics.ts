import type { Channel } from '../../channel/channel.ts'
import type { Connection } from '../../connection/connection.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Queue } from '../../queue/queue.ts'
import { MessageCounts } from '../../vhost/message-counts.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { queueTotals } from '../json/queue-totals.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import { History, type Range, withDetails } from './history.ts'
import { type PairReading, PairStatistics } from './pair-statistics.ts'
import {
  type Read,
  readChurn,
  readConnection,
  readCounts,
  readExchange,
  readQueue,
} from './readings.ts'

/** What has statistics: all of it is asked for by the thing itself. */
export type Subject = Queue | Exchange | Connection | Channel | Vhost | ManagedBroker

const INTERVAL_MS = 5000
/** Ten minutes of the broker and its virtual hosts, and one of each thing in them. */
const BROAD_SAMPLES = 121
const NARROW_SAMPLES = 13
/** When nobody has asked for so long, nothing is read any more. */
const IDLE_MS = 60_000

/**
 * How fast things go: everything is read each five seconds, for as long as somebody asks. Messages cost
 * nothing but the counters that are read here.
 */
export class Statistics {
  readonly #broker: ManagedBroker
  #histories = new WeakMap<Subject, History>()
  readonly #pairs = new PairStatistics(IDLE_MS)
  #stop: (() => void) | undefined
  #askedAtMs = 0
  #lastTime = { timeMs: 0, text: '' }

  constructor(broker: ManagedBroker) {
    this.#broker = broker
  }

  close(): void {
    this.#stop?.()
  }

  /** As it is shown: readings with rates, those of messages under `message_stats` unless all are 0. */
  of(subject: Subject, query: URLSearchParams): Record<string, unknown> {
    this.#asked()
    const ranges = {
      messages: rangeOf(query, 'msg_rates'),
      own: rangeOf(query, OWN_RANGES.get(kindOf(subject))),
      churn: undefined,
    }
    const history = this.#histories.get(subject)
    const json = shown(this.#read(subject), history, ranges)
    const idleSinceMs = MAY_BE_IDLE.has(kindOf(subject)) ? history?.idleSinceMs : undefined
    if (idleSinceMs !== undefined) json['idle_since'] = this.#printed(idleSinceMs)
    return json
  }

  /** The same of what goes from one thing to another. */
  ofPair(pair: PairReading, query: URLSearchParams): Record<string, unknown> {
    this.#asked()
    return this.#pairs.of(pair, rangeOf(query, 'msg_rates'), this.#broker.clock.now())
  }

  /** Most of a thousand queues are idle since the same sample. */
  #printed(timeMs: number): string {
    if (this.#lastTime.timeMs !== timeMs) {
      const text = new Date(timeMs).toISOString().replace('Z', '+00:00')
      this.#lastTime = { timeMs, text }
    }
    return this.#lastTime.text
  }

  /** Of some virtual hosts together: they have no history, and no rates. */
  ofSome(vhosts: readonly Vhost[]): Record<string, unknown> {
    return shown(this.#readVhosts(vhosts))
  }

  /** All that has passed through a virtual host. */
  #countsOf(vhost: Vhost): MessageCounts {
    const counts = new MessageCounts()
    counts.add(vhost.counts)
    for (const connection of this.#broker.connections) {
      if (connection.session?.vhost !== vhost) continue
      for (const channel of connection.channels) counts.add(channel.counts)
    }
    return counts
  }

  /** All that has passed through these. */
  countsOf(vhosts: readonly Vhost[]): MessageCounts {
    const counts = new MessageCounts()
    for (const vhost of vhosts) counts.add(this.#countsOf(vhost))
    return counts
  }

  #readVhost(vhost: Vhost): Read {
    const { messages, own } = this.#readVhosts([vhost])
    let { receivedBytes, sentBytes } = vhost.departedCounts
    for (const { session, link } of this.#broker.connections) {
      if (session?.vhost !== vhost) continue
      receivedBytes += link.receivedBytes
      sentBytes += link.sentBytes
    }
    return { messages, own: { ...own, recv_oct: receivedBytes, send_oct: sentBytes } }
  }

  #readVhosts(vhosts: readonly Vhost[]): Read {
    const counts = this.countsOf(vhosts)
    const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()])
    return { messages: readCounts(counts), own: { ...queueTotals(queues) } }
  }

  #asked(): void {
    const { clock } = this.#broker
    this.#askedAtMs = clock.now()
    if (this.#stop !== undefined) return
    this.#sample()
    this.#stop = clock.every(INTERVAL_MS, () => this.#tick())
  }

  #tick(): void {
    if (this.#broker.clock.now() - this.#askedAtMs <= IDLE_MS) {
      this.#sample()
      return
    }
    this.#stop?.()
    this.#stop = undefined
    this.#histories = new WeakMap()
    this.#pairs.clear()
  }

  #sample(): void {
    const timeMs = this.#broker.clock.wallTime()
    this.#record(this.#broker, timeMs)
    this.#pairs.sample(this.#broker.clock.now(), timeMs)
    for (const vhost of this.#vhosts) {
      this.#record(vhost, timeMs)
      for (const queue of vhost.queues.values()) this.#record(queue, timeMs)
      for (const exchange of vhost.exchanges.values()) this.#record(exchange, timeMs)
    }
    for (const connection of this.#broker.connections) {
      this.#record(connection, timeMs)
      for (const channel of connection.channels) this.#record(channel, timeMs)
    }
  }

  #record(subject: Subject, timeMs: number): void {
    let history = this.#histories.get(subject)
    if (history === undefined) {
      const kind = kindOf(subject)
      const isBroad = kind === 'broker' || kind === 'vhost'
      history = new History(isBroad ? BROAD_SAMPLES : NARROW_SAMPLES)
      this.#histories.set(subject, history)
    }
    history.add(timeMs, this.#read(subject))
  }

  #read(subject: Subject): Read {
    switch (kindOf(subject)) {
      case 'queue':
        return readQueue(subject as Queue)
      case 'exchange':
        return readExchange(subject as Exchange)
      case 'connection':
        return readConnection(subject as Connection)
      case 'channel':
        return { messages: readCounts((subject as Channel).counts), own: {} }
      case 'vhost':
        return this.#readVhost(subject as Vhost)
      default:
        return {
          ...this.#readVhosts(this.#vhosts),
          churn: readChurn(this.#broker.happenings),
        }
    }
  }

  get #vhosts(): Vhost[] {
    const { administration } = this.#broker
    return administration.vhosts.list().flatMap(({ name }) => administration.findVhost(name) ?? [])
  }
}

type Ranges = Readonly<Record<keyof Read, Range | undefined>>

const NO_RANGES: Ranges = { messages: undefined, own: undefined, churn: undefined }

function shown({ messages, own, churn }: Read, history?: History, ranges = NO_RANGES) {
  const json = withDetails(history, 'own', own, ranges.own)
  if (churn !== undefined) json['churn_rates'] = withDetails(history, 'churn', churn, undefined)
  // Of most queues there is nothing to tell, and there may be thousands.
  for (const name in messages) {
    if (messages[name] === 0) continue
    json['message_stats'] = withDetails(history, 'messages', messages, ranges.messages)
    break
  }
  return json
}

/** Of these, it is told since when nothing has happened to their messages. */
const MAY_BE_IDLE: ReadonlySet<Kind> = new Set<Kind>(['queue', 'channel'])

type Kind = 'queue' | 'exchange' | 'connection' | 'channel' | 'vhost' | 'broker'

function kindOf(subject: Subject): Kind {
  if ('kind' in subject) return subject.kind
  if ('link' in subject) return 'connection'
  if ('unacked' in subject) return 'channel'
  return 'administration' in subject ? 'broker' : 'vhost'
}

/** What a client calls the range of a thing's own readings. */
const OWN_RANGES: ReadonlyMap<Kind, string> = new Map([
  ['queue', 'lengths'],
  ['vhost', 'lengths'],
  ['broker', 'lengths'],
  ['connection', 'data_rates'],
])

/** Of `<name>_age` and `<name>_incr`, in seconds, which are given both or not at all. */
function rangeOf(query: URLSearchParams, name: string | undefined): Range | undefined {
  const [age, step] = [Number(query.get(`${name}_age`)), Number(query.get(`${name}_incr`))]
  if (!(age > 0) || !(step > 0)) return undefined
  return { ageMs: age * 1000, stepMs: step * 1000 }
}
