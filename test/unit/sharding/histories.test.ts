// Random histories of a small cluster: its nodes publish and consume while owners move, are late to
// know, or die, in bad weather. Each seed is a history of its own, and a failure names it.

import { fieldTableFromObject } from 'amqp-codec'
import { expect, it } from 'vitest'
import { ACCEPTED, type PublishOutcome } from '../../../src/exchange/destination.ts'
import type { Message } from '../../../src/message/message.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { type RandomNumber, randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import {
  type ExchangeSpec,
  type QueueSpec,
  SimulatedCluster,
  type SimulatedNode,
} from './support/simulated-cluster.ts'

const deadLettersTo = (queue: string) => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
})

const NAMES = ['a', 'b', 'c']
const SHARDS = 2
const QUEUES: readonly QueueSpec[] = [
  { id: 10, name: 'q1', shard: 0 },
  { id: 20, name: 'q2', shard: 1 },
  {
    id: 30,
    name: 'q3',
    shard: 0,
    arguments: new Map([['x-max-priority', { type: 'I', value: 3 }]]),
  },
  {
    id: 40,
    name: 'q4',
    shard: 1,
    arguments: new Map([['x-queue-type', { type: 'S', value: 'quorum' }]]),
  },
  // What dies in these comes to the first two, of which one is in the other shard.
  {
    id: 50,
    name: 'q5',
    shard: 0,
    arguments: fieldTableFromObject({ ...deadLettersTo('q2'), 'x-message-ttl': 100 }),
  },
  {
    id: 60,
    name: 'q6',
    shard: 1,
    arguments: fieldTableFromObject({ ...deadLettersTo('q1'), 'x-max-length': 3 }),
  },
]
const EXCHANGES: readonly ExchangeSpec[] = [{ id: 70, name: 'later', shard: 1 }]
const MAX_DELAY_MS = 200
/** Those whose messages come to another queue when they die. */
const MORTAL = new Set(['q5', 'q6'])
const STORM = { loss: 0.02, repetition: 0.05, delay: 0.2, maxDelayMs: 60 }
const FAIR = { loss: 0, repetition: 0, delay: 0, maxDelayMs: 0 }
const STEPS = 120

interface Consuming {
  readonly node: SimulatedNode
  readonly queue: string
  readonly consumer: RecordingConsumer
}

class History {
  readonly random: RandomNumber
  readonly cluster: SimulatedCluster
  readonly confirmed = new Set<string>()
  readonly published = new Set<string>()
  /** Settled for good by somebody. */
  readonly acknowledged = new Set<string>()
  consuming: Consuming[] = []
  readonly #ended: RecordingConsumer[] = []
  readonly #automatic: RecordingConsumer[] = []
  #count = 0
  #silentUntilMs = 0

  constructor(seed: number) {
    this.random = randomNumbers(seed)
    this.cluster = new SimulatedCluster(this.random, SHARDS)
    for (const name of NAMES) this.cluster.start(name, QUEUES, EXCHANGES)
    for (let shard = 0; shard < SHARDS; shard++) this.cluster.give(shard, this.#pick(NAMES))
  }

  /** Whether some client has got it for good. */
  isDone(body: string): boolean {
    return (
      this.acknowledged.has(body) || this.#automatic.some(({ bodies }) => bodies.includes(body))
    )
  }

  async run(): Promise<void> {
    this.cluster.traffic.weather = STORM
    for (let step = 0; step < STEPS; step++) {
      this.#step()
      this.#endSilence(this.#silentUntilMs)
      await this.cluster.pass(Math.ceil(this.random() * 40))
    }
    this.cluster.traffic.weather = FAIR
    this.#endSilence(0)
    await this.#drain()
  }

  /** Everybody there, all publishes known, all queues empty. */
  async #drain(): Promise<void> {
    for (const name of NAMES) {
      if (!this.cluster.nodes.has(name)) this.cluster.start(name, QUEUES, EXCHANGES)
      else if (!this.cluster.map.nodes.has(name)) this.cluster.rejoin(name)
    }
    for (let shard = 0; shard < SHARDS; shard++) this.cluster.give(shard, this.#pick(NAMES))
    for (const { name } of QUEUES) this.#consume(this.#node('a'), name, 0)
    const node = this.#node('a')
    const isEmpty = (): boolean => {
      for (const one of this.consuming) this.#acknowledge(one, one.consumer.unsettled.length)
      return QUEUES.every(({ name }) => {
        const queue = node.queue(name)
        const delayedCount = node.vhost.delays.countOf(queue)
        return queue.readyCount === 0 && queue.unackedCount === 0 && delayedCount === 0
      })
    }
    for (const round of [1, 2]) {
      await this.cluster.pass(3000)
      await this.cluster.until(isEmpty, `all queues are empty, the ${round}. time`)
    }
  }

  #step(): void {
    const dice = this.random()
    if (dice < 0.45) this.#publish()
    else if (dice < 0.7) this.#settle()
    else if (dice < 0.8) this.#consume(this.#anyNode(), this.#pick(QUEUES).name, 5)
    else if (dice < 0.86) this.#cancel()
    else if (dice < 0.93) this.#move()
    else if (dice < 0.95) this.#kill()
    else if (dice < 0.96) this.#startAgain()
    else if (dice < 0.97) this.#buryOrRejoin()
    else if (dice < 0.98) this.#silence()
    else this.#get(dice < 0.99)
  }

  #publish(): void {
    const node = this.#anyNode()
    const { tickets } = node.sharding
    const count = 1 + Math.floor(this.random() * 8)
    for (let index = 0; index < count; index++) {
      const { name } = this.#pick(QUEUES)
      const body = `${name} ${++this.#count}`
      const priority = Math.floor(this.random() * 4)
      const headers = fieldTableFromObject({ 'x-delay': this.#delay() })
      const properties = { deliveryMode: 2, priority, headers }
      const message = sampleMessage(body, { exchange: 'later', routingKey: name, properties })
      this.published.add(body)
      const ticket = this.#publishTo(node, name, message)
      const stored = (known: number): void => {
        if (tickets.outcomeOf(known) === ACCEPTED) this.confirmed.add(body)
      }
      tickets.listen({ stored }, ticket)
    }
  }

  /** At once, or later to the queue itself or to an exchange. */
  #publishTo(node: SimulatedNode, name: string, message: Message): PublishOutcome {
    const queue = node.queue(name)
    const dice = this.random()
    if (dice < 0.1) return node.vhost.delays.delay(queue, message, this.#delay())
    if (dice < 0.2) return node.publishDelayed('later', message)
    return queue.publish(message)
  }

  #delay(): number {
    return 1 + Math.floor(this.random() * MAX_DELAY_MS)
  }

  #consume(node: SimulatedNode, queue: string, prefetchCount: number): void {
    const consumer = new RecordingConsumer({ prefetchCount, noAck: this.random() < 0.2 })
    this.consuming.push({ node, queue, consumer })
    if (consumer.noAck) this.#automatic.push(consumer)
    node
      .queue(queue)
      .consume(consumer, false)
      ?.catch(() => {})
  }

  #settle(): void {
    const one = this.#pick(this.consuming)
    if (one === undefined) return
    const count = Math.floor(this.random() * 6)
    const queue = one.node.queue(one.queue)
    const dice = this.random()
    if (dice < 0.2) one.consumer.settle(queue, 'requeue', count)
    else if (dice < 0.4 && MORTAL.has(one.queue)) one.consumer.settle(queue, 'reject', count)
    else this.#acknowledge(one, count)
  }

  #acknowledge({ node, queue, consumer }: Consuming, count: number): void {
    const settled = consumer.settle(node.queue(queue), 'acknowledge', count)
    for (const { body } of settled) this.acknowledged.add(body)
  }

  #cancel(): void {
    const one = this.#pick(this.consuming)
    if (one === undefined) return
    this.consuming = this.consuming.filter((other) => other !== one)
    this.#ended.push(one.consumer)
    const queue = one.node.queue(one.queue)
    queue.cancel(one.consumer)
    one.consumer.settle(queue, 'requeue', one.consumer.unsettled.length)
  }

  #get(noAck: boolean): void {
    const node = this.#anyNode()
    const queue = node.queue(this.#pick(QUEUES).name)
    void Promise.resolve(queue.get(noAck)).then((taken) => {
      if (taken === undefined) return
      if (noAck) this.acknowledged.add(bodyOf(taken.message).toString())
      else queue.requeue([taken])
    })
  }

  #move(): void {
    const shard = Math.floor(this.random() * SHARDS)
    const name = this.#anyMember()
    const dice = this.random()
    if (dice < 0.4) this.cluster.handOver(shard, name)
    else this.cluster.give(shard, name, dice < 0.7)
  }

  #kill(): void {
    if (this.cluster.map.nodes.size < 2) return
    const { name } = this.#anyNode()
    this.consuming = this.consuming.filter(({ node }) => node.name !== name)
    this.cluster.kill(name)
    this.#giveOrphans()
  }

  #giveOrphans(): void {
    for (const [shard, { owner }] of this.cluster.map.shards.entries()) {
      if (owner === null) this.cluster.give(shard, this.#anyMember())
    }
  }

  /** A node that the others take for dead, though it is not, comes back some time. */
  #buryOrRejoin(): void {
    const { nodes, map } = this.cluster
    const buried = [...nodes.keys()].find((name) => !map.nodes.has(name))
    if (buried !== undefined) this.cluster.rejoin(buried)
    else if (map.nodes.size > 1) this.cluster.bury(this.#anyMember())
    this.#giveOrphans()
  }

  /** What is sent there reaches nobody for a while. */
  #silence(): void {
    const prefix = this.#pick(['f.', 's.0.', 's.1.'])
    this.cluster.traffic.isDeaf = (address) => address.startsWith(prefix)
    this.#silentUntilMs = this.cluster.clock.now() + 100 + this.random() * 1500
  }

  #endSilence(whenMs: number): void {
    if (this.cluster.clock.now() >= whenMs) this.cluster.traffic.isDeaf = () => false
  }

  #startAgain(): void {
    const missing = NAMES.filter((name) => !this.cluster.nodes.has(name))
    if (missing.length > 0) this.cluster.start(this.#pick(missing), QUEUES, EXCHANGES)
  }

  #node(name: string): SimulatedNode {
    return this.cluster.nodes.get(name) as SimulatedNode
  }

  /** One that the others do not take for dead. */
  #anyMember(): string {
    return this.#pick([...this.cluster.map.nodes.keys()])
  }

  #anyNode(): SimulatedNode {
    return this.#pick([...this.cluster.nodes.values()])
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item
  }
}

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

it.each(SEEDS)('nothing that was confirmed is lost in history %i', async (seed) => {
  const history = new History(seed)
  await history.run()
  history.cluster.close()
  const lost = [...history.confirmed].filter((body) => !history.isDone(body))
  expect(lost).toEqual([])
  expect(history.confirmed.size).toBeGreaterThan(0)
})
