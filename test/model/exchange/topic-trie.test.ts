// The trie against a matcher that tries everything, on few words, so that much matches.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Binding, Destination, Exchange } from '../../../src/exchange/exchange.ts'
import { Route } from '../../../src/exchange/route.ts'
import { TopicTrie } from '../../../src/exchange/topic-trie.ts'
import { topicMatches } from './topic-pattern.ts'

const key = fc
  .array(fc.constantFrom('a', 'b', ''), { maxLength: 5 })
  .map((words) => words.join('.'))
const pattern = fc
  .array(fc.constantFrom('a', 'b', '', '*', '#', '#'), { maxLength: 5 })
  .map((words) => words.join('.'))

const operations = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), pattern }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat({ max: 20 }) }),
    fc.record({ do: fc.constant('match' as const), key }),
  ),
  { maxLength: 80, size: 'max' },
)

/** To a queue of its own, whose name is `name`. */
function bindingTo(name: string, routingKey: string): Binding {
  const destination = { kind: 'queue', name } as Destination
  return { source: {} as Exchange, destination, routingKey, arguments: new Map() }
}

it('matches the bindings that a matcher of single patterns matches, each once', () => {
  fc.assert(
    fc.property(operations, (history) => {
      const trie = new TopicTrie()
      const bindings: Binding[] = []
      let count = 0
      for (const operation of history) {
        if (operation.do === 'add') {
          const binding = bindingTo(`q${++count}`, operation.pattern)
          trie.add(binding)
          bindings.push(binding)
        } else if (operation.do === 'remove') {
          const [binding] = bindings.splice(operation.at % Math.max(1, bindings.length), 1)
          if (binding !== undefined) trie.remove(binding)
        } else {
          const route = new Route()
          trie.match(operation.key, route)
          const expected = bindings.filter((one) => topicMatches(one.routingKey, operation.key))
          const names = route.queues.map(({ name }) => name)
          expect({ key: operation.key, names: names.sort() }).toEqual({
            key: operation.key,
            names: expected.map(({ destination }) => destination.name).sort(),
          })
          expect(route.matchCount).toBe(expected.length)
        }
      }
    }),
    { numRuns: 500 },
  )
})
