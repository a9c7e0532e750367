import type { FieldTable } from 'amqp-codec'
import { unknownExchangeType } from '../reasons.ts'
import { ConsistentHashMatcher } from './consistent-hash.ts'
import { DirectMatcher } from './direct.ts'
import type { ExchangeMatcher } from './exchange.ts'
import { FanoutMatcher } from './fanout.ts'
import { HeadersMatcher } from './headers.ts'
import { ModulusHashMatcher } from './modulus-hash.ts'
import { LocalRandomMatcher, RandomMatcher } from './random.ts'
import { type Deliver, RecentHistoryMatcher } from './recent-history.ts'
import { TopicMatcher } from './topic.ts'

/** Makes what an exchange is; throws 406 for arguments that its type cannot have. */
type NewMatcher = (exchangeArguments: FieldTable, deliver: Deliver) => ExchangeMatcher

/** Every exchange type that matches messages when they come, by the name that clients use. */
const EXCHANGE_TYPES: ReadonlyMap<string, NewMatcher> = new Map([
  ['direct', () => new DirectMatcher()],
  ['fanout', () => new FanoutMatcher()],
  ['topic', () => new TopicMatcher()],
  ['headers', () => new HeadersMatcher()],
  ['x-consistent-hash', (exchangeArguments) => new ConsistentHashMatcher(exchangeArguments)],
  ['x-modulus-hash', () => new ModulusHashMatcher()],
  ['x-random', () => new RandomMatcher()],
  ['x-local-random', () => new LocalRandomMatcher()],
  ['x-recent-history', (...parts) => new RecentHistoryMatcher(...parts)],
] as [string, NewMatcher][])

export function isExchangeType(type: string): boolean {
  return EXCHANGE_TYPES.has(type)
}

/** Throws 406 when there is no such type, or it cannot have these arguments. */
export function newMatcher(
  type: string,
  exchangeArguments: FieldTable,
  deliver: Deliver,
): ExchangeMatcher {
  const newOne = EXCHANGE_TYPES.get(type)
  if (newOne === undefined) throw unknownExchangeType(type)
  return newOne(exchangeArguments, deliver)
}
