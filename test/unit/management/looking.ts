// What tests of messages in queues do over and over.

import type { ManagedTestBroker } from './managed-broker.ts'

export const PUBLISH = '/exchanges/%2F/amq.default/publish'

export interface Page {
  readonly state: string
  readonly from: number
  readonly total: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not used.
  readonly items: readonly any[]
}

/** What to publish to be routed to a queue. */
export function messageTo(queue: string, payload: string, properties: object = {}): object {
  return { properties, routing_key: queue, payload, payload_encoding: 'string' }
}

export async function publishTo(
  managed: ManagedTestBroker,
  queue: string,
  ...payloads: string[]
): Promise<void> {
  const properties = { delivery_mode: 2 }
  for (const payload of payloads) {
    await managed.post(PUBLISH, messageTo(queue, payload, properties))
  }
}

export async function lookInto(
  managed: ManagedTestBroker,
  queue: string,
  query = '',
): Promise<Page> {
  return (await managed.ask(`/queues/%2F/${queue}/messages${query}`)).json
}

export const payloads = ({ items }: Page): string[] => items.map(({ payload }) => payload)

/** Rejects so many of a queue's messages. */
export async function reject(managed: ManagedTestBroker, queue: string, count: number) {
  const ask = { count, ackmode: 'reject_requeue_false', encoding: 'auto' }
  await managed.post(`/queues/%2F/${queue}/get`, ask)
}
