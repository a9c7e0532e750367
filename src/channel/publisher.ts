import {
  PROPERTY_EXPIRATION,
  PROPERTY_HEADERS,
  PROPERTY_REPLY_TO,
  PROPERTY_USER_ID,
  readExpiration,
  readHeaders,
  readReplyTo,
  readUserId,
} from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import { ACCEPTED, type PublishOutcome, type QueueDestination } from '../exchange/destination.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { routingKeysOf } from '../message/copy-keys.ts'
import type { Message } from '../message/message.ts'
import { withoutHeader, withReplyTo } from '../message/rewritten.ts'
import { joinedInOrder, type TicketSource } from '../message-log/ticket-source.ts'
import {
  exchangeIsInternal,
  immediateNotSupported,
  invalidExpiration,
  noReplyConsumer,
  userIdMismatch,
} from '../reasons.ts'
import type { TraceOrigin } from '../vhost/firehose.ts'
import type { MessageCounts } from '../vhost/message-counts.ts'
import { PublishCounts, type RouteCounts } from '../vhost/message-pairs.ts'
import type { PublishRequest } from '../vhost/publish-request.ts'
import { DIRECT_REPLY_TO } from '../vhost/reply-queue-name.ts'
import type { Vhost } from '../vhost/vhost.ts'
import type { ChannelOutput } from './channel-output.ts'
import { returnFrame } from './content-methods.ts'
import { expirationProblem } from './expiration.ts'

/** A publish that was checked and routed: what is left is to hand it over. */
export interface PreparedPublish {
  readonly request: PublishRequest
  readonly message: Message
  readonly queues: readonly QueueDestination[]
  readonly routingKeys: readonly string[]
}

/** Wider routes are made anew: many are kept, and each keeps its queues alive. */
const MAX_KEPT_QUEUES = 64

export interface PublisherOptions {
  readonly channel: number
  readonly vhost: Vhost
  readonly access: Access
  readonly output: ChannelOutput
  /** Where tickets are from that queues give; null where none does. */
  readonly messageLog: TicketSource | null
  /** The channel, for those who trace messages. */
  readonly origin: TraceOrigin
  /** Whether an `x-death` that a client publishes is believed. */
  readonly readsDeaths: boolean
  readonly counts: MessageCounts
  /** Where what is published to an exchange is counted of the channel, if it is one. */
  readonly countsTo?: (exchange: Exchange) => PublishCounts
}

/**
 * Takes whole messages to the queues: RabbitMQ's checks in RabbitMQ's order, routing, and the return
 * of what is mandatory and goes nowhere.
 */
export class Publisher {
  /** The name of the queue for replies that the channel opened last, if it did. */
  replyTo = ''
  /** Of the exchange that was published to last. */
  exchangeCounts: PublishCounts = new PublishCounts()
  readonly #channel: number
  readonly #vhost: Vhost
  readonly #access: Access
  readonly #output: ChannelOutput
  readonly #log: TicketSource | null
  readonly #readsDeaths: boolean
  readonly #origin: TraceOrigin
  readonly #counts: MessageCounts
  readonly #countsTo: (exchange: Exchange) => PublishCounts
  #lastSource: Exchange | null = null

  constructor(options: PublisherOptions) {
    this.#channel = options.channel
    this.#vhost = options.vhost
    this.#access = options.access
    this.#output = options.output
    this.#log = options.messageLog
    this.#readsDeaths = options.readsDeaths
    this.#origin = options.origin
    this.#counts = options.counts
    this.#countsTo = options.countsTo ?? (() => new PublishCounts())
  }

  /** Throws what is wrong with the publish: 403, 404, 406 or 540. */
  publish(request: PublishRequest, message: Message): PublishOutcome {
    if (request.routeVersion === this.#vhost.topologyVersion && !this.#needsChecks(message)) {
      const routed = request.routed ?? this.#findRouted(request)
      for (let index = 0; index < routed.length; index++) (routed[index] as RouteCounts).published++
      return this.#deliver(request, message, request.queues)
    }
    const prepared = this.prepare(request, message)
    return this.#countAndDeliver(request, prepared.message, prepared.queues)
  }

  /**
   * Checks and routes without delivering: a transaction does that when it commits. The checks are in
   * RabbitMQ's order, so that of several errors clients see the same one.
   */
  prepare(request: PublishRequest, message: Message): PreparedPublish {
    if (request.immediate) throw immediateNotSupported()
    const { exchange, routingKey } = request.address
    const access = this.#access
    access.check('write', 'exchange', exchange)
    const source = this.#vhost.exchanges.get(exchange)
    if (source.internal) throw exchangeIsInternal(exchange, this.#vhost.name)
    request.source = source
    const isTopic = source.type === 'topic'
    if (isTopic) access.checkTopic('write', exchange, routingKey)
    const { buffer, headerStart, headerEnd } = message
    const replyTo = isDirectReplyTo(message) ? this.#replyQueueName() : undefined
    const userId = readUserId(buffer, headerStart, headerEnd)
    if (userId !== undefined && userId !== access.user.name && !access.user.isImpersonator) {
      throw userIdMismatch(userId, access.user.name)
    }
    const expiration = readExpiration(buffer, headerStart, headerEnd)
    const problem = expiration === undefined ? undefined : expirationProblem(expiration)
    if (expiration !== undefined && problem !== undefined) {
      throw invalidExpiration(expiration, problem)
    }
    const headers = readHeaders(buffer, headerStart, headerEnd)
    const keys = routingKeysOf(routingKey, headers)
    if (isTopic) for (const key of keys) access.checkTopic('write', exchange, key)
    const addressed = replyTo === undefined ? message : withReplyTo(message, replyTo)
    // Blind copies are blind: the header is removed before anybody gets the message.
    const copied = headers?.has('BCC') ? withoutHeader(addressed, 'BCC') : addressed
    const isDead = !this.#readsDeaths && headers?.has('x-death')
    const blind = isDead ? withoutHeader(copied, 'x-death') : copied
    const route = this.#vhost.route(source, keys, headers, blind)
    const { queues } = route
    const { firehose } = this.#vhost
    if (firehose !== null) firehose.published(blind, keys, queues, this.#origin)
    else if (keys.length === 1 && route.stable && queues.length <= MAX_KEPT_QUEUES) {
      request.queues = queues
      request.routed = null
      request.routeVersion = this.#vhost.topologyVersion
    }
    return { request, message: blind, queues, routingKeys: keys }
  }

  /**
   * Delivers what was prepared a while ago. As in RabbitMQ, queues that have gone since get nothing,
   * and the default exchange finds those that have come.
   */
  deliver({ request, message, queues, routingKeys }: PreparedPublish): PublishOutcome {
    const { exchange } = request.address
    const now =
      exchange === ''
        ? this.#vhost.route(this.#vhost.exchanges.get(exchange), routingKeys, undefined).queues
        : queues.filter((queue) => this.#vhost.hasQueue(queue))
    return this.#countAndDeliver(request, message, now)
  }

  /** Looks up where it is counted, which a route that is kept need not. */
  #countAndDeliver(
    request: PublishRequest,
    message: Message,
    queues: readonly QueueDestination[],
  ): PublishOutcome {
    this.#vhost.pairs.countRouted(request.source as Exchange, queues)
    return this.#deliver(request, message, queues)
  }

  #deliver(
    request: PublishRequest,
    message: Message,
    queues: readonly QueueDestination[],
  ): PublishOutcome {
    const source = request.source as Exchange
    if (source !== this.#lastSource) this.#turnTo(source)
    this.#counts.published++
    this.exchangeCounts.published++
    source.counts.publishedIn++
    source.counts.publishedOut += queues.length
    if (queues.length === 0) {
      if (request.mandatory) {
        this.#counts.returned++
        this.exchangeCounts.returned++
        const frame = returnFrame(this.#channel, message.address)
        this.#output.content(this.#channel, frame, message)
      } else {
        this.#counts.dropped++
        this.exchangeCounts.dropped++
      }
      return ACCEPTED
    }
    if (queues.length === 1) return (queues[0] as QueueDestination).publish(message)
    const { deadLetters } = this.#vhost
    const isHeld = deadLetters.hold()
    try {
      return publishToAll(queues, message, this.#log)
    } finally {
      if (isHeld) deadLetters.release()
    }
  }

  /** Of its own: within `publish` it would keep V8 from inlining what is done for each message. */
  #findRouted(request: PublishRequest): readonly RouteCounts[] {
    const { routed } = this.#vhost.pairs
    const source = request.source as Exchange
    request.routed = request.queues.map((queue) => routed.of(source, queue))
    return request.routed
  }

  #turnTo(exchange: Exchange): void {
    this.#lastSource = exchange
    this.exchangeCounts = this.#countsTo(exchange)
  }

  #needsChecks(message: Message): boolean {
    return needsChecks(message) || (!this.#readsDeaths && message.headers?.has('x-death') === true)
  }

  /** Throws 406 when the channel has no consumer for replies. */
  #replyQueueName(): string {
    if (this.#vhost.replyQueues.find(this.replyTo) === undefined) throw noReplyConsumer()
    return this.replyTo
  }
}

/** What becomes of it in all of them together. */
function publishToAll(
  queues: readonly QueueDestination[],
  message: Message,
  log: TicketSource | null,
): PublishOutcome {
  let outcome: PublishOutcome = ACCEPTED
  for (let index = 0; index < queues.length; index++) {
    const next = (queues[index] as QueueDestination).publish(message)
    if (next === outcome) continue
    outcome = log === null ? joinedInOrder(outcome, next) : log.joined(outcome, next)
  }
  return outcome
}

/** Class id, weight and body size stand before the flags in a content header. Spec §2.3.5.2. */
const FLAGS_OFFSET = 12

/**
 * Whether the message has a property that publishing must look at. Most clients always send a table
 * of headers, so its bytes are searched for the two names that matter rather than decoded.
 */
function needsChecks(message: Message): boolean {
  const { buffer, headerStart } = message
  const flagsAt = headerStart + FLAGS_OFFSET
  const flags = ((buffer[flagsAt] as number) << 8) | (buffer[flagsAt + 1] as number)
  if ((flags & (PROPERTY_EXPIRATION | PROPERTY_USER_ID)) !== 0) return true
  if ((flags & PROPERTY_REPLY_TO) !== 0 && isDirectReplyTo(message)) return true
  return (flags & PROPERTY_HEADERS) !== 0 && mentionsCopies(buffer, flagsAt, message.headerEnd)
}

function isDirectReplyTo({ buffer, headerStart, headerEnd }: Message): boolean {
  return readReplyTo(buffer, headerStart, headerEnd) === DIRECT_REPLY_TO
}

const LETTER_B = 0x42
const LETTER_C = 0x43

/** Whether `CC` or `BCC` stands there as a field name would, after its length. */
function mentionsCopies(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start + 3; at < end; at++) {
    if (buffer[at] !== LETTER_C || buffer[at - 1] !== LETTER_C) continue
    const before = buffer[at - 2]
    if (before === 2 || (before === LETTER_B && buffer[at - 3] === 3)) return true
  }
  return false
}
