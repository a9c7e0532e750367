import type { FieldTable } from 'amqp-codec'
import type { Binding } from './exchange.ts'
import { headersReason } from './headers.ts'
import { topicMismatch } from './topic-mismatch.ts'

/** What was matched, and whether it did. */
export interface MatchCase {
  /** Of the exchange; that which a delayed message exchange has in the end. */
  readonly type: string
  readonly binding: Binding
  readonly isMatch: boolean
  readonly routingKeys: readonly string[]
  readonly headers: FieldTable | undefined
}

/** Why a binding matches a message, or why it does not, in words for people. */
export function matchReason(match: MatchCase): string {
  const reason = REASONS.get(match.type)
  return reason === undefined ? plain(match) : reason(match)
}

const REASONS: ReadonlyMap<string, (match: MatchCase) => string> = new Map([
  ['fanout', () => 'a fanout exchange takes every message'],
  ['x-recent-history', () => 'the exchange takes every message'],
  ['direct', direct],
  ['topic', topic],
  ['headers', ({ binding, headers }) => headersReason(binding.arguments, headers)],
  ['x-consistent-hash', hashed],
  ['x-modulus-hash', hashed],
  ['x-random', random],
  ['x-local-random', random],
] as [string, (match: MatchCase) => string][])

const plain = ({ isMatch }: MatchCase): string => (isMatch ? 'it matches' : 'it does not match')

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ')

function direct({ binding, isMatch, routingKeys }: MatchCase): string {
  const key = `the binding key is '${binding.routingKey}'`
  if (isMatch) return `${key}, as the routing key is`
  return `${key}, and the routing key ${quoted(routingKeys)}`
}

function topic({ binding, isMatch, routingKeys }: MatchCase): string {
  const pattern = binding.routingKey
  if (isMatch) {
    const key = routingKeys.find((one) => topicMismatch(pattern, one) === undefined)
    return `'${pattern}' takes '${key}'`
  }
  return routingKeys.map((key) => topicMismatch(pattern, key)).join('; ')
}

function hashed({ binding, isMatch }: MatchCase): string {
  const { arguments: of } = binding.source
  const [header, property] = [of.get('hash-header'), of.get('hash-property')]
  const what = property?.type === 'S' ? property.value : 'routing key'
  const source = header?.type === 'S' ? `header '${header.value}'` : what
  return `the hash of the ${source} ${isMatch ? 'leads here' : 'leads to another binding'}`
}

function random({ isMatch }: MatchCase): string {
  return isMatch ? 'one is taken at random: this time this one' : 'another was taken at random'
}
