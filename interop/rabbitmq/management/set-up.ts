// What is made on both sides before they are compared: something of everything that the API shows.

import { type ChannelModel, connect } from 'amqplib'
import { expect, vi } from 'vitest'
import type { Api } from './api.ts'

/** The vhost and the user in it that both sides get. */
export const VHOST = 'compared'
export const USER = 'compared-user'
/** Who may do nothing anywhere. */
export const NOBODY = 'compared-nobody'

/** RabbitMQ tells of what is new seconds later, and many more on a busy machine. */
const PATIENCE_MS = 90_000

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' }

const MADE: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['PUT', `/vhosts/${VHOST}`, {}],
  // RabbitMQ sometimes loses what a new one is made with.
  ['PUT', `/vhosts/${VHOST}`, { description: 'd', tags: 'a,b' }],
  ['PUT', `/users/${USER}`, { password: 'secret', tags: 'management' }],
  ['PUT', `/users/${NOBODY}`, { password: 'secret', tags: '' }],
  ['PUT', `/permissions/${VHOST}/${USER}`, { configure: '^a', write: '^a', read: '^a' }],
  ['PUT', `/permissions/${VHOST}/guest`, EVERYTHING],
  [
    'PUT',
    `/topic-permissions/${VHOST}/${USER}`,
    { exchange: 'amq.topic', write: '.*', read: '.*' },
  ],
  [
    'PUT',
    `/policies/${VHOST}/mp`,
    { pattern: '^mq', definition: { 'max-length': 100 }, 'apply-to': 'queues' },
  ],
  ['PUT', `/operator-policies/${VHOST}/op`, { pattern: '^mq', definition: { 'max-length': 100 } }],
  ['PUT', '/global-parameters/compared', { value: { a: 1 } }],
  ['PUT', `/vhost-limits/${VHOST}/max-queues`, { value: 50 }],
  ['PUT', `/user-limits/${USER}/max-channels`, { value: 50 }],
  [
    'PUT',
    `/exchanges/${VHOST}/mx`,
    { type: 'topic', durable: true, arguments: { 'alternate-exchange': 'amq.fanout' } },
  ],
  ['PUT', `/exchanges/${VHOST}/internal`, { type: 'direct', internal: true }],
  ['PUT', `/queues/${VHOST}/mq`, { durable: true, arguments: { 'x-max-length': 10 } }],
  ['PUT', `/queues/${VHOST}/qq`, { durable: true, arguments: { 'x-queue-type': 'quorum' } }],
  ['PUT', `/queues/${VHOST}/sq`, { durable: true, arguments: { 'x-queue-type': 'stream' } }],
  ['POST', `/bindings/${VHOST}/e/mx/q/mq`, { routing_key: 'a.#', arguments: {} }],
  ['POST', `/bindings/${VHOST}/e/mx/q/mq`, { routing_key: 'b', arguments: { x: 1 } }],
  ['POST', `/bindings/${VHOST}/e/mx/e/amq.fanout`, { routing_key: 'c' }],
]

/** A side with everything on it; `connectionPath` is the name of its one connection in a path. */
export interface Prepared {
  readonly api: Api
  readonly nodePath: string
  readonly connectionPath: string
  readonly connection: ChannelModel
}

export async function prepare(api: Api, amqpUrl: string): Promise<Prepared> {
  for (const made of MADE) await api.make(...made)
  const connection = await useIt(amqpUrl)
  const named = await vi.waitUntil(async () => connectionIn(await api.get('/connections')), {
    timeout: PATIENCE_MS,
    interval: 500,
  })
  const counted = async (): Promise<void> =>
    expect(await isCounted(api), 'all is counted').toBe(true)
  await vi.waitFor(counted, { timeout: PATIENCE_MS, interval: 500 })
  const { json } = await api.get('/overview')
  const nodePath = encodeURIComponent((json as { readonly node: string }).node)
  return { api, nodePath, connectionPath: encodeURIComponent(named), connection }
}

/** The reference stays for others. */
export async function cleanUp({ api, connection }: Prepared): Promise<void> {
  await connection.close().catch(() => {})
  const users = [USER, NOBODY].map((user) => `/users/${user}`)
  for (const path of [`/vhosts/${VHOST}`, ...users, '/global-parameters/compared']) {
    await api.ask({ method: 'DELETE', path })
  }
}

/** Publishes, consumes, gets, and holds something unacknowledged. */
async function useIt(amqpUrl: string): Promise<ChannelModel> {
  const connection = await connect(`${amqpUrl}/${VHOST}`, {
    clientProperties: { connection_name: 'named' },
  })
  const channel = await connection.createConfirmChannel()
  await channel.prefetch(2)
  await channel.assertQueue('own', { exclusive: true })
  await channel.consume('mq', () => {}, { arguments: { 'x-priority': 1 } })
  const properties = { persistent: true, headers: { h: 1 }, messageId: 'm' }
  for (let count = 0; count < 4; count++) {
    channel.publish('mx', 'a.b', Buffer.from('hello'), properties)
  }
  channel.publish('mx', 'nowhere', Buffer.from('back'), { mandatory: true })
  channel.sendToQueue('qq', Buffer.from('hello'))
  await channel.waitForConfirms()
  await channel.get('own', { noAck: true })
  await channel.get('qq')
  return connection
}

function connectionIn({ json }: { readonly json: unknown }): string | undefined {
  if (!Array.isArray(json)) return undefined
  return json.find(({ vhost }) => vhost === VHOST)?.name
}

/**
 * RabbitMQ counts a while later, and what it tells of a queue comes in pieces: some of them as soon as it is
 * made, the lengths and the rates by themselves, and all else when the queue next tells of itself.
 */
async function isCounted(api: Api): Promise<boolean> {
  const [queues, channels] = await Promise.all([
    Promise.all(['mq', 'qq', 'sq', 'own'].map((name) => api.get(`/queues/${VHOST}/${name}`))),
    api.get(`/vhosts/${VHOST}/channels`),
  ])
  const [mq, qq, sq, own] = queues.map(({ json }) => json as QueueJson)
  const [channel] = channels.json as { readonly idle_since?: string }[]
  const isIdle = [mq, own, channel].every((one) => one?.idle_since !== undefined)
  // These two tell of their files in the same breath as of their state.
  const isTold = [qq, sq].every((one) => one?.state !== undefined && one.node !== undefined)
  const isWhole = isTold && qq?.open_files !== undefined
  return isIdle && isWhole && qq.messages === 1 && mq?.messages === 4 && isDelivered(mq)
}

interface QueueJson {
  readonly node?: string
  readonly state?: string
  readonly idle_since?: string
  readonly messages?: number
  readonly open_files?: object
  readonly message_stats?: { readonly deliver?: number }
}

const isDelivered = ({ message_stats }: QueueJson): boolean => message_stats?.deliver === 2
