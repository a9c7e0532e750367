import { DirectMatcher } from './direct.ts'
import type { ExchangeMatcher } from './exchange.ts'
import { FanoutMatcher } from './fanout.ts'
import { HeadersMatcher } from './headers.ts'
import { TopicMatcher } from './topic.ts'

/** Every exchange type that a client can declare, by the name it uses. */
export const EXCHANGE_TYPES: ReadonlyMap<string, () => ExchangeMatcher> = new Map([
  ['direct', () => new DirectMatcher()],
  ['fanout', () => new FanoutMatcher()],
  ['topic', () => new TopicMatcher()],
  ['headers', () => new HeadersMatcher()],
] as [string, () => ExchangeMatcher][])
