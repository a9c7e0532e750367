// The names and types of what is in JSON, and how those of two sides differ.

/** By the place in it, `[].message_stats.publish`: which types are there. */
type Shape = Map<string, Set<string>>

/** Each place that only one side has, or with another type: `[].policy: string | null`. */
export function differingPlaces(rabbitmq: unknown, leveret: unknown): string[] {
  const [one, other] = [shapeOf(rabbitmq), shapeOf(leveret)]
  const places = [...new Set([...one.keys(), ...other.keys()])]
  return places.flatMap((place) => {
    // What is missing as a whole is said once.
    const isWhole = one.has(parentOf(place)) && other.has(parentOf(place))
    if (!isWhole && place !== '') return []
    const [a, b] = [typesAt(one, place), typesAt(other, place)]
    return a === b ? [] : [`${place}: ${a} | ${b}`]
  })
}

const typesAt = (shape: Shape, place: string): string =>
  [...(shape.get(place) ?? ['nothing'])].sort().join(' or ')

const parentOf = (place: string): string => place.replace(/(?:\.[^.]*|\[\])$/, '')

function shapeOf(value: unknown): Shape {
  const shape: Shape = new Map()
  collect(value, '', shape)
  return shape
}

function collect(value: unknown, place: string, shape: Shape): void {
  const types = shape.get(place) ?? new Set()
  shape.set(place, types.add(typeOf(value)))
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${place}[]`, shape)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      // A node's name is another on each side.
      const key = /^[\w-]+@[\w.-]+$/.test(name) ? 'NODE' : name
      collect(item, `${place}.${key}`, shape)
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
