// What it costs to route one message through a topic exchange, by the number
// of its bindings.
//
//   npx tsx bench/micro/topic-routing.ts

import { Exchange } from '../../src/exchange/exchange.ts'
import { Router } from '../../src/exchange/router.ts'
import { TopicMatcher } from '../../src/exchange/topic.ts'
import { topicKey, topicPattern } from '../../src/load/topology.ts'
import { measure } from './measure.ts'

const KEYS = 1000
const router = new Router(() => undefined)

for (const bindings of [10, 1000, 10_000, 100_000]) {
  const exchange = topicExchange(bindings)
  // Spread over all bindings, each key matched by one of them.
  const keys = Array.from({ length: KEYS }, (_, i) => [topicKey((i * 7919) % bindings)])
  let matched = 0
  measure(`a topic key among ${bindings} bindings`, KEYS, () => {
    for (const key of keys) matched += router.route(exchange, key, undefined).queues.length
  })
  if (matched === 0 || matched % KEYS !== 0) throw new Error('a key did not match its binding')
}

function topicExchange(bindings: number): Exchange {
  const properties = {
    type: 'topic',
    durable: false,
    autoDelete: false,
    internal: false,
    arguments: new Map(),
  }
  const exchange = new Exchange('topics', properties, new TopicMatcher())
  for (let i = 0; i < bindings; i++) {
    exchange.matcher.add({
      source: exchange,
      destination: { kind: 'queue', name: `q${i % 10}`, publish: () => 0, refuses: () => false },
      routingKey: topicPattern(i),
      arguments: new Map(),
    })
  }
  return exchange
}
