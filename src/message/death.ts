import { type FieldTable, type FieldValue, readExpiration } from 'amqp-codec'
import { copyKeys } from './copy-keys.ts'
import type { Message } from './message.ts'
import type { PublishAddress } from './publish-address.ts'
import { withHeaders } from './rewritten.ts'

/** How a message left its queue. */
export interface Death {
  readonly queueName: string
  /** As in `x-death`: `expired` for one. */
  readonly reason: string
  /** In seconds since 1970. */
  readonly timeSec: number
}

/** Headers are as long as a frame at the most: of a longer history, what is oldest is cut off. */
const MOST_DEATHS = 256
/** Octets of routing keys in each entry: CC may have a frame full, and each death would add them again. */
const MOST_KEY_BYTES = 1024
const FIRST_DEATH = 'x-first-death'
const LAST_DEATH = 'x-last-death'

/**
 * The headers of a message that is published again after it has died: its history in `x-death`, newest
 * first, one entry for each queue and reason. With `isReaddressed`, its CC keys count no more.
 * https://www.rabbitmq.com/docs/dlx#effects
 */
export function deathHeaders(message: Message, death: Death, isReaddressed: boolean): FieldTable {
  const headers = new Map(message.headers)
  const { exchange, routingKey } = message.address
  const keys = fitting([routingKey, ...copyKeys(headers)]).map(text)
  const entry = new Map<string, FieldValue>([
    ['count', { type: 'l', value: 1n }],
    ['exchange', text(exchange)],
    ['queue', text(death.queueName)],
    ['reason', text(death.reason)],
    ['routing-keys', { type: 'A', value: keys }],
    ['time', { type: 'T', value: BigInt(death.timeSec) }],
  ])
  const expiration = expirationOf(message)
  if (expiration !== undefined) entry.set('original-expiration', text(expiration))
  addDeath(headers, death, entry)
  setDeath(headers, LAST_DEATH, death, exchange)
  if (isReaddressed) headers.delete('CC')
  // By name, as RabbitMQ leaves them behind.
  return new Map([...headers].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function expirationOf(message: Message): string | undefined {
  const { mayExpire, buffer, headerStart, headerEnd } = message
  return mayExpire ? readExpiration(buffer, headerStart, headerEnd) : undefined
}

/**
 * Whether a message came from that queue before, and on the way since only by itself: nobody rejected
 * it. Then it would go round for ever. Of a history of which the end was cut off it is assumed.
 * https://www.rabbitmq.com/docs/dlx#routing
 */
export function isDeathCycle(headers: FieldTable | undefined, queueName: string): boolean {
  let count = 0
  for (const death of deaths(headers)) {
    if (death === undefined || textOf(death.get('reason')) === 'rejected') return false
    if (textOf(death.get('queue')) === queueName) return true
    count++
  }
  return count >= MOST_DEATHS
}

/** The queue that it died in last, as its history says; undefined when it has none. */
export function diedIn(headers: FieldTable | undefined): string | undefined {
  const [latest] = deaths(headers)
  return textOf(latest?.get('queue'))
}

/** The message as if it had never died, at another address. */
export function withoutDeaths(message: Message, address: PublishAddress): Message {
  const edit = (headers: Map<string, FieldValue>): void => {
    headers.delete('x-death')
    for (const prefix of [FIRST_DEATH, LAST_DEATH]) {
      for (const what of ['exchange', 'queue', 'reason']) headers.delete(`${prefix}-${what}`)
    }
  }
  return withHeaders(message, edit, address)
}

/** As many as there is room for. */
function fitting(keys: readonly string[]): readonly string[] {
  let bytes = 0
  const end = keys.findIndex((key) => {
    bytes += Buffer.byteLength(key)
    return bytes > MOST_KEY_BYTES
  })
  return end < 0 ? keys : keys.slice(0, end)
}

/** A second death of the same kind only counts, and comes first again. */
function addDeath(
  headers: Map<string, FieldValue>,
  death: Death,
  entry: Map<string, FieldValue>,
): void {
  const history = headers.get('x-death')
  if (history === undefined) {
    setDeath(headers, FIRST_DEATH, death, textOf(entry.get('exchange')))
  }
  // What is not a list is not ours.
  const before = history?.type === 'A' ? history.value : []
  const same = before.find((item) => isSame(item, death))
  const first: FieldValue = { type: 'F', value: same === undefined ? entry : counted(same) }
  const others = before.filter((item) => item !== same).slice(0, MOST_DEATHS - 1)
  headers.set('x-death', { type: 'A', value: [first, ...others] })
}

function setDeath(
  headers: Map<string, FieldValue>,
  prefix: string,
  { queueName, reason }: Death,
  exchange = '',
): void {
  headers.set(`${prefix}-exchange`, text(exchange))
  headers.set(`${prefix}-queue`, text(queueName))
  headers.set(`${prefix}-reason`, text(reason))
}

function isSame(item: FieldValue, { queueName, reason }: Death): boolean {
  if (item.type !== 'F') return false
  return (
    textOf(item.value.get('queue')) === queueName && textOf(item.value.get('reason')) === reason
  )
}

function counted(item: FieldValue): FieldTable {
  const entry = new Map(item.value as FieldTable)
  const count = entry.get('count')
  const isWhole = typeof count?.value === 'number' || typeof count?.value === 'bigint'
  const before = isWhole ? BigInt(count.value as number | bigint) : 1n
  return entry.set('count', { type: 'l', value: before + 1n })
}

/** The history, newest first; undefined where an entry is none. */
function* deaths(headers: FieldTable | undefined): Iterable<FieldTable | undefined> {
  const history = headers?.get('x-death')
  if (history?.type !== 'A') return
  for (const item of history.value) yield item.type === 'F' ? item.value : undefined
}

const text = (value: string): FieldValue => ({ type: 'S', value })

const textOf = (value: FieldValue | undefined): string | undefined =>
  value?.type === 'S' ? value.value : undefined
