import type { Death, ShownMessage } from './shown-message.ts'

const REASONS: Readonly<Record<string, string>> = {
  rejected: 'rejected by a consumer',
  expired: 'expired',
  maxlen: 'dropped because the queue was full',
  delivery_limit: 'delivered too often',
}

/** Why and where a message died, in a sentence. */
export function deathReason({ reason = '', queue = '' }: Death): string {
  return `${REASONS[reason] ?? reason} in queue ${queue}`
}

/** All the deaths of a message, the latest of them first. */
export function deathLines({ properties }: ShownMessage): string[] {
  const deaths = properties.headers?.['x-death']
  return Array.isArray(deaths) ? deaths.filter(isDeath).map(line) : []
}

const isDeath = (value: unknown): value is Death => typeof value === 'object' && value !== null

function line(death: Death): string {
  const { count, time, exchange, 'routing-keys': keys } = death
  const parts = [
    deathReason(death),
    count === undefined ? '' : `${count} time${count === 1 ? '' : 's'}`,
    exchange === undefined ? '' : `it came by exchange "${exchange}"`,
    Array.isArray(keys) ? `with routing key ${keys.map((key) => `"${key}"`).join(', ')}` : '',
    typeof time === 'number' ? `first at ${new Date(time * 1000).toISOString()}` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}
