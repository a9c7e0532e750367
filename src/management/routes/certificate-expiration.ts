import type { X509Certificate } from 'node:crypto'
import { type Answer, found } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest } from '../http-error.ts'

const DAY_MS = 86_400_000

/** As RabbitMQ counts them. */
const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['days', DAY_MS],
  ['weeks', 7 * DAY_MS],
  ['months', (365 / 12) * DAY_MS],
  ['years', 365 * DAY_MS],
])

/** Which listeners have certificates that expire within a time, authorities' certificates included. */
export function certificateExpiration(call: Call): Answer {
  const { certificates, clock, endpoints, nodeName, tlsCert, tlsCa } = call.broker
  const within = call.param('within')
  if (!/^-?\d+$/.test(within)) throw badRequest('Invalid expiration value.')
  const unitMs = UNITS_MS.get(call.param('unit').toLowerCase())
  if (unitMs === undefined) {
    throw badRequest('Time unit not recognised. Supported units: days, weeks, months, years.')
  }
  const untilMs = clock.wallTime() + Number(within) * unitMs
  const own = expiring(certificates?.own, untilMs)
  const authorities = expiring(certificates?.authorities, untilMs)
  if (own.length + authorities.length === 0) return found({ status: 'ok' })
  const files = {
    certfile: fileName(tlsCert),
    cacertfile: fileName(tlsCa),
    certfile_expires_on: own,
    cacertfile_expires_on: authorities,
  }
  const expired = endpoints
    .filter(({ protocol }) => protocol === 'amqp/ssl' || protocol === 'https')
    .map(({ protocol, host, port }) => ({
      node: nodeName,
      protocol,
      interface: host,
      port,
      ...files,
    }))
  return { status: 503, body: { status: 'failed', reason: 'Certificates expiring', expired } }
}

/** When those end that do so before a time, in UTC. */
function expiring(certificates: readonly X509Certificate[] = [], untilMs: number): string[] {
  const ends = certificates.map(({ validTo }) => Date.parse(validTo))
  return ends
    .filter((endMs) => endMs < untilMs)
    .map((endMs) => new Date(endMs).toISOString().slice(0, 19).replace('T', ' '))
}

/** What was given in memory has none. */
const fileName = (given: string | Uint8Array): string =>
  typeof given === 'string' && !given.includes('-----BEGIN ') ? given : ''
