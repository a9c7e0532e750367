import { valueAt } from './cell.ts'

/** Sorted by what stands at the path; from the largest down when it begins with a minus. */
export function sortedBy<Item>(items: readonly Item[], order: string): Item[] {
  const isDown = order.startsWith('-')
  const path = isDown ? order.slice(1) : order
  const keyed = items.map((item) => ({ item, value: valueAt(item, path) }))
  keyed.sort((a, b) => (isDown ? compare(b.value, a.value) : compare(a.value, b.value)))
  return keyed.map(({ item }) => item)
}

/** What is not there before numbers, and numbers before words; `q2` before `q10`. */
function compare(a: unknown, b: unknown): number {
  const order = rank(a) - rank(b)
  if (order !== 0 || rank(a) === 0) return order
  if (typeof a === 'number') return a - (b as number)
  return COLLATOR.compare(textOf(a), textOf(b))
}

const COLLATOR = new Intl.Collator('en', { numeric: true })

function rank(value: unknown): number {
  if (value === undefined || value === null) return 0
  return typeof value === 'number' ? 1 : 2
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
