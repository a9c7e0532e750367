// Names that no other run uses, and their removal afterwards: these suites may share a RabbitMQ
// with others.

import { randomUUID } from 'node:crypto'
import { connect } from 'amqplib'
import { externalUrl } from './broker.ts'

export class Scratch {
  private readonly queues: string[] = []
  private readonly exchanges: string[] = []

  /** A fresh queue name; `label` is there for whoever reads it on a dashboard. */
  queue(label: string): string {
    const name = unique(label)
    this.queues.push(name)
    return name
  }

  /** A fresh exchange name. */
  exchange(label: string): string {
    const name = unique(label)
    this.exchanges.push(name)
    return name
  }

  /** Deletes every queue and exchange that bears one of the names; most are gone by then. */
  async clear(): Promise<void> {
    // A broker of our own ends with the test file, and all that it holds with it.
    if (externalUrl === undefined) return
    const connection = await connect(externalUrl)
    const channel = await connection.createChannel()
    for (const name of this.queues) await channel.deleteQueue(name)
    for (const name of this.exchanges) await channel.deleteExchange(name)
    await connection.close()
  }
}

/** A name that occurs once. */
export function unique(label: string): string {
  return `interop.${label}.${randomUUID()}`
}
