import {
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  EXCHANGE_UNBIND,
  EXCHANGE_UNBIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import type { FieldsOf } from '../../support/raw-client-method.ts'

/** A channel on which durable things are declared, and looked for. */
export class TopologyClient {
  readonly channel: RawChannel

  constructor(channel: RawChannel) {
    this.channel = channel
  }

  async exchange(exchange: string, fields: FieldsOf<typeof EXCHANGE_DECLARE> = {}): Promise<void> {
    const all = { exchange, type: 'direct', durable: true, ...fields }
    await this.channel.send(EXCHANGE_DECLARE, all).expect(EXCHANGE_DECLARE_OK)
  }

  /** Gives its name, which is the server's if this one is empty. */
  async queue(queue: string, fields: FieldsOf<typeof QUEUE_DECLARE> = {}): Promise<string> {
    const all = { queue, durable: true, ...fields }
    return (await this.channel.send(QUEUE_DECLARE, all).expect(QUEUE_DECLARE_OK)).queue
  }

  bind(exchange: string, queue: string, routingKey = ''): Promise<void> {
    return this.channel.bind({ exchange, queue, routingKey })
  }

  async unbind(exchange: string, queue: string, routingKey = ''): Promise<void> {
    await this.channel.send(QUEUE_UNBIND, { exchange, queue, routingKey }).expect(QUEUE_UNBIND_OK)
  }

  async bindExchange(source: string, destination: string, routingKey = ''): Promise<void> {
    await this.channel
      .send(EXCHANGE_BIND, { source, destination, routingKey })
      .expect(EXCHANGE_BIND_OK)
  }

  async unbindExchange(source: string, destination: string, routingKey = ''): Promise<void> {
    await this.channel
      .send(EXCHANGE_UNBIND, { source, destination, routingKey })
      .expect(EXCHANGE_UNBIND_OK)
  }

  async deleteQueue(queue: string): Promise<void> {
    await this.channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
  }

  async deleteExchange(exchange: string): Promise<void> {
    await this.channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
  }

  /** Those of the queues that are there. */
  queues(...names: string[]): Promise<string[]> {
    return this.#found(names, (queue) => this.channel.send(QUEUE_DECLARE, { queue, passive: true }))
  }

  /** Those of the exchanges that are there. */
  exchanges(...names: string[]): Promise<string[]> {
    return this.#found(names, (exchange) =>
      this.channel.send(EXCHANGE_DECLARE, { exchange, passive: true }),
    )
  }

  /** Which of the queues get what is published there; they hold nothing else. */
  async route(exchange: string, routingKey: string, ...queues: string[]): Promise<string[]> {
    this.channel.publish({ exchange, routingKey, body: 'm' })
    const reached: string[] = []
    for (const queue of queues) {
      const bodies = await this.channel.drain(queue)
      reached.push(...bodies.map(() => queue))
    }
    return reached
  }

  async #found(names: string[], declare: (name: string) => RawChannel): Promise<string[]> {
    const found: string[] = []
    for (const name of names) {
      const { method } = await declare(name).wire.next(this.channel.number)
      if (method.id !== CHANNEL_CLOSE) found.push(name)
      else await this.channel.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
    }
    return found
  }
}
