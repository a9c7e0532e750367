import { momentOf, momentText } from './moment.ts'
import type { Death, ShownMessage } from './shown-message.ts'

const REASONS: ReadonlyMap<string, string> = new Map([
  ['rejected', 'rejected by a consumer'],
  ['expired', 'expired'],
  ['maxlen', 'dropped because the queue was full'],
  ['delivery_limit', 'delivered too often'],
])

/** Why and where a message died, in a sentence. A client may have written anything there. */
export function deathReason({ reason, queue }: Death): string {
  const why = textOf(reason)
  return `${REASONS.get(why) ?? why} in queue ${textOf(queue)}`
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** All the deaths of a message, the latest of them first. */
export function deathLines({ properties }: ShownMessage): string[] {
  const deaths = properties.headers?.['x-death']
  return Array.isArray(deaths) ? deaths.filter(isDeath).map(line) : []
}

const isDeath = (value: unknown): value is Death => typeof value === 'object' && value !== null

function line(death: Death): string {
  const { count, time, exchange, 'routing-keys': keys } = death
  const firstAt = momentText(momentOf(time, 1000))
  const parts = [
    deathReason(death),
    count === undefined ? '' : `${textOf(count)} time${count === 1 ? '' : 's'}`,
    exchange === undefined ? '' : `it came by exchange "${textOf(exchange)}"`,
    Array.isArray(keys)
      ? `with routing key ${keys.map((key) => `"${textOf(key)}"`).join(', ')}`
      : '',
    firstAt === undefined ? '' : `first at ${firstAt}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
