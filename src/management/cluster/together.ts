/**
 * What several nodes say of the same thing, each of its part: numbers are added, lists are joined, and of other
 * values there is one, that of the first who has any.
 */
export function together(one: unknown, other: unknown): unknown {
  if (one === undefined || one === null) return other
  if (typeof one === 'number' && typeof other === 'number') return one + other
  if (Array.isArray(one) && Array.isArray(other)) return listsTogether(one, other)
  return isFields(one) && isFields(other) ? fieldsTogether(one, other) : one
}

type Fields = Readonly<Record<string, unknown>>

function fieldsTogether(one: Fields, other: Fields): Fields {
  // Of two samples, the times are not to be added.
  if ('timestamp' in one) return { ...one, sample: together(one['sample'], other['sample']) }
  const joined: Record<string, unknown> = { ...one }
  for (const [name, value] of Object.entries(other)) joined[name] = together(joined[name], value)
  return joined
}

/** Samples of figures pair by pair; of what goes from one thing to another each pair once. */
function listsTogether(one: readonly unknown[], other: readonly unknown[]): unknown[] {
  if (isFields(one[0]) && 'timestamp' in one[0]) {
    return one.map((sample, index) => together(sample, other[index]))
  }
  const joined = [...one]
  for (const item of other) {
    const key = keyOf(item)
    const at = key === undefined ? -1 : joined.findIndex((there) => keyOf(there) === key)
    if (at < 0) joined.push(item)
    else joined[at] = together(joined[at], item)
  }
  return joined
}

/** What a pair's other end is, if it is one that may be seen from several nodes. */
function keyOf(item: unknown): string | undefined {
  if (!isFields(item) || !('stats' in item)) return undefined
  const end = item['queue'] ?? item['exchange']
  return end === undefined ? undefined : JSON.stringify(end)
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
