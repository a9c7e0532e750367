import { CHANNEL_OPEN, CHANNEL_OPEN_OK, decodeMethod, FRAME_METHOD } from 'amqp-codec'
import type { User } from '../auth/user.ts'
import { Channel, type ChannelContext } from '../channel/channel.ts'
import type { Queue } from '../queue/queue.ts'
import { whenAllTold } from '../queue/when-all-told.ts'
import { channelNotOpen, tooManyChannels, unexpectedContent, userChannelLimit } from '../reasons.ts'

/** What a connection gives its channels; the table adds what it does itself. */
export interface ChannelTableContext extends Omit<ChannelContext, 'channelClosed'> {
  /** Who opens them, and is counted. */
  readonly user: User
}

/** A running connection's channels: opens them, and gives each its frames. */
export class ChannelTable {
  readonly #context: ChannelContext
  readonly #user: User
  readonly #channelMax: number
  readonly #channels = new Map<number, Channel>()
  /** The channel that the last frame was for; the next one mostly is too. */
  #last: Channel | undefined

  /** `channelMax` is how many may be open; 0 is no limit. */
  constructor(channelMax: number, context: ChannelTableContext) {
    this.#channelMax = channelMax
    this.#user = context.user
    this.#context = { ...context, channelClosed: (channel) => this.#release(channel) }
  }

  get size(): number {
    return this.#channels.size
  }

  values(): IterableIterator<Channel> {
    return this.#channels.values()
  }

  find(number: number): Channel | undefined {
    if (this.#last !== undefined && this.#last.number === number) return this.#last
    const channel = this.#channels.get(number)
    if (channel !== undefined) this.#last = channel
    return channel
  }

  /**
   * A method, header or body frame on any channel but 0. Throws what ends the channel or the
   * connection.
   */
  onFrame(type: number, number: number, buffer: Buffer, start: number, end: number): void {
    const channel = this.find(number)
    if (channel !== undefined) {
      channel.onFrame(type, buffer, start, end)
      return
    }
    if (type !== FRAME_METHOD) throw unexpectedContent()
    if (decodeMethod(buffer, start, end).id !== CHANNEL_OPEN) throw channelNotOpen()
    this.#open(number)
  }

  /**
   * The connection goes: every channel gives up what it holds. Resolves when it is back in the queues;
   * undefined when it is.
   */
  endAll(): Promise<void> | undefined {
    const queues = new Set<Queue>()
    for (const channel of this.#channels.values()) {
      for (const queue of channel.queuesInUse) queues.add(queue)
    }
    // What one channel gives back must not go to a consumer of another that is about to go too.
    for (const channel of this.#channels.values()) channel.consumers.cancelAll()
    for (const channel of this.#channels.values()) {
      channel.end()
      this.#tell('channel.closed', channel)
    }
    this.#user.channelCount -= this.#channels.size
    this.#channels.clear()
    this.#last = undefined
    return whenAllTold(queues)
  }

  /** Looks after what channels hold for a while. `fail` gets what ends one of them. */
  tick(nowMs: number, fail: (thrown: unknown, channelNumber: number) => void): void {
    for (const channel of this.#channels.values()) {
      channel.settleInUnacked()
      try {
        channel.checkDeadlines(nowMs)
      } catch (thrown) {
        fail(thrown, channel.number)
      }
    }
  }

  /** There is room for output. The first may take it all, so next time it is another's turn. */
  resumeConsumers(): void {
    const channels = [...this.#channels.values()]
    for (const channel of channels) channel.consumers.resumeAll()
    const [first] = channels
    if (first === undefined || !this.#channels.delete(first.number)) return
    this.#channels.set(first.number, first)
  }

  /** RabbitMQ counts open channels: their numbers may be larger than the limit. */
  #open(number: number): void {
    const { size } = this.#channels
    if (this.#channelMax > 0 && size >= this.#channelMax) {
      throw tooManyChannels(size, this.#channelMax)
    }
    const { name, channelCount, channelLimit } = this.#user
    if (channelCount >= channelLimit) throw userChannelLimit(name, channelLimit)
    this.#user.channelCount++
    const channel = new Channel(number, this.#context)
    this.#channels.set(number, channel)
    this.#tell('channel.created', channel)
    this.#context.output.method(number, { id: CHANNEL_OPEN_OK, reserved1: Buffer.alloc(0) })
  }

  #release(channel: Channel): void {
    if (this.#channels.delete(channel.number)) {
      this.#user.channelCount--
      this.#tell('channel.closed', channel)
    }
    this.#last = undefined
  }

  #tell(name: 'channel.created' | 'channel.closed', { number }: Channel): void {
    const { vhost, link } = this.#context
    vhost.happenings.tell(name, () => ({
      name: `${link.name} (${number})`,
      number,
      connection: link.name,
      user: this.#user.name,
      vhost: vhost.name,
    }))
  }
}
