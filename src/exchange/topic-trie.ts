import type { Binding, MatchSink } from './exchange.ts'

class TrieNode {
  readonly parent: TrieNode | null
  readonly word: string
  readonly children = new Map<string, TrieNode>()
  /** Those whose pattern ends here; null for the many nodes where none does. */
  bindings: Set<Binding> | null = null
  /** The number of the last step that reached this node; see `TopicTrie.match`. */
  reachedAt = 0

  constructor(parent: TrieNode | null, word: string) {
    this.parent = parent
    this.word = word
  }
}

/**
 * Binding patterns as a trie of their words, in which `*` and `#` are words like any other:
 *
 *     stock.*.nyse   stock.#          root ─ stock ─ * ─ nyse
 *                                               └─ #
 *
 * Matching walks the key's words through the trie as through an automaton: after each word there is
 * a set of nodes that the words so far can have reached, and a node is in it once, however many ways
 * lead there. So the cost is that of the nodes which a key reaches: it does not grow with the bindings
 * that it does not, nor exponentially, as backtracking would, with the number of `#` in a pattern.
 */
export class TopicTrie {
  readonly #root = new TrieNode(null, '')
  #reached: TrieNode[] = []
  #next: TrieNode[] = []
  #step = 0

  add(binding: Binding): void {
    let node = this.#root
    for (const word of wordsOf(binding.routingKey)) {
      let child = node.children.get(word)
      if (child === undefined) {
        child = new TrieNode(node, word)
        node.children.set(word, child)
      }
      node = child
    }
    node.bindings ??= new Set()
    node.bindings.add(binding)
  }

  remove(binding: Binding): void {
    let node: TrieNode | null | undefined = this.#root
    for (const word of wordsOf(binding.routingKey)) {
      node = node.children.get(word)
      if (node === undefined) return
    }
    node.bindings?.delete(binding)
    if (node.bindings?.size === 0) node.bindings = null
    while (node.parent !== null && node.bindings === null && node.children.size === 0) {
      node.parent.children.delete(node.word)
      node = node.parent
    }
  }

  match(routingKey: string, route: MatchSink): void {
    this.#step++
    this.#next.length = 0
    this.#reach(this.#root)
    let start = 0
    while (start <= routingKey.length && routingKey !== '') {
      const stop = routingKey.indexOf('.', start)
      const end = stop < 0 ? routingKey.length : stop
      this.#advance(routingKey.slice(start, end))
      start = end + 1
    }
    for (const node of this.#next) if (node.bindings !== null) route.addAll(node.bindings)
  }

  #advance(word: string): void {
    const from = this.#next
    this.#next = this.#reached
    this.#reached = from
    this.#next.length = 0
    this.#step++
    for (let index = 0; index < from.length; index++) {
      const node = from[index] as TrieNode
      // `#` takes any number of words, so it stays reached.
      if (node.word === '#') this.#reach(node)
      if (node.children.size === 0) continue
      const exact = node.children.get(word)
      if (exact !== undefined) this.#reach(exact)
      const any = node.children.get('*')
      if (any !== undefined) this.#reach(any)
    }
  }

  /** `#` also takes no word at all: whoever has reached a node has reached the `#` below it. */
  #reach(node: TrieNode): void {
    for (let at: TrieNode | undefined = node; at !== undefined; at = at.children.get('#')) {
      if (at.reachedAt === this.#step) return
      at.reachedAt = this.#step
      this.#next.push(at)
    }
  }
}

/** An empty key has no words, not an empty one. */
function wordsOf(routingKey: string): string[] {
  return routingKey === '' ? [] : routingKey.split('.')
}
