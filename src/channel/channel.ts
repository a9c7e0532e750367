import {
  BASIC_CANCEL,
  BASIC_PUBLISH,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CLASS_BASIC,
  CONTENT_HEADER_MIN_SIZE,
  CodecError,
  checkContentHeader,
  contentHeaderBodySize,
  contentHeaderClassId,
  contentHeaderWeight,
  decodeMethod,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  type Method,
} from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { CompatProfile } from '../config/compat.ts'
import { ByteArena } from '../message/byte-arena.ts'
import { ContentAssembler } from '../message/content-assembler.ts'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { ExclusiveOwner, Queue, QueuedMessage } from '../queue/queue.ts'
import type { QueueCounts } from '../queue/queue-counts.ts'
import {
  channelAlreadyOpen,
  expectedBody,
  expectedHeader,
  expectedHeaderOfClass,
  messageTooLarge,
  noPreviouslyDeclaredQueue,
  replyConsumerAlreadySet,
  replyConsumerCannotAcknowledge,
  unexpectedContent,
} from '../reasons.ts'
import type { TraceOrigin } from '../vhost/firehose.ts'
import { MessageCounts } from '../vhost/message-counts.ts'
import { isBasicPublish, type PublishRequest } from '../vhost/publish-request.ts'
import type { Vhost } from '../vhost/vhost.ts'
import type { ChannelConsumer, ConsumerChannel } from './channel-consumer.ts'
import { ChannelLimit } from './channel-limit.ts'
import type { ChannelOutput } from './channel-output.ts'
import { Confirms } from './confirms.ts'
import { describeConsumer } from './consumer-description.ts'
import { Consumers } from './consumers.ts'
import { Delivery } from './delivery.ts'
import { DeliveryDeadlines } from './delivery-deadlines.ts'
import { Publisher } from './publisher.ts'
import { type Settlement, settle } from './settlement.ts'
import { Transaction } from './transaction.ts'
import { UnackedList } from './unacked-list.ts'

/** What a channel is given by its connection. */
export interface ChannelContext {
  readonly vhost: Vhost
  /** What the user may do in the vhost. */
  readonly access: Access
  /** Stands for the connection where exclusive queues ask whose they are. */
  readonly owner: ExclusiveOwner
  /** What names the connection. */
  readonly link: { readonly name: string }
  readonly output: ChannelOutput
  /** Knows what is safe; null when nothing is stored. */
  readonly messageLog: TicketSource | null
  readonly profile: CompatProfile
  readonly maxMessageSize: number
  readonly consumersPerChannel: number
  /** How long a delivery may be unacknowledged; 0 is no limit. */
  readonly consumerTimeoutMs: number
  /** Whether the client wants `basic.cancel` when a consumer's queue goes. */
  readonly cancelNotify: boolean
  /** Handles every method but `basic.publish`. */
  readonly dispatch: (channel: Channel, method: Method) => void
  /** Whether what clients hold unacknowledged must not grow. */
  isMemoryShort(): boolean
  /**
   * Goes on when the promise is fulfilled, as it will be, even if the channel has ended since; what `go` throws
   * is an error of the channel. Until then nothing more is read from the client.
   */
  wait(channel: Channel, until: Promise<void>, go: () => void): void
  /** The channel's number is free again. */
  channelClosed(channel: Channel): void
}

const NO_BYTES = Buffer.alloc(0)
/** Class id and method id stand before a method's arguments. */
const METHOD_ID_BYTES = 4

/**
 * One channel: it turns frames into methods and messages, and keeps what belongs to the channel:
 * delivery tags, what is unacknowledged, consumers, prefetch, confirms and the transaction. It knows
 * no socket.
 *
 *     open    ─ method ─▶ dispatched; `basic.publish` ─▶ header ─▶ body … ─▶ published ─▶ method
 *     closing ─ our `channel.close` is out: everything is discarded but close and close-ok
 *     ended   ─ closed by the client, or with its connection
 */
export class Channel implements ConsumerChannel, TraceOrigin {
  readonly number: number
  readonly context: ChannelContext
  readonly consumers: Consumers
  readonly unacked: UnackedList = new UnackedList()
  readonly publisher: Publisher
  readonly counts: MessageCounts = new MessageCounts()
  confirms: Confirms | null = null
  transaction: Transaction | null = null
  /** The limit that consumers to come will have; 0 is none. */
  prefetchCount = 0
  readonly limit: ChannelLimit
  /** The method that is being handled, for the error that it may end in. */
  methodId = 0

  #state: 'open' | 'closing' | 'ended' = 'open'
  #expecting: 'method' | 'header' | 'body' = 'method'
  #request: PublishRequest | null = null
  readonly #content = new ContentAssembler()
  readonly #deadlines = new DeliveryDeadlines(this)
  #lastDeliveryTag = 0
  /** What was the last delivery tag when `settleInUnacked` was called. */
  #agedDeliveryTag = 0
  #lastQueueName = ''
  /** The method that is being handled, undecoded. */
  #methodBuffer: Buffer = NO_BYTES
  #argumentsStart = 0

  constructor(number: number, context: ChannelContext) {
    this.number = number
    this.context = context
    this.limit = new ChannelLimit(() => context.isMemoryShort())
    this.consumers = new Consumers(this, context.consumersPerChannel, (name, consumer) =>
      context.vhost.happenings.tell(name, () =>
        describeConsumer(context.link.name, number, consumer),
      ),
    )
    this.publisher = new Publisher({
      channel: number,
      vhost: context.vhost,
      access: context.access,
      output: context.output,
      messageLog: context.messageLog,
      origin: this,
      readsDeaths: context.profile.readsPublishedDeaths,
      counts: this.counts,
      countsTo: (exchange) => context.vhost.pairs.published.of(this, exchange),
    })
  }

  get messageLog(): TicketSource | null {
    return this.context.messageLog
  }

  get connectionName(): string {
    return this.context.link.name
  }

  get username(): string {
    return this.context.access.user.name
  }

  get hasRoom(): boolean {
    return !this.context.output.full
  }

  /** Those that are told when it gives up what it has. */
  get queuesInUse(): Set<Queue> {
    const queues = new Set<Queue>()
    for (const { queue } of this.consumers.values()) queues.add(queue)
    for (const { queue } of this.unacked) queues.add(queue)
    for (const { queue } of this.transaction?.settled ?? []) queues.add(queue)
    return queues
  }

  /** A frame's payload is `buffer[start, end)`. Throws AmqpError and CodecError. */
  onFrame(type: number, buffer: Buffer, start: number, end: number): void {
    if (this.#state === 'closing') {
      this.#onFrameWhileClosing(type, buffer, start, end)
      return
    }
    switch (this.#expecting) {
      case 'method':
        if (type !== FRAME_METHOD) throw unexpectedContent()
        if (isBasicPublish(buffer, start, end)) this.#onPublish(buffer, start, end)
        else this.#onMethod(buffer, start, end)
        break
      case 'header':
        if (type !== FRAME_HEADER) throw expectedHeader(CLASS_BASIC)
        this.#onHeader(buffer, start, end)
        break
      case 'body':
        if (type !== FRAME_BODY) throw expectedBody()
        this.#content.body(buffer, start, end)
        if (this.#content.remaining === 0) this.#publish()
        break
      default:
        this.#expecting satisfies never
    }
  }

  /**
   * The queue of that name, or the last one declared here if it is empty, to read from. Throws 403,
   * 404 and 405.
   */
  readableQueue(name: string): Queue {
    const { vhost, owner, access } = this.context
    const found = this.queueName(name)
    access.check('read', 'queue', found)
    return vhost.queues.get(found, owner)
  }

  /** Spec §1.7.2: an empty name stands for the channel's last declared queue. Throws 404. */
  queueName(name: string): string {
    if (name !== '') return name
    if (this.#lastQueueName === '') throw noPreviouslyDeclaredQueue()
    return this.#lastQueueName
  }

  /** The first argument of the method being handled, of 64 bits, larger perhaps than a number tells. */
  get exactDeliveryTag(): bigint {
    return this.#methodBuffer.readBigUInt64BE(this.#argumentsStart)
  }

  /**
   * Goes on at once, or when what is waited for is there; a promise that is rejected ends the channel. Until
   * then nothing more is read from the client, so that its methods are handled in their order. `late` gets
   * what comes after the channel has ended.
   */
  when<T>(awaited: T | Promise<T>, go: (value: T) => void, late?: (value: T) => void): void {
    if (!(awaited instanceof Promise)) {
      go(awaited)
      return
    }
    let then = (): void => {}
    const settled = awaited.then(
      (value) => {
        then = () => (this.#state === 'open' ? go : late)?.(value)
      },
      (error: unknown) => {
        then = () => {
          if (this.#state === 'open') throw error
        }
      },
    )
    this.context.wait(this, settled, () => then())
  }

  set lastQueueName(name: string) {
    this.#lastQueueName = name
  }

  /** The queue that replies to this channel's requests come to. Throws 406. */
  openReplyQueue(noAck: boolean): Queue {
    const { vhost, owner } = this.context
    if (!noAck) throw replyConsumerCannotAcknowledge()
    if (vhost.replyQueues.find(this.publisher.replyTo) !== undefined)
      throw replyConsumerAlreadySet()
    const queue = vhost.replyQueues.create(owner)
    this.publisher.replyTo = queue.name
    return queue
  }

  deliver(
    consumer: ChannelConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
    sent: Message,
  ): void {
    const deliveryTag = ++this.#lastDeliveryTag
    const { counts } = consumer.queue
    const own = consumer.counts ?? this.#findCounts(consumer)
    if (redelivered) this.#countRedelivery(counts, own)
    if (consumer.noAck) {
      this.counts.deliveredNoAck++
      counts.deliveredNoAck++
      own.deliveredNoAck++
    } else {
      this.counts.delivered++
      counts.delivered++
      own.delivered++
      this.limit.unacked++
      this.unacked.push(new Delivery(deliveryTag, message, sequence, consumer.queue, consumer))
    }
    this.context.output.deliver(consumer.deliverPrefix, deliveryTag, redelivered, sent)
    if (this.context.vhost.firehose !== null) this.traceDelivery(consumer.queue, sent, redelivered)
  }

  /** As `deliver`, of as many of the run's messages as there is credit and room for: to be acknowledged. */
  deliverRun(
    consumer: ChannelConsumer,
    message: Message,
    run: MessageRun,
    from: number,
    to: number,
  ): number {
    const { queue, deliverPrefix } = consumer
    const { output, vhost } = this.context
    const last = Math.min(to, from + this.limit.credit)
    const count = output.deliverRun(deliverPrefix, this.#lastDeliveryTag + 1, run, from, last)
    const own = consumer.counts ?? this.#findCounts(consumer)
    this.counts.delivered += count
    queue.counts.delivered += count
    own.delivered += count
    this.limit.unacked += count
    for (let index = from; index < from + count; index++) {
      const deliveryTag = ++this.#lastDeliveryTag
      this.unacked.push(new Delivery(deliveryTag, message, run.sequenceAt(index), queue, consumer))
      if (vhost.firehose !== null) this.traceDelivery(queue, run.messages[index] as Message, false)
    }
    return count
  }

  /** Shows a message that was sent to the client to those who trace, if there are any. */
  traceDelivery({ name }: Queue, sent: Message, redelivered: boolean): void {
    this.context.vhost.firehose?.delivered(sent, name, redelivered, this)
  }

  /** The delivery tag of a message that `basic.get` took. */
  takenByGet(queue: Queue, taken: QueuedMessage, noAck: boolean): number {
    const { message, sequence, redelivered } = taken
    const deliveryTag = ++this.#lastDeliveryTag
    const counts = this.countsOf(queue)
    if (redelivered) this.#countRedelivery(queue.counts, counts)
    const count = noAck ? 'gotNoAck' : 'got'
    this.counts[count]++
    queue.counts[count]++
    counts[count]++
    if (!noAck) this.unacked.push(new Delivery(deliveryTag, message, sequence, queue, null))
    return deliveryTag
  }

  /** A queue had nothing for `basic.get`. */
  gotNothing(queue: Queue): void {
    this.counts.gotEmpty++
    queue.counts.gotEmpty++
    this.countsOf(queue).gotEmpty++
  }

  /** What the channel has got from that queue. */
  countsOf(queue: Queue): QueueCounts {
    return this.context.vhost.pairs.delivered.of(this, queue)
  }

  #findCounts(consumer: ChannelConsumer): QueueCounts {
    consumer.counts = this.countsOf(consumer.queue)
    return consumer.counts
  }

  #countRedelivery(counts: QueueCounts, own: QueueCounts): void {
    this.counts.redelivered++
    counts.redelivered++
    own.redelivered++
  }

  consumerCancelled(consumer: ChannelConsumer): void {
    this.consumers.forget(consumer)
    // One that the client does not know of yet is cancelled when it does.
    if (consumer.isStarted) this.tellCancelled(consumer)
  }

  /** Tells the client that one of its consumers is no more. */
  tellCancelled({ consumerTag }: ChannelConsumer): void {
    if (!this.context.cancelNotify || this.#state === 'closing') return
    this.context.output.method(this.number, { id: BASIC_CANCEL, consumerTag, nowait: true })
  }

  /** Deliveries that were taken out of `unacked` go back to their queues, with their credit. */
  settle(deliveries: readonly Delivery[], settlement: Settlement): void {
    if (settlement === 'acknowledge') this.counts.acknowledged += deliveries.length
    const { limit } = this
    const hadCredit = limit.hasCredit
    for (const delivery of deliveries) if (delivery.consumer !== null) limit.unacked--
    settle(deliveries, settlement, this)
    // The channel's own limit may have kept any of its consumers waiting.
    if (!hadCredit) this.consumers.resumeWithinLimit()
  }

  /** Stops taking frames: our `channel.close` is out. */
  beginClosing(): void {
    this.#state = 'closing'
    this.end()
  }

  /** Gives up everything it holds: consumers first, that nothing comes back to them. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.confirms?.end()
    this.consumers.cancelAll()
    this.transaction?.rollback(this)
    const deliveries: Delivery[] = []
    this.unacked.takeAll(deliveries)
    this.settle(deliveries, 'requeue')
    this.context.vhost.counts.takeOver(this.counts)
    this.context.vhost.pairs.channelEnded(this)
  }

  /**
   * Moves messages that stay unacknowledged out of the chunks they were read in, which they would
   * keep alive. Called now and then: most are settled before it is their turn.
   */
  settleInUnacked(): void {
    if (this.unacked.length > 0) {
      const arena = new ByteArena()
      this.unacked.visitNew(this.#agedDeliveryTag, ({ message }) => message.settleIn(arena))
    }
    this.#agedDeliveryTag = this.#lastDeliveryTag
  }

  /** Throws 406, or cancels a consumer. */
  checkDeadlines(nowMs: number): void {
    if (this.#state === 'open') this.#deadlines.check(nowMs, this.#lastDeliveryTag)
  }

  /** The consumer is one no longer, and what it has not acknowledged goes to others. */
  takeBackFrom(consumer: ChannelConsumer): void {
    const { consumerTag } = consumer
    const deliveries = [...this.unacked].filter((delivery) => delivery.consumer === consumer)
    for (const { deliveryTag } of deliveries) this.unacked.take(deliveryTag)
    this.consumers.cancel(consumerTag)
    this.context.output.method(this.number, { id: BASIC_CANCEL, consumerTag, nowait: true })
    this.settle(deliveries, 'requeue')
  }

  selectConfirms(): void {
    const { output, messageLog } = this.context
    this.confirms ??= new Confirms(this.number, output, messageLog, this.counts)
  }

  selectTransaction(): void {
    this.transaction ??= new Transaction()
  }

  #onMethod(buffer: Buffer, start: number, end: number): void {
    this.methodId = end - start < METHOD_ID_BYTES ? 0 : buffer.readUInt32BE(start)
    const method = decodeMethod(buffer, start, end)
    this.#methodBuffer = buffer
    this.#argumentsStart = start + METHOD_ID_BYTES
    this.context.dispatch(this, method)
    // An idle channel must not keep alive the chunk that its last method came in.
    this.#methodBuffer = NO_BYTES
  }

  #onPublish(buffer: Buffer, start: number, end: number): void {
    this.methodId = BASIC_PUBLISH
    if (this.#request === null || !this.#request.equals(buffer, start, end)) {
      const { vhost, access } = this.context
      this.#request = vhost.findPublishRequest(access, buffer, start, end)
    }
    this.#expecting = 'header'
  }

  #onHeader(buffer: Buffer, start: number, end: number): void {
    if (end - start < CONTENT_HEADER_MIN_SIZE) throw new CodecError('content header too short')
    if (contentHeaderWeight(buffer, start) !== 0) throw expectedHeader(CLASS_BASIC)
    const classId = contentHeaderClassId(buffer, start)
    if (classId !== CLASS_BASIC) throw expectedHeaderOfClass(CLASS_BASIC, classId)
    const bodySize = contentHeaderBodySize(buffer, start)
    const { maxMessageSize } = this.context
    if (bodySize > maxMessageSize) throw messageTooLarge(bodySize, maxMessageSize)
    checkContentHeader(buffer, start, end)
    this.#content.begin(buffer, start, end, bodySize)
    if (bodySize === 0) this.#publish()
    else this.#expecting = 'body'
  }

  #publish(): void {
    this.#expecting = 'method'
    const request = this.#request as PublishRequest
    const message = this.#content.finish(request.address)
    if (this.transaction !== null) {
      this.transaction.publish(this.publisher.prepare(request, message))
      return
    }
    const outcome = this.publisher.publish(request, message)
    this.confirms?.published(outcome, this.publisher.exchangeCounts)
  }

  #onFrameWhileClosing(type: number, buffer: Buffer, start: number, end: number): void {
    if (type !== FRAME_METHOD) return
    this.methodId = decodeMethod(buffer, start, end).id
    const { output } = this.context
    if (this.methodId === CHANNEL_OPEN) throw channelAlreadyOpen()
    if (this.methodId === CHANNEL_CLOSE) output.method(this.number, { id: CHANNEL_CLOSE_OK })
    if (this.methodId === CHANNEL_CLOSE_OK) this.context.channelClosed(this)
  }
}
