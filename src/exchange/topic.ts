import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'
import { TopicTrie } from './topic-trie.ts'

/** `topic`: words between dots, `*` for exactly one, `#` for any number. Spec §3.1.3.3. */
export class TopicMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly #trie = new TopicTrie()

  add(binding: Binding): void {
    this.#trie.add(binding)
  }

  remove(binding: Binding): void {
    this.#trie.remove(binding)
  }

  match(routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    this.#trie.match(routingKey, route)
  }
}
