// What bull-board calls the data of a job: all that is needed to publish such a message, in both
// directions.

import { isDeeperThan } from '../../base/depth.ts'
import { BoardError } from './board-error.ts'
import type { Publication } from './queue-requests.ts'
import type { ShownMessage } from './shown-message.ts'

type JsonSchema = Record<string, unknown>

/** What bull-board sends for a name that was left empty. */
const NO_NAME = '__default__'

const MAX_PRIORITY = 255

/** What the page completes and checks, and begins with. */
export const ENVELOPE_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['payload'],
  additionalProperties: false,
  properties: {
    payload: { description: 'Text, or anything else that is JSON.' },
    payload_encoding: {
      enum: ['string', 'json', 'base64'],
      description: 'base64 for octets that are no text.',
    },
    exchange: { type: 'string', description: 'Empty: straight into this queue.' },
    properties: {
      type: 'object',
      properties: {
        content_type: { type: 'string' },
        content_encoding: { type: 'string' },
        delivery_mode: { enum: [1, 2], description: '2 survives a restart.' },
        priority: { type: 'integer', minimum: 0, maximum: MAX_PRIORITY },
        correlation_id: { type: 'string' },
        reply_to: { type: 'string' },
        expiration: { type: 'string', description: 'Milliseconds, as a text.' },
        message_id: { type: 'string' },
        timestamp: { type: 'integer' },
        type: { type: 'string' },
        user_id: { type: 'string' },
        app_id: { type: 'string' },
        cluster_id: { type: 'string' },
      },
    },
    headers: { type: 'object' },
  },
  default: {
    payload: { hello: 'world' },
    exchange: '',
    properties: { content_type: 'application/json', delivery_mode: 2 },
    headers: {},
  },
}

export function envelopeOf(message: ShownMessage): object {
  const { exchange, payload_bytes, truncated } = message
  const { headers = {}, ...properties } = message.properties
  const cut = truncated ? { truncated: `this is not all of its ${payload_bytes} octets` } : {}
  return { ...payloadOf(message), exchange, properties, headers, ...cut }
}

function payloadOf({ payload, payload_encoding, truncated }: ShownMessage): object {
  if (payload_encoding === 'string' && !truncated) {
    const json = exactJson(payload)
    if (json !== undefined) return { payload: json, payload_encoding: 'json' }
  }
  return { payload, payload_encoding }
}

/** Bull-board wraps it, and could not come to the end of what is much deeper. */
const MAX_DEPTH = 60

/**
 * An object or a list, if the text is one of which nothing is lost: JavaScript reads 12345678901234567890
 * as another number, and one of two members that have the same name.
 */
function exactJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const withoutBlanks = text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')
    if (JSON.stringify(value) !== withoutBlanks || isDeeperThan(MAX_DEPTH, value)) return undefined
    return value as object
  } catch {
    return undefined
  }
}

/** Other things that are given with it. */
export interface EnvelopeOptions {
  readonly delay?: unknown
  readonly priority?: unknown
}

/** The other way. `name` is the routing key. Throws BoardError. */
export function publicationIn(
  queueName: string,
  name: string,
  data: unknown,
  { delay, priority }: EnvelopeOptions,
): Publication {
  const envelope = objectIn(data, 'The message')
  if ('truncated' in envelope) {
    throw new BoardError(400, 'Only the beginning of this message is shown: it cannot be published')
  }
  const exchange = envelope['exchange'] ?? ''
  if (typeof exchange !== 'string') throw new BoardError(400, 'exchange should be a string')
  const key = name === NO_NAME ? '' : name
  const isDelayed = typeof delay === 'number' && delay > 0
  if (isDelayed && (exchange !== '' || (key !== '' && key !== queueName))) {
    throw new BoardError(400, 'Only what goes straight into this queue can be delayed')
  }
  const { properties, ...payload } = contentIn(envelope)
  return {
    ...payload,
    exchange,
    routingKey: key === '' && exchange === '' ? queueName : key,
    properties: {
      ...properties,
      ...(typeof priority === 'number' && priority > 0 ? { priority } : {}),
      headers: objectIn(envelope['headers'] ?? {}, 'headers'),
    },
    ...(isDelayed ? { delayMs: delay } : {}),
  }
}

type Content = Pick<Publication, 'payload' | 'payload_encoding' | 'properties'>

function contentIn(envelope: Readonly<Record<string, unknown>>): Content {
  const { payload, payload_encoding: encoding } = envelope
  if (isDeeperThan(MAX_DEPTH, envelope)) throw new BoardError(400, 'nested too deeply')
  const properties = objectIn(envelope['properties'] ?? {}, 'properties')
  if (payload === undefined) throw new BoardError(400, 'payload is missing')
  const isText = typeof payload === 'string'
  if (encoding === 'json' || (encoding === undefined && !isText)) {
    const typed = { content_type: 'application/json', ...properties }
    return { payload: JSON.stringify(payload), payload_encoding: 'string', properties: typed }
  }
  if (!isText) throw new BoardError(400, 'payload should be a string')
  if (encoding !== undefined && encoding !== 'string' && encoding !== 'base64') {
    throw new BoardError(400, 'payload_encoding should be string, json or base64')
  }
  return { payload, payload_encoding: encoding ?? 'string', properties }
}

function objectIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw new BoardError(400, `${what} should be an object`)
}
