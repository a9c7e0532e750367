import type { FieldTable } from 'amqp-codec'
import { uniqueName } from '../base/unique-name.ts'
import { expectedInteger, isInteger } from '../queue/arguments.ts'
import type { Queue } from '../queue/queue.ts'
import {
  consumerTagInUse,
  foreignQueueArgument,
  globalQosNotSupported,
  invalidQueueArgument,
  tooManyConsumers,
} from '../reasons.ts'
import { ChannelConsumer, type ConsumerChannel } from './channel-consumer.ts'

export interface ConsumeRequest {
  /** Found only after the tag was checked: the order that clients observe. Throws 404 and 405. */
  readonly queue: () => Queue
  /** Empty for one that the server makes up. */
  readonly consumerTag: string
  readonly noAck: boolean
  readonly exclusive: boolean
  readonly prefetchCount: number
  /** Whether the channel as a whole has a limit. */
  readonly isQosGlobal: boolean
  readonly arguments: FieldTable
}

export interface NewConsumer {
  readonly consumer: ChannelConsumer
  readonly accepted: Promise<void> | undefined
}

/** Hears of consumers that come and go. */
export type ConsumerNews = (
  name: 'consumer.created' | 'consumer.deleted',
  consumer: ChannelConsumer,
) => void

/** A channel's consumers by their tags. */
export class Consumers {
  readonly #channel: ConsumerChannel
  readonly #limit: number
  readonly #tell: ConsumerNews
  readonly #byTag = new Map<string, ChannelConsumer>()

  /** `limit` is how many there may be; 0 is no limit. */
  constructor(channel: ConsumerChannel, limit: number, tell: ConsumerNews = () => {}) {
    this.#channel = channel
    this.#limit = limit
    this.#tell = tell
  }

  /**
   * A consumer that gets nothing before `start`; it is to be waited for until it is the queue's, if there is
   * something to wait for. Throws 403 or 530, as that may be rejected with.
   */
  add(request: ConsumeRequest): NewConsumer {
    if (this.#limit > 0 && this.#byTag.size >= this.#limit) throw tooManyConsumers(this.#limit)
    const consumerTag = request.consumerTag || uniqueName('amq.ctag-')
    if (this.#byTag.has(consumerTag)) throw consumerTagInUse(consumerTag)
    const queue = request.queue()
    assertSuits(queue, request)
    const consumer = new ChannelConsumer(this.#channel, queue, {
      consumerTag,
      noAck: request.noAck,
      exclusive: request.exclusive,
      priority: priorityOf(request.arguments, queue),
      prefetchCount: request.prefetchCount,
      arguments: request.arguments,
    })
    const accepted = queue.consume(consumer, request.exclusive)
    this.#byTag.set(consumerTag, consumer)
    return { consumer, accepted }
  }

  /** The client knows of it. False when the queue has gone meanwhile. */
  start(consumer: ChannelConsumer): boolean {
    if (this.#byTag.get(consumer.consumerTag) !== consumer) return false
    this.#tell('consumer.created', consumer)
    consumer.start()
    return true
  }

  get size(): number {
    return this.#byTag.size
  }

  values(): IterableIterator<ChannelConsumer> {
    return this.#byTag.values()
  }

  /** The least time that deliveries of a queue may be unacknowledged which has a limit of its own. */
  get leastTimeoutMs(): number {
    let least = Number.POSITIVE_INFINITY
    for (const { queue } of this.#byTag.values()) {
      least = Math.min(least, queue.consumerTimeoutMs ?? least)
    }
    return least
  }

  /** Says whose it was. Cancelling one that is not there is fine. */
  cancel(consumerTag: string): Queue | undefined {
    const consumer = this.#byTag.get(consumerTag)
    if (consumer === undefined) return undefined
    this.#byTag.delete(consumerTag)
    consumer.queue.cancel(consumer)
    this.#tellDeleted(consumer)
    return consumer.queue
  }

  cancelAll(): void {
    for (const consumerTag of [...this.#byTag.keys()]) this.cancel(consumerTag)
  }

  /** The queue has let go of it already. */
  forget(consumer: ChannelConsumer): void {
    if (this.#byTag.delete(consumer.consumerTag)) this.#tellDeleted(consumer)
  }

  /** What kept them from taking more has gone. */
  resumeAll(): void {
    for (const consumer of this.#byTag.values()) consumer.queue.resume(consumer)
    this.#passTurn()
  }

  /** The channel's own limit has room again, for a few of them perhaps. */
  resumeWithinLimit(): void {
    for (const consumer of this.#byTag.values()) {
      if (!this.#channel.limit.hasCredit) break
      consumer.queue.resume(consumer)
    }
    this.#passTurn()
  }

  /** Nobody was told of one that has not been started. */
  #tellDeleted(consumer: ChannelConsumer): void {
    if (consumer.isStarted) this.#tell('consumer.deleted', consumer)
  }

  /** The first may take all the room there is, so next time it is another's turn. */
  #passTurn(): void {
    for (const [consumerTag, consumer] of this.#byTag) {
      this.#byTag.delete(consumerTag)
      this.#byTag.set(consumerTag, consumer)
      return
    }
  }
}

/** Arguments that only streams' consumers have. https://www.rabbitmq.com/docs/streams#consuming */
const STREAM_ARGUMENTS = ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered']

/** Whether a queue of that type can have such a consumer. Throws 406 and 540. */
function assertSuits(queue: Queue, request: ConsumeRequest): void {
  const { name, vhostName, type } = queue
  const isStream = type === 'stream'
  const foreign = STREAM_ARGUMENTS.find((argument) => request.arguments.has(argument))
  if (foreign !== undefined && !isStream) throw foreignQueueArgument(foreign, name, vhostName, type)
  // Of two mistakes, a stream names the other one.
  const isMistaken = isStream && (request.prefetchCount === 0 || request.noAck)
  if (!request.isQosGlobal || type === 'classic' || isMistaken) return
  throw globalQosNotSupported(name, vhostName)
}

/** Throws 406. https://www.rabbitmq.com/docs/consumer-priority */
function priorityOf(consumeArguments: FieldTable, queue: Queue): number {
  const value = consumeArguments.get('x-priority')
  if (value === undefined) return 0
  if (isInteger(value)) return Number(value.value)
  throw invalidQueueArgument('x-priority', queue.name, queue.vhostName, expectedInteger(value))
}
