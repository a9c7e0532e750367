// The queues, exchange and bindings of one measurement, and the routing keys
// that reach them.

import {
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  type FieldTable,
  fieldTableFromObject,
  QUEUE_BIND,
  QUEUE_BIND_OK,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import type { Session } from './session.ts'
import type { TrafficShape } from './traffic-load.ts'

/** So many bindings are on their way at once: enough to be quick, too few to be a load. */
const BINDINGS_AT_ONCE = 50

const NO_ARGUMENTS: FieldTable = new Map()

/** Where the messages with one key go. */
export interface Route {
  routingKey: string
  /** The queue it reaches; with fanout it stands for all of them. */
  queue: number
}

export class Topology {
  readonly exchange: string
  readonly #prefix: string
  readonly #shape: TrafficShape

  constructor(prefix: string, shape: TrafficShape) {
    this.#prefix = prefix
    this.#shape = shape
    this.exchange = shape.exchange === 'default' ? '' : `${prefix}-${shape.exchange}`
  }

  queueName(index: number): string {
    return `${this.#prefix}-q${index}`
  }

  /** The keys a producer publishes with, one after the other, for ever. */
  routes(): Route[] {
    const { exchange, queues, bindings } = this.#shape
    switch (exchange) {
      case 'default':
        return range(queues).map((queue) => ({ routingKey: this.queueName(queue), queue }))
      case 'fanout':
        return [{ routingKey: '', queue: 0 }]
      case 'topic':
        return range(bindings).map((i) => ({ routingKey: topicKey(i), queue: i % queues }))
    }
  }

  /** Declares everything and empties the queues, unless the step takes over what is in them. */
  async declare(session: Session): Promise<void> {
    const { queues, exchange, bindings, drainOnly, messageCount } = this.#shape
    for (const index of range(queues)) {
      const { messageCount: ready } = await declareQueue(
        session,
        this.queueName(index),
        this.#shape,
      )
      if (drainOnly && ready !== messageCount) {
        throw new Error(`${ready} messages in the queue, there should be ${messageCount}`)
      }
      if (!drainOnly && ready > 0) await purgeQueue(session, this.queueName(index))
    }
    if (exchange === 'default') return
    await session.call(
      {
        id: EXCHANGE_DECLARE,
        ticket: 0,
        exchange: this.exchange,
        type: exchange,
        passive: false,
        durable: this.#shape.persistent,
        autoDelete: false,
        internal: false,
        nowait: false,
        arguments: NO_ARGUMENTS,
      },
      EXCHANGE_DECLARE_OK,
    )
    const keys = exchange === 'topic' ? range(bindings).map(topicPattern) : Array(queues).fill('')
    for (let first = 0; first < keys.length; first += BINDINGS_AT_ONCE) {
      const some = keys.slice(first, first + BINDINGS_AT_ONCE)
      await Promise.all(some.map((key, i) => this.#bind(session, (first + i) % queues, key)))
    }
  }

  async delete(session: Session): Promise<void> {
    for (const index of range(this.#shape.queues)) {
      await deleteQueue(session, this.queueName(index))
    }
    if (this.exchange === '') return
    await session.call(
      { id: EXCHANGE_DELETE, ticket: 0, exchange: this.exchange, ifUnused: false, nowait: false },
      EXCHANGE_DELETE_OK,
    )
  }

  async #bind(session: Session, queue: number, routingKey: string): Promise<void> {
    await session.call(
      {
        id: QUEUE_BIND,
        ticket: 0,
        queue: this.queueName(queue),
        exchange: this.exchange,
        routingKey,
        nowait: false,
        arguments: NO_ARGUMENTS,
      },
      QUEUE_BIND_OK,
    )
  }
}

/** Declares a queue, durable when its messages are persistent; tells what is in it. */
export async function declareQueue(
  session: Session,
  queue: string,
  shape: Pick<TrafficShape, 'persistent' | 'priorities' | 'queueType'>,
): Promise<{ messageCount: number }> {
  return session.call(
    {
      id: QUEUE_DECLARE,
      ticket: 0,
      queue,
      passive: false,
      durable: shape.persistent,
      exclusive: false,
      autoDelete: false,
      nowait: false,
      arguments: queueArguments(shape),
    },
    QUEUE_DECLARE_OK,
  )
}

function queueArguments({
  priorities,
  queueType,
}: Pick<TrafficShape, 'priorities' | 'queueType'>): FieldTable {
  if (queueType !== undefined) return fieldTableFromObject({ 'x-queue-type': queueType })
  // Ten of them are those from 0 to 9.
  return priorities > 0 ? fieldTableFromObject({ 'x-max-priority': priorities - 1 }) : NO_ARGUMENTS
}

export async function deleteQueue(session: Session, queue: string): Promise<void> {
  await session.call(
    { id: QUEUE_DELETE, ticket: 0, queue, ifUnused: false, ifEmpty: false, nowait: false },
    QUEUE_DELETE_OK,
  )
}

async function purgeQueue(session: Session, queue: string): Promise<void> {
  await session.call({ id: QUEUE_PURGE, ticket: 0, queue, nowait: false }, QUEUE_PURGE_OK)
}

/** The pattern of binding i: four kinds in turn. */
export function topicPattern(i: number): string {
  return [`k${i}.*.c`, `k${i}.#`, `k${i}.b.c`, `*.k${i}.#`][i % 4] as string
}

/** A key that the pattern of binding i matches, and no other. */
export function topicKey(i: number): string {
  return i % 4 === 3 ? `a.k${i}.c` : `k${i}.b.c`
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
