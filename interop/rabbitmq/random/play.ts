// Plays operations so that there is only one right transcript: after each, everything that it caused
// has happened, and has been taken.

import { setTimeout as passed } from 'node:timers/promises'
import {
  BASIC_RECOVER,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE_OK,
  QUEUE_UNBIND,
  TX_COMMIT,
  TX_ROLLBACK,
  TX_SELECT,
} from 'amqp-codec'
import type { Channel } from '../stage/channel.ts'
import type { Scenario, Stage } from '../stage/stage.ts'
import { type Operation, PLACES, QUEUE_ARGUMENTS } from './operations.ts'

/** RabbitMQ takes back what a broken channel had a little later than it says that it is closed. */
const TAKING_BACK_MS = 40

/** A dead letter may go through all queues. */
const ROUNDS = PLACES.length

export function scenarioOf(operations: readonly Operation[]): Scenario {
  return async (stage) => {
    const channels = [stage.a, stage.a2, stage.b]
    const queues = new Set<string>()
    for (const channel of channels) await channel.open()
    for (const operation of operations) {
      const channel = channels[operation.on] as Channel
      await perform(channel, operation, queues)
      await settle(stage, channels, channel, queues)
    }
  }
}

async function perform(on: Channel, it: Operation, queues: Set<string>): Promise<void> {
  switch (it.do) {
    case 'queue': {
      const ok = await on.queue(`q${it.queue}`, QUEUE_ARGUMENTS[it.args] ?? {})
      if (ok !== '') queues.add(ok)
      return
    }
    case 'delete': {
      const { ifUnused, ifEmpty } = it
      const answer = await on.remove(`q${it.queue}`, { ifUnused, ifEmpty })
      if (answer?.method.id === QUEUE_DELETE_OK) queues.delete(`q${it.queue}`)
      return
    }
    case 'purge':
      return on.purge(`q${it.queue}`)
    case 'count':
      return on.count(`q${it.queue}`)
    case 'exchange':
      return on.exchange(`x${it.exchange}`, it.type)
    case 'deleteExchange':
      return on.removeExchange(`x${it.exchange}`, { ifUnused: it.ifUnused })
    case 'bind':
      return on.bind(`q${it.queue}`, `x${it.exchange}`, it.key)
    case 'unbind': {
      const names = { queue: `q${it.queue}`, exchange: `x${it.exchange}`, routingKey: it.key }
      await on.call(QUEUE_UNBIND, names)
      return
    }
    case 'bindExchange':
      return on.bindExchange(`x${it.to}`, `x${it.from}`, it.key)
    case 'publish':
      return publish(on, it)
    default:
      return performOnMessages(on, it)
  }
}

type Publish = Extract<Operation, { do: 'publish' }>

async function publish(on: Channel, it: Publish): Promise<void> {
  const exchange = it.exchange === 'default' ? '' : `x${it.exchange}`
  const headers = it.cc.length === 0 ? {} : { headers: { CC: it.cc } }
  const properties = { priority: it.priority, ...headers }
  await on.publish(exchange, it.key, 'body', properties, { mandatory: it.mandatory })
  await on.confirmed()
}

type OnTopology = 'queue' | 'delete' | 'purge' | 'count' | 'exchange'
type OnRoutes = 'deleteExchange' | 'bind' | 'unbind' | 'bindExchange' | 'publish'
type OnMessages = Exclude<Operation, { readonly do: OnTopology | OnRoutes }>

async function performOnMessages(on: Channel, it: OnMessages): Promise<void> {
  switch (it.do) {
    case 'get':
      await on.get(`q${it.queue}`, it.noAck)
      return
    // Deliveries of several queues would come to a channel in any order.
    case 'consume':
      return on.consume(`q${it.on}`, { consumerTag: `c${it.tag}`, noAck: it.noAck })
    case 'cancel':
      return on.cancel(`c${it.tag}`)
    case 'ack':
      return on.ack(tagOf(on, it.tag), it.multiple)
    case 'nack':
      return on.nack(tagOf(on, it.tag), { multiple: it.multiple, requeue: it.requeue })
    case 'qos':
      return on.prefetch(it.count, it.global)
    case 'recover':
      await on.call(BASIC_RECOVER, { requeue: true })
      return
    case 'confirm':
      return on.confirmSelect()
    case 'txSelect':
      await on.call(TX_SELECT)
      return
    case 'txCommit':
      await on.call(TX_COMMIT)
      return
    case 'txRollback':
      await on.call(TX_ROLLBACK)
  }
}

/** Some tags before the last one; below the first it is 0, which means all. */
function tagOf(on: Channel, before: number): number {
  return Math.max(0, on.lastDeliveryTag - before)
}

async function settle(
  stage: Stage,
  channels: readonly Channel[],
  channel: Channel,
  queues: ReadonlySet<string>,
): Promise<void> {
  await channel.quiet()
  if (!channel.isOpen) {
    await passed(TAKING_BACK_MS)
    await channel.open()
  }
  const counts = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const queue of queues) {
      const answer = await channel.ask(queue)
      if (answer?.id !== QUEUE_DECLARE_OK) continue
      counts.set(queue, `${answer.messageCount}/${answer.consumerCount}`)
    }
  }
  for (const each of channels) await each.quiet()
  stage.note([...counts].map(([queue, count]) => `${queue} ${count}`).join(', '))
}
