import { describe, expect, it } from 'vitest'
import { watchedBy, watchersOf } from '../../../src/cluster/peer-ring.ts'

describe('nodes', () => {
  it('all watch each other while they are few', () => {
    expect(watchedBy('b', ['a', 'b', 'c'])).toEqual(['c', 'a'])
    expect(watchersOf('b', ['a', 'b', 'c'])).toEqual(['c', 'a'])
    expect(watchedBy('a', ['a'])).toEqual([])
  })

  it('watch three, and are watched by three, when they are many', () => {
    const nodes = Array.from({ length: 20 }, (_, n) => `node-${n}`)
    for (const node of nodes) {
      expect(watchedBy(node, nodes)).toHaveLength(3)
      expect(watchersOf(node, nodes)).toHaveLength(3)
      const watchers = nodes.filter((other) => watchedBy(other, nodes).includes(node))
      expect(watchersOf(node, nodes).sort()).toEqual(watchers.sort())
    }
  })
})
