import { expect, it } from 'vitest'
import { PairTable } from '../../../src/vhost/pair-table.ts'

interface Thing {
  readonly name: string
}

const thing = (name: string): Thing => ({ name })
const [a, b, c] = [thing('a'), thing('b'), thing('c')]
const [x, y] = [thing('x'), thing('y')]

function table(options: { readonly limit?: number; readonly hidden?: Thing } = {}) {
  const { limit = 100, hidden } = options
  return new PairTable<Thing, Thing, { count: number }>({
    newCounts: () => ({ count: 0 }),
    isShown: (to) => to !== hidden,
    limit,
  })
}

/** Each pair, from both of its ends: `a>x 2`. */
function shown(pairs: ReturnType<typeof table>): string[] {
  const from = [a, b, c].flatMap((one) => [...pairs.from(one)])
  const to = [x, y].flatMap((one) => [...pairs.to(one)])
  const [one, other] = [from, to].map((found) =>
    found.map((pair) => `${pair.from.name}>${pair.to.name} ${pair.counts.count}`).sort(),
  )
  expect(one).toEqual(other)
  return one ?? []
}

it('counts each pair, and shows it from both ends', () => {
  const pairs = table()
  pairs.of(a, x).count++
  pairs.of(a, y).count += 2
  pairs.of(b, x).count += 3
  pairs.of(a, x).count++
  expect(shown(pairs)).toEqual(['a>x 2', 'a>y 2', 'b>x 3'])
})

it('forgets a pair when either end goes, and nothing else', () => {
  const pairs = table()
  for (const from of [a, b, c]) for (const to of [x, y]) pairs.of(from, to).count++
  pairs.forgetFrom(a)
  expect(shown(pairs)).toEqual(['b>x 1', 'b>y 1', 'c>x 1', 'c>y 1'])
  pairs.forgetTo(x)
  expect(shown(pairs)).toEqual(['b>y 1', 'c>y 1'])
  pairs.forgetFrom(b)
  pairs.forgetFrom(c)
  pairs.forgetTo(y)
  expect([shown(pairs), pairs.size]).toEqual([[], 0])
})

it('begins anew where something comes back', () => {
  const pairs = table()
  const before = pairs.of(a, x)
  before.count = 7
  pairs.forgetTo(x)
  before.count++
  pairs.of(a, x).count++
  expect(shown(pairs)).toEqual(['a>x 1'])
})

it('has only so many pairs, and room again when some have gone', () => {
  const pairs = table({ limit: 2 })
  for (const from of [a, b, c]) pairs.of(from, x).count++
  expect([shown(pairs), pairs.size]).toEqual([['a>x 1', 'b>x 1'], 2])
  pairs.forgetFrom(a)
  pairs.of(c, x).count++
  expect(shown(pairs)).toEqual(['b>x 1', 'c>x 1'])
})

it('keeps nothing of what is not shown', () => {
  const pairs = table({ hidden: y })
  pairs.of(a, y).count++
  expect([shown(pairs), pairs.size]).toEqual([[], 0])
})
