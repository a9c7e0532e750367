import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import type { Random } from '../../crash/traffic/random.ts'
import { openChannel } from './client-channel.ts'
import { Consumer } from './consumer.ts'
import { Publisher, type PublisherBook, type Sent } from './publisher.ts'
import { QueueBook } from './queue-book.ts'
import type { StreamBook, StreamReader } from './stream-book.ts'
import { StreamConsumer } from './stream-consumer.ts'
import type { Violations } from './violations.ts'

/** What the clients of all nodes do together. */
export interface Scene {
  readonly books: readonly QueueBook[]
  readonly prioritized: QueueBook
  readonly stream: StreamBook
  readonly violations: Violations
  readonly random: Random
  readonly isPeace: () => boolean
}

/** An exclusive queue, while it and its consumer are there. */
interface Private {
  readonly book: QueueBook
  readonly consumer: Consumer
}

const PRIORITIES = 3
/** How long it waits before it tries again to declare something. */
const AGAIN_MS = 100
export const STREAM_ARGUMENTS = { 'x-queue-type': 'stream' }

/** The clients of one node: a connection that publishes to all queues and one that consumes from all. */
export class NodeClients {
  readonly node: string
  readonly #scene: Scene
  readonly #reader: StreamReader
  #life = 0
  #connections: ChannelModel[] = []
  #publishing: ConfirmChannel | undefined
  #publishers: Publisher[] = []
  #toPrivate = new Map<QueueBook, Publisher>()
  #consumers: Consumer[] = []
  #private: Private | undefined
  /** The node is being killed or stopped: what ends now has to. */
  #mayEnd = true
  #isPublishing = true

  constructor(node: string, scene: Scene) {
    this.node = node
    this.#scene = scene
    this.#reader = scene.stream.reader(`the reader on ${node}`)
  }

  get isOpen(): boolean {
    return this.#connections.length > 0
  }

  get publishers(): readonly Publisher[] {
    return this.#publishers
  }

  get reader(): StreamReader {
    return this.#reader
  }

  /** Its own exclusive queue, as long as it is there. */
  get privateBook(): QueueBook | undefined {
    return this.#private?.book
  }

  async open(url: string): Promise<void> {
    this.#life++
    const { books, prioritized, stream } = this.#scene
    const [publishing, consuming] = [await this.#connect(url), await this.#connect(url)]
    this.#mayEnd = false
    this.#connections = [publishing, consuming]
    for (const book of books) {
      const channel = await this.#channel(publishing)
      const priorities = book === prioritized ? PRIORITIES : 1
      const { queue } = book
      this.#publishers.push(
        new Publisher({
          name: this.#name,
          queue,
          channel,
          priorities,
          book: this.#accountOf(book),
        }),
      )
      this.#consumers.push(await this.#consume(consuming, book))
    }
    const channel = await this.#channel(publishing)
    const book = this.#accountOfStream(stream)
    this.#publishers.push(new Publisher({ name: this.#name, queue: stream.queue, channel, book }))
    await StreamConsumer.start(await this.#channel(consuming), stream.queue, this.#reader, () =>
      this.#wrong('cancelled', 'its stream consumer'),
    )
    this.#publishing = await this.#channel(publishing)
    await this.#openPrivate(consuming)
  }

  /** One more message to each queue, and to each exclusive queue of all nodes. */
  look(nowMs: number, privateBooks: readonly QueueBook[]): void {
    if (!this.isOpen || this.#mayEnd) return
    for (const consumer of this.#allConsumers) consumer.look(nowMs)
    if (!this.#isPublishing) return
    for (const publisher of this.#publishers) publisher.publish()
    for (const book of privateBooks) this.#publisherTo(book)?.publish()
  }

  stopPublishing(): void {
    this.#isPublishing = false
  }

  /** How many publishes wait for their confirms. */
  get openCount(): number {
    const all = [...this.#publishers, ...this.#toPrivate.values()]
    return all.reduce((sum, { openCount }) => sum + openCount, 0)
  }

  /** Somebody is about to end the node. */
  expectEnd(): void {
    this.#mayEnd = true
  }

  /** The node has ended, and its clients with it. */
  lost(): void {
    for (const consumer of this.#allConsumers) consumer.lost()
    this.#connections = []
    this.#publishers = []
    this.#toPrivate = new Map()
    this.#consumers = []
    this.#private = undefined
    this.#publishing = undefined
  }

  /** The node, or this node's way to the others, is being hurt: others may take it for dead. */
  doubt(): void {
    for (const { holder } of this.#allConsumers) holder.isDoubtful = true
  }

  /** That is over. What is held from then is settled, since others may have it. */
  trust(): void {
    for (const consumer of this.#allConsumers) {
      if (!consumer.holder.isDoubtful) continue
      consumer.ackAll()
      consumer.holder.isDoubtful = false
      consumer.holder.last.clear()
    }
  }

  makeHasty(): void {
    for (const consumer of this.#allConsumers) consumer.makeHasty()
  }

  async flush(): Promise<void> {
    await Promise.all(this.#allConsumers.map((consumer) => consumer.flush()))
  }

  async close(): Promise<void> {
    this.#mayEnd = true
    for (const connection of this.#connections) await connection.close()
    this.lost()
  }

  get #name(): string {
    return `${this.node}-${this.#life}`
  }

  get #allConsumers(): Consumer[] {
    return this.#private === undefined
      ? this.#consumers
      : [...this.#consumers, this.#private.consumer]
  }

  async #connect(url: string): Promise<ChannelModel> {
    const connection = await amqplib.connect(`${url}?heartbeat=0`)
    connection.on('error', (error) => this.#ended(`a connection: ${error}`))
    connection.on('close', () => this.#ended('a connection was closed'))
    return connection
  }

  #channel(connection: ChannelModel): Promise<ConfirmChannel> {
    return openChannel(connection, (reason) => this.#ended(`a channel: ${reason}`))
  }

  #ended(text: string): void {
    if (this.#mayEnd) return
    // Its other connection, and its channels, are of no use any more either.
    this.#mayEnd = true
    this.#wrong('closed', text)
  }

  #wrong(rule: 'closed' | 'cancelled' | 'refused', text: string): void {
    this.#scene.violations.add({ rule, queue: `a client of ${this.#name}`, text })
  }

  async #consume(connection: ChannelModel, book: QueueBook): Promise<Consumer> {
    const { random, isPeace } = this.#scene
    return Consumer.start({
      name: `${this.#name}'s consumer`,
      channel: await this.#channel(connection),
      book,
      random: random.fork(),
      isPeace,
      onCancelled: () => this.#wrong('cancelled', `its consumer of ${book.queue}`),
    })
  }

  /** Declares an exclusive queue and consumes it; when that is lost, another one. */
  async #openPrivate(connection: ChannelModel): Promise<void> {
    const { violations, random, isPeace } = this.#scene
    let isRefused = false
    const ended = (reason: string): void => {
      // Nobody can have one as long as the others take its node for dead: it may be gone before it is consumed.
      isRefused ||= reason.includes('cannot be stored') || reason.includes("no queue 'amq.gen-")
      if (!isRefused) this.#ended(`a channel: ${reason}`)
    }
    const channel = await openChannel(connection, ended)
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const book = new QueueBook(queue, violations.add)
    const consumer = await Consumer.start({
      ...{ name: `${this.#name}'s own consumer`, channel, book, isPeace, random: random.fork() },
      onCancelled: () => this.#privateLost(connection, consumer),
    })
    this.#private = { book, consumer }
  }

  #privateLost(connection: ChannelModel, consumer: Consumer): void {
    // Only who may have been taken for dead may lose it.
    if (!consumer.holder.isDoubtful) this.#wrong('cancelled', 'its exclusive one')
    consumer.lost()
    this.#private = undefined
    void this.#openPrivateAgain(connection, this.#life)
  }

  async #openPrivateAgain(connection: ChannelModel, life: number): Promise<void> {
    while (this.#life === life && !this.#mayEnd) {
      try {
        await this.#openPrivate(connection)
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  #publisherTo(book: QueueBook): Publisher | undefined {
    const known = this.#toPrivate.get(book)
    if (known !== undefined || this.#publishing === undefined) return known
    const publisher = new Publisher({
      ...{ name: this.#name, queue: book.queue, channel: this.#publishing },
      book: this.#accountOf(book),
    })
    this.#toPrivate.set(book, publisher)
    return publisher
  }

  #accountOf(book: QueueBook): PublisherBook {
    return {
      sent: (lane, number): Sent => {
        const entry = book.sent(lane, number)
        return {
          confirmed: () => book.confirmed(entry),
          refused: () => this.#refused(book.queue),
        }
      },
    }
  }

  #accountOfStream(book: StreamBook): PublisherBook {
    return {
      sent: (lane, number): Sent => ({
        confirmed: () => book.confirmed(lane, number),
        refused: () => this.#refused(book.queue),
      }),
    }
  }

  /** Also what waits for a confirm when its connection ends is told so. */
  #refused(queue: string): void {
    if (!this.#mayEnd) this.#wrong('refused', `a publish to ${queue}`)
  }
}
