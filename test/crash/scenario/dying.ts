// Messages that die in one queue and are to be found in another, on a broker that is killed meanwhile.

import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  fieldTableFromObject,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import type { CrashBroker, RunningBroker } from '../broker/crash-broker.ts'
import { readBody } from '../client/body.ts'
import { Client } from '../client/client.ts'
import { Fuse } from '../fuse.ts'
import { send } from '../traffic/publishing.ts'
import type { Random } from '../traffic/random.ts'
import { Registry } from './registry.ts'

/** They die there by being rejected, of old age, and by being too many. */
const WORK = 'work'
const DEAD = 'dead'
const ROUTE = { exchange: '', routingKey: WORK, queues: [WORK] }
const WORK_ARGUMENTS = fieldTableFromObject({
  'x-message-ttl': 100,
  'x-max-length': 2000,
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': DEAD,
})
const WINDOW = 300
const QUOTA = 5000
const PREFETCH = 200
const PATIENCE_MS = 20

export class Dying {
  readonly registry: Registry = new Registry()
  readonly #broker: CrashBroker
  readonly #random: Random

  constructor(broker: CrashBroker, random: Random) {
    this.#broker = broker
    this.#random = random
  }

  /** Publishes, acks and rejects, and kills the broker after so many answers and deliveries. */
  async round(events: number): Promise<void> {
    const broker = await this.#broker.start()
    const client = await this.#open(broker)
    const fuse = new Fuse(events, () => void broker.kill())
    const gone = client.ended
    try {
      await this.#consume(client, 2, WORK, () => fuse.event())
      await this.#consume(client, 3, DEAD, () => fuse.event())
      await this.#publish(client, () => fuse.event())
    } catch (error) {
      // There may have been so much to consume that it is over before anything was published.
      if (!fuse.isBlown) throw error
    }
    await gone
    await broker.kill()
    if (client.failure !== undefined) throw client.failure
  }

  /** Takes out all that there is, and says what is wrong with it. */
  async drain(): Promise<readonly string[]> {
    const broker = await this.#broker.start()
    const client = await this.#open(broker)
    await client.openChannel(4)
    for (const [index, queue] of [WORK, DEAD].entries()) {
      const channel = 2 + index
      await client.openChannel(channel)
      client.receive(channel, (method, body) => {
        if (method.id !== BASIC_DELIVER) return
        this.registry.found(readBody(body).number, queue)
        client.send(channel, BASIC_ACK, { deliveryTag: method.deliveryTag })
      })
      client.send(channel, BASIC_CONSUME, { queue })
    }
    // What leaves the first arrives in the second in the same moment.
    while ((await this.#count(client, WORK)) + (await this.#count(client, DEAD)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
    }
    client.leave()
    await broker.stop()
    return this.registry.settle()
  }

  async #count(client: Client, queue: string): Promise<number> {
    const fields = { queue, passive: true }
    return (await client.call(4, QUEUE_DECLARE, fields, QUEUE_DECLARE_OK)).messageCount
  }

  async #open({ port }: RunningBroker): Promise<Client> {
    const client = await Client.open(port)
    await client.openChannel(1)
    const work = { queue: WORK, durable: true, arguments: WORK_ARGUMENTS }
    await client.call(1, QUEUE_DECLARE, work, QUEUE_DECLARE_OK)
    await client.call(1, QUEUE_DECLARE, { queue: DEAD, durable: true }, QUEUE_DECLARE_OK)
    return client
  }

  async #consume(client: Client, channel: number, queue: string, onEvent: () => void) {
    await client.openChannel(channel)
    client.receive(channel, (method, body) => {
      if (method.id === BASIC_QOS_OK || method.id === BASIC_CONSUME_OK) return
      if (method.id !== BASIC_DELIVER) throw new Error('a consumer got something else')
      const { deliveryTag } = method
      const { number } = readBody(body)
      onEvent()
      const fate = this.#random.pick(['ack', 'reject', 'reject', 'reject', 'requeue', 'keep'])
      if (fate === 'ack') {
        this.registry.acked(number)
        client.send(channel, BASIC_ACK, { deliveryTag })
      }
      // Who rejects what is dead already ends it for good.
      if (fate === 'reject' && queue === DEAD) this.registry.acked(number)
      if (fate === 'reject') client.send(channel, BASIC_NACK, { deliveryTag, requeue: false })
      if (fate === 'requeue') client.send(channel, BASIC_NACK, { deliveryTag, requeue: true })
    })
    client.send(channel, BASIC_QOS, { prefetchCount: PREFETCH })
    client.send(channel, BASIC_CONSUME, { queue })
  }

  async #publish(client: Client, onEvent: () => void): Promise<void> {
    await client.call(1, CONFIRM_SELECT, {}, CONFIRM_SELECT_OK)
    const { registry } = this
    const numbers = new Map<number, number>()
    let lastTag = 0
    const pump = (): void => {
      while (lastTag < QUOTA && numbers.size < WINDOW && client.isWritable) {
        const bodyBytes = this.#random.magnitude(12, 2000)
        const entry = { lane: 1, number: registry.published(), isPersistent: true }
        numbers.set(++lastTag, entry.number)
        send(client, 1, { ...entry, copies: [], sentAt: 0 }, { ...entry, route: ROUTE, bodyBytes })
      }
    }
    client.receive(1, (method) => {
      if (method.id !== BASIC_ACK) throw new Error('a publisher got something else')
      onEvent()
      const { deliveryTag, multiple } = method
      for (const [tag, number] of numbers) {
        if (tag > deliveryTag) break
        if (tag < deliveryTag && !multiple) continue
        registry.confirmed(number)
        numbers.delete(tag)
      }
      pump()
    })
    client.onWritable = pump
    pump()
  }
}
