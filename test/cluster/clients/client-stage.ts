import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { NatsCluster } from '../../../scripts/nats/nats-cluster.ts'
import { Random } from '../../crash/traffic/random.ts'
import { ask } from '../support/ask.ts'
import { addServersAddress, NodeNetwork, serversAddress } from '../support/node-network.ts'
import { NodeProcess } from '../support/node-process.ts'
import { NodeClients, STREAM_ARGUMENTS } from './node-clients.ts'
import { QueueBook } from './queue-book.ts'
import { StreamBook } from './stream-book.ts'
import { StreamConsumer } from './stream-consumer.ts'
import { Violations } from './violations.ts'

const NODES = 3
const SHARDS = '6'
const TICK_MS = 25
const POLL_MS = 50
/** Longer than anything may take of which the cluster recovers by itself. */
const PATIENCE_MS = 60_000
/** How many confirms of each publisher count as progress. */
const PROGRESS = 5

/** Of the shared queues, what they are declared with. */
const QUEUES: Readonly<Record<string, object>> = {
  first: {},
  second: {},
  quorum: { 'x-queue-type': 'quorum' },
  priorities: { 'x-max-priority': 3 },
}
const STREAM = 'stream'

export interface StageOptions {
  readonly seed: number
  /** Each node is in a network of its own, so that it can be cut off. */
  readonly isCuttable: boolean
}

/** A broker and its clients. */
export interface StageNode {
  readonly name: string
  readonly broker: NodeProcess
  readonly clients: NodeClients
  readonly network: NodeNetwork | undefined
}

/** Three NATS servers, three brokers, clients of all of them, and what these may expect. */
export class ClientStage {
  readonly nats: NatsCluster
  readonly nodes: readonly StageNode[]
  readonly violations: Violations
  readonly #directory: string
  readonly #books: readonly QueueBook[]
  readonly #stream: StreamBook
  readonly #removeAddress: () => void
  #isPeace = false
  #ticking: NodeJS.Timeout | undefined

  static async build({ seed, isCuttable }: StageOptions): Promise<ClientStage> {
    const random = new Random(seed)
    const directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
    const lan = process.pid % 256
    const removeAddress = isCuttable ? addServersAddress(lan) : () => {}
    const access = { user: 'test', password: 'test', directory }
    const host = isCuttable ? { host: serversAddress(lan) } : {}
    const nats = await NatsCluster.start({ ...access, ...host })
    const prefix = `test-${randomUUID()}`
    const brokers = await Promise.all(
      Array.from({ length: NODES }, async (_, index) => {
        const network = isCuttable ? new NodeNetwork(lan, index) : undefined
        const name = `n${index + 1}`
        const place = { name, servers: nats.urls, prefix, args: ['--cluster-shards', SHARDS] }
        const log = join(directory, `${name}.log`)
        return NodeProcess.create({ ...place, log, ...(network && { network }) })
      }),
    )
    const stage = new ClientStage({ directory, nats, brokers, random, removeAddress })
    await Promise.all(brokers.map((broker) => broker.start()))
    await stage.#declare()
    for (const { clients, broker } of stage.nodes) await clients.open(broker.url)
    stage.#tick()
    await stage.calm()
    return stage
  }

  private constructor({ directory, nats, brokers, random, removeAddress }: StageParts) {
    this.nats = nats
    this.#directory = directory
    this.#removeAddress = removeAddress
    this.violations = new Violations()
    const { add } = this.violations
    this.#books = Object.keys(QUEUES).map((queue) => new QueueBook(queue, add))
    this.#stream = new StreamBook(STREAM, add)
    const scene = {
      books: this.#books,
      prioritized: this.#books.find(({ queue }) => queue === 'priorities') as QueueBook,
      stream: this.#stream,
      violations: this.violations,
      random,
      isPeace: () => this.#isPeace,
    }
    this.nodes = brokers.map((broker) => ({
      name: broker.name,
      broker,
      network: broker.network,
      clients: new NodeClients(broker.name, scene),
    }))
  }

  get directory(): string {
    return this.#directory
  }

  /** All that was counted, of the queues that all nodes use. */
  get counts(): Record<string, number> {
    const sums: Record<string, number> = {}
    for (const { counts } of this.#books) {
      for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count
    }
    return { ...sums, streamed: this.#stream.confirmedCount }
  }

  /** Something is going to be done, from which clients cannot tell what is stored. */
  endPeace(scene: string): void {
    this.#isPeace = false
    for (const book of this.#books) book.endPeace()
    this.violations.scene = scene
    this.takeLongestGapMs()
  }

  /** Of the clients of these nodes, since it was asked for last. */
  takeLongestGapMs(nodes: readonly StageNode[] = this.nodes): number {
    const publishers = nodes.flatMap(({ clients }) => clients.publishers)
    return Math.max(0, ...publishers.map((publisher) => publisher.takeLongestGapMs()))
  }

  /** Resolves when publishers of these nodes have had more confirms, for each queue. */
  async progress(nodes: readonly StageNode[] = this.nodes): Promise<void> {
    const publishers = nodes.flatMap(({ clients }) => clients.publishers)
    const wanted = publishers.map(({ sentCount }) => sentCount + PROGRESS)
    await this.until('publishers get no confirms', () =>
      publishers.every(({ confirmedCount }, at) => confirmedCount >= (wanted[at] ?? 0)),
    )
  }

  /** Resolves when the cluster is over all that was done to it. */
  async calm(): Promise<void> {
    await this.until('the cluster does not come to rest', () => this.#isAtRest())
    for (const { clients } of this.nodes) clients.trust()
    await this.progress()
    this.#isPeace = true
  }

  /** Sees to it that clients can tell what of their doings is stored. */
  async settle(): Promise<void> {
    const before = await this.#epochs()
    const moments = this.#books.map((book) => book.moment())
    await Promise.all(this.nodes.map(({ clients }) => clients.flush()))
    await this.progress()
    if ((await this.#epochs()) === before) for (const stored of moments) stored()
    const privates = this.#privateBooks.map((book) => book.confirmedUntilNow())
    await this.until('messages do not come to exclusive queues', () =>
      privates.every((haveCome) => haveCome()),
    )
  }

  /** Ends all traffic in an orderly way, and sees whether everything has come. */
  async check(): Promise<void> {
    this.violations.scene = 'after the last fault'
    for (const { clients } of this.nodes) clients.stopPublishing()
    await this.until('some publishes are never confirmed', () =>
      this.nodes.every(({ clients }) => clients.openCount === 0),
    )
    for (const { clients } of this.nodes) clients.makeHasty()
    const isEmpty = async (): Promise<boolean> => {
      const counts = await Promise.all(this.#books.map(({ queue }) => this.#count(queue)))
      return counts.every((count) => count === 0)
    }
    await this.until('queues do not come to be empty', isEmpty)
    for (const book of [...this.#books, ...this.#privateBooks]) book.emptied()
    await this.until('streams are not read to their end', () => this.#areStreamsRead())
    for (const { clients } of this.nodes) this.#stream.ended(clients.reader)
    await this.#readStream()
    this.violations.assertNone()
  }

  async clear(): Promise<void> {
    clearInterval(this.#ticking)
    for (const { clients, broker } of this.nodes) {
      clients.expectEnd()
      await broker.kill()
    }
    await this.nats.stop('SIGKILL')
    this.#removeAddress()
    rmSync(this.#directory, { recursive: true })
  }

  async until(complaint: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const untilMs = performance.now() + PATIENCE_MS
    while (!(await isSo())) {
      if (performance.now() > untilMs) throw new Error(`${complaint} (${this.violations.scene})`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  get #privateBooks(): QueueBook[] {
    return this.nodes.flatMap(({ clients: { privateBook } }) => privateBook ?? [])
  }

  #tick(): void {
    this.#ticking = setInterval(() => {
      const books = this.#privateBooks
      for (const { clients } of this.nodes) clients.look(performance.now(), books)
    }, TICK_MS)
  }

  async #declare(): Promise<void> {
    const [first] = this.nodes
    if (first === undefined) throw new Error('there is no node')
    const connection = await amqplib.connect(first.broker.url)
    const channel = await connection.createChannel()
    for (const [queue, args] of [...Object.entries(QUEUES), [STREAM, STREAM_ARGUMENTS] as const]) {
      await channel.assertQueue(queue, { durable: true, arguments: args })
    }
    await connection.close()
  }

  async #isAtRest(): Promise<boolean> {
    const views = await Promise.all(this.nodes.map((node) => this.#viewOf(node)))
    return views.every((view) => view !== undefined && view === views[0])
  }

  /** The shards as a node sees them; undefined while anything is under way. */
  async #viewOf({ broker }: StageNode): Promise<string | undefined> {
    try {
      const [{ json: nodes }, { json: shards }] = await Promise.all([
        ask(broker, '/nodes'),
        ask(broker, '/cluster/shards'),
      ])
      const isWhole =
        nodes.length === NODES &&
        nodes.every(({ running }: { running: boolean }) => running) &&
        shards.every(({ state, target }: ShownShard) => state === 'serving' && target == null)
      return isWhole
        ? shards.map(({ epoch, owner }: ShownShard) => `${owner} ${epoch}`).join()
        : undefined
    } catch {
      return undefined
    }
  }

  async #epochs(): Promise<string | undefined> {
    return this.#viewOf(this.nodes[0] as StageNode)
  }

  /** All messages of a queue, as its owner has them. */
  async #count(queue: string): Promise<number> {
    const { json } = await ask((this.nodes[0] as StageNode).broker, `/queues/%2F/${queue}`)
    return json.messages
  }

  #areStreamsRead(): boolean {
    return this.nodes.every(({ clients }) => this.#stream.isComplete(clients.reader))
  }

  /** Somebody who was not there meanwhile finds the same in the stream. */
  async #readStream(): Promise<void> {
    const connection = await amqplib.connect((this.nodes[1] as StageNode).broker.url)
    const reader = this.#stream.reader('a late reader')
    const channel = await connection.createConfirmChannel()
    await StreamConsumer.start(channel, STREAM, reader, () => {})
    await this.until('the stream is not read again', () => this.#stream.isComplete(reader))
    this.#stream.ended(reader)
    await connection.close()
  }
}

interface StageParts {
  readonly directory: string
  readonly nats: NatsCluster
  readonly brokers: readonly NodeProcess[]
  readonly random: Random
  readonly removeAddress: () => void
}

interface ShownShard {
  readonly owner: string
  readonly epoch: number
  readonly state: string
  readonly target: string | null
}
